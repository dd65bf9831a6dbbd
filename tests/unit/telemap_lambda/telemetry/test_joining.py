"""Posts that Lambda cut in the middle of a value."""

from __future__ import annotations

import json
from typing import Any

import pytest

from telemap.json_extent import PIECE
from telemap_lambda.telemetry.joining import Joiner

EVENTS = [{"type": "platform.start"}, {"type": "function", "record": 'x] é "y\\ [' * 10}, {"type": "platform.report"}]
WHOLE = json.dumps(EVENTS).encode()


class Reader:
    """A joiner, and what it gave up."""

    def __init__(self) -> None:
        self.given_up = 0
        self.steps = 0
        self.joiner = Joiner(lambda _: self._give_up())

    def read(self, body: bytes) -> list[Any] | None:
        reading = self.joiner.read(body)
        while True:
            self.steps += 1
            try:
                next(reading)
            except StopIteration as end:
                return None if end.value is None else [event for step in end.value.steps for event in step.events]

    def _give_up(self) -> None:
        self.given_up += 1


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize("cut", range(1, len(WHOLE) - 1, 7))
def test_two_halves_make_a_whole(reader: Reader, cut: int) -> None:
    assert reader.read(WHOLE[:cut]) is None
    assert reader.read(WHOLE[cut:]) == EVENTS
    assert reader.given_up == 0


def test_a_record_may_be_cut_more_than_once(reader: Reader) -> None:
    pieces = [WHOLE[:40], WHOLE[40:80], WHOLE[80:]]

    assert [reader.read(piece) for piece in pieces] == [None, None, EVENTS]


def framed(events: list[dict[str, str]], length: int) -> list[bytes]:
    """Cut as Lambda does: each piece ends with `}]`, and the next begins with `[` and the record's envelope."""
    pieces: list[bytes] = []
    ready = ""
    for one in events:
        head, key, text = json.dumps(one).partition('"record": ')
        while len(text) > length:
            pieces.append(f"[{ready}{head}{key}{text[:length]}}}]".encode())
            ready, text = "", text[length:]
        ready += head + key + text + ", "
    return [*pieces, f"[{ready.removesuffix(', ')}]".encode()]


@pytest.mark.parametrize("length", [50, 80, 150, 170, 300])
def test_pieces_in_lambdas_frame_make_a_whole(reader: Reader, length: int) -> None:
    time = "2026-03-02T08:14:09.117Z"
    events = [
        {"time": time, "type": "platform.start", "record": "a"},
        {"time": time, "type": "function", "record": 'x}] "é" [{"time":"","type":"","record":' * 10},
        {"time": time, "type": "platform.report", "record": "b"},
    ]
    pieces = framed(events, length)
    *before, last = [reader.read(piece) for piece in pieces]

    assert len(pieces) > 1
    assert (before, last) == ([None] * len(before), events)
    assert reader.given_up == 0


def test_a_whole_post_may_come_between(reader: Reader) -> None:
    reader.read(WHOLE[:40])
    assert reader.read(b"[1]") == [1]

    assert reader.read(WHOLE[40:]) == EVENTS


def test_what_is_no_telemetry_before_it_does_not_spoil_it(reader: Reader) -> None:
    for piece in (b"nonsense", b"[1, 2", WHOLE[:40]):
        assert reader.read(piece) is None

    assert reader.read(WHOLE[40:]) == EVENTS
    assert reader.given_up == 2


def test_what_never_gets_its_rest_is_given_up(reader: Reader) -> None:
    reader.read(WHOLE[:40])
    for _ in range(4):
        reader.read(b"[]")
    assert reader.given_up == 0
    reader.read(b"[]")

    assert reader.given_up == 1


def test_pieces_are_bounded_in_number_and_in_size(reader: Reader) -> None:
    for _ in range(20):
        reader.read(b"[1, ")
    assert reader.given_up == 4
    reader.read(b"[" + b" " * 4 * 1024 * 1024)
    assert reader.given_up == 21
    reader.joiner.end()

    assert reader.given_up == 21


def test_the_space_at_a_cut_is_of_the_record(reader: Reader) -> None:
    events = [{"time": "t", "type": "function", "record": "  a   b " * 40}]
    pieces = framed(events, 29)

    assert len(pieces) > 10
    assert [reader.read(piece) for piece in pieces] == [None] * (len(pieces) - 1) + [events]


def test_what_is_left_of_a_lost_record_does_not_spoil_the_next(reader: Reader) -> None:
    orphans = framed([{"time": "t", "type": "function", "record": "lost " * 100}], 200)[:2]
    events = [{"time": "u", "type": "function", "record": "whole " * 100}, {"time": "u", "type": "platform.report"}]
    first, *rest = framed([{**event, "record": event.get("record", "")} for event in events], 200)
    for piece in (*orphans, first):
        assert reader.read(piece) is None
    *_, last = [reader.read(piece) for piece in rest]

    assert last is not None
    assert last[0] == events[0]
    assert reader.given_up == len(orphans)


OPEN = {
    "arrays": b"[" + b"[]," * (PIECE // 6),
    "arrays in arrays": b"[" * (PIECE // 2),
    "texts": b'["' + b"[" * (PIECE // 2),
    "balanced": b"[" + b"[]," * (PIECE // 6) + b"]x",
    "texts with brackets": b'[{"a":"]' + b'","b":"[' * (PIECE // 16),
    "events": b'[{"type":"function","record":"' + b"x" * (PIECE // 2) + b"}]",
}


@pytest.mark.parametrize("piece", OPEN.values(), ids=OPEN)
@pytest.mark.parametrize("closing", [b"[]", b"]", b'"]', b"]" * 20])
def test_trying_to_join_takes_steps_in_proportion_to_what_came(reader: Reader, piece: bytes, closing: bytes) -> None:
    for number in range(15):
        reader.read(piece + b"%d" % number)
    for _ in range(5):
        reader.read(closing)

    # Once to decode it alone, and in three forms from up to three places: within a text, behind a backslash, outside.
    assert reader.steps < 20 * (1 + 3 * 3) * (len(piece) / PIECE + 1)
