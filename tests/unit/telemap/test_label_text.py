from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import json_values

from telemap.label_text import MAX_BYTES, clean, label_text

SURROGATES = st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF, exclude_categories=())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        ("", ""),
        (None, "the default"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-12, "-12"),
        (2**64, "18446744073709551616"),
        (3.0, "3"),
        (-0.0, "0"),
        (1e3, "1000"),
        (1e21, "1" + "0" * 21),
        (0.1, "0.1"),
        (1e-7, "1e-07"),
        (1.5e-300, "1.5e-300"),
        ({}, None),
        ([], None),
        (["a"], None),
        (object(), None),
        (float("nan"), None),
        (float("inf"), None),
        (float("-inf"), None),
        (int("7" * 2500), "7" * 1024),
        (int("7" * 4300), "7" * 1024),
        (-(10**4299), "-1" + "0" * 1022),
    ],
)
def test_each_kind_of_value_has_its_text(value: object, text: str | None) -> None:
    assert label_text(value, "the default") == text


@pytest.mark.parametrize("digits", [4301, 5000, 100_000])
def test_a_whole_number_that_python_does_not_write_has_no_text(digits: int) -> None:
    assert label_text(10 ** (digits - 1), "the default") is None


@given(json_values)
def test_label_text_is_clean_and_short_whatever_the_value(value: object) -> None:
    text = label_text(value, "")
    if text is None:
        assert isinstance(value, (dict, list))
    else:
        assert len(text.encode()) <= MAX_BYTES
        assert not any(ord(character) < 0x20 or 0x7F <= ord(character) <= 0x9F for character in text)


@given(st.text(st.one_of(st.characters(), SURROGATES), max_size=1500))
def test_clean_keeps_all_that_may_stay_and_cuts_at_a_character(text: str) -> None:
    replaced = "".join("\N{REPLACEMENT CHARACTER}" if _is_bad(character) else character for character in text)
    cleaned = clean(text)
    assert replaced.startswith(cleaned)
    if cleaned != replaced:
        next_character = replaced[len(cleaned)]
        assert len((cleaned + next_character).encode()) > MAX_BYTES


def test_a_whole_number_of_many_digits_is_cut_like_any_text() -> None:
    assert label_text(10**2000, "") == "1" + "0" * (MAX_BYTES - 1)


def test_a_whole_number_that_python_would_not_write_has_no_text() -> None:
    assert label_text(10**5000, "") is None


def _is_bad(character: str) -> bool:
    code = ord(character)
    return code < 0x20 or 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF
