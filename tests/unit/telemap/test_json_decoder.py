"""JSON is decoded as the standard library decodes it."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemap.json_decoder import Decoder

TEXTS = st.one_of(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda one: st.lists(one) | st.dictionaries(st.text(), one),
    ).map(json.dumps),
    st.text(alphabet='[]{}",:0123456789.eE+-tfnrualsNIiy\\ ', max_size=12),
)


def outcome(decoder: Any, text: str) -> str:
    try:
        return repr(decoder.raw_decode(text, 0))
    except json.JSONDecodeError as error:
        return f"{error}"


@given(TEXTS)
def test_a_text_has_the_value_or_the_error_of_the_standard_library(text: str) -> None:
    assert outcome(Decoder(), text) == outcome(json.JSONDecoder(), text)


def test_the_conversion_of_whole_numbers_can_be_given() -> None:
    assert Decoder(parse_int=str).raw_decode("[1, 2.5]") == (["1", 2.5], 8)


def test_a_value_may_begin_anywhere() -> None:
    assert Decoder().raw_decode("[1,true]", 3) == (True, 7)
    with pytest.raises(json.JSONDecodeError, match="Expecting value"):
        Decoder().raw_decode("[1,]", 3)


@pytest.mark.parametrize("text", ["", "[1,", "{not json", '{"a', '"\x01"', "[1 2]"])
def test_an_error_is_raised_though_json_is_not_imported_yet(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    decoder = Decoder()
    monkeypatch.delitem(sys.modules, "json.decoder")
    monkeypatch.delitem(sys.modules, "json")
    with pytest.raises(ValueError, match="line 1 column"):  # of the module that is imported anew
        decoder.raw_decode(text)
