from __future__ import annotations

import json

import pytest

import telemap

DIGITS = "9" * 5000
"""More digits than Python turns into a whole number."""


def test_a_post_is_an_array() -> None:
    assert telemap.decode(b'[{"type": "x"}, 1, null]') == [{"type": "x"}, 1, None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize("text", ['[{"a": "\u20ac"}, []]', " [1]\n", "[]"])
def test_a_post_in_any_encoding_of_json_is_decoded(text: str, encoding: str) -> None:
    assert telemap.decode(text.encode(encoding)) == json.loads(text)


def test_half_a_surrogate_pair_remains_one() -> None:
    assert telemap.decode(b'["\xed\xa0\x80", "\\ud800"]') == ["\ud800", "\ud800"]


def test_a_number_of_too_many_digits_does_not_lose_the_batch() -> None:
    events = telemap.decode(f'[{{"type": "x", "record": {{"v": {DIGITS}}}}}, {{"type": "x", "record": {{"v": 2}}}}]')
    assert [event["record"]["v"] for event in events] == [float("inf"), 2]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{}", "not an array of events, but an object"),
        ('"text"', "not an array of events, but a string"),
        ("true", "not an array of events, but a boolean"),
        ("null", "not an array of events, but null"),
        ("1", "not an array of events, but a number"),
        ("", "not JSON: "),
        ("[1", "not JSON: "),
        (b"[\xff]", "not JSON: "),
        ("[" * 100_000, "not JSON: "),
    ],
)
def test_what_is_no_array_is_refused(body: bytes | str, said: str) -> None:
    with pytest.raises(telemap.DecodeError) as raised:
        telemap.decode(body)
    assert str(raised.value).startswith(said)
