from __future__ import annotations

import pytest

import telemap
from telemap.decode import decode_recording

DIGITS = "9" * 5000
"""More digits than Python turns into a whole number."""


def test_a_post_is_an_array() -> None:
    assert telemap.decode(b'[{"type": "x"}, 1, null]') == [{"type": "x"}, 1, None]


def test_a_number_of_too_many_digits_does_not_lose_the_batch() -> None:
    events = telemap.decode(f'[{{"type": "x", "record": {{"v": {DIGITS}}}}}, {{"type": "x", "record": {{"v": 2}}}}]')
    assert [event["record"]["v"] for event in events] == [float("inf"), 2]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{}", "not an array of events, but an object"),
        ('"text"', "not an array of events, but text"),
        ("true", "not an array of events, but a truth value"),
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


def test_a_recording_is_an_array_or_an_object_a_line() -> None:
    assert decode_recording("\n [1, 2]\n")[0] == 1
    assert decode_recording('{"type": "x"}\n\n{"type": "y"}') == [{"type": "x"}, {"type": "y"}]
