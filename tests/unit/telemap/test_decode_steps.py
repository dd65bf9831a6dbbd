"""Posts that are decoded in steps come to what `decode` makes of them at once, and no step is large."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from examples import rounds
from json_values import random_value

from telemap import decode_steps
from telemap.decode import decode
from telemap.decode_steps import STEP_EVENTS, Step, decode_in_steps
from telemap.errors import DecodeError
from telemap.json_extent import MAX_VALUES, PIECE

MIB = 1024 * 1024


def is_event(item: Any) -> bool:
    return type(item) is dict and type(item.get("type")) is str


def at_once(body: bytes) -> list[Any] | None:
    try:
        return [item if is_event(item) else None for item in decode(body)]
    except DecodeError:
        return None


def in_steps(body: bytes) -> tuple[list[Any], int] | None:
    """Return the events, and how many other items there are; None for what cannot be decoded."""
    events: list[Any] = []
    others = 0
    try:
        for step in decode_in_steps(body):
            events += [event for event in step.events if is_event(event)]
            others += step.others + sum(not is_event(event) for event in step.events)
    except DecodeError:
        return None
    return events, others


def random_text(draw: random.Random) -> str:
    items = [
        draw.choice((random_value(draw), {"type": draw.choice(("a", "é", 7)), "record": random_value(draw)}))
        for _ in range(draw.randrange(9))
    ]
    return json.dumps(items, ensure_ascii=draw.random() < 0.5, indent=draw.choice((None, 1)))


def spoilt(draw: random.Random, text: str) -> str:
    """Cut a text off, or put a character into it, or take one out."""
    at = draw.randrange(len(text) + 1)
    return draw.choice((text[:at], text[:at] + draw.choice('[]{},":x0 \\') + text[at:], text[:at] + text[at + 1 :]))


@pytest.mark.parametrize("piece", [40, 64, 200])
def test_all_comes_that_comes_at_once_and_nothing_else(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    monkeypatch.setattr(decode_steps, "PIECE", piece)  # so that short texts have all that long ones have
    draw = random.Random(piece)  # noqa: S311 - the same at each run
    outcomes = set()
    for _ in range(rounds(1000)):
        text = random_text(draw)
        body = (spoilt(draw, text) if draw.random() < 0.5 else text).encode()
        expected = at_once(body)
        found = in_steps(body)
        outcomes.add(expected is None)
        assert (found is None) == (expected is None), body
        if found and expected is not None:
            assert found == ([item for item in expected if item], expected.count(None)), body
    assert outcomes == {True, False}


EVENT = b'{"type":"function","record":%b}'
LARGE = {
    "events": b"[" + b",".join([EVENT % b'"a log line"'] * 40_000) + b"]",
    "small events": b"[" + b'{"type":"a"},' * 100_000 + b'{"type":"b"}]',
    "arrays": b"[" + b"[]," * (2 * MAX_VALUES) + b"[]]",
    "numbers": b"[" + b"1," * (2 * MAX_VALUES) + EVENT % b"1" + b"]",
    "a long text": b"[" + EVENT % (b'"' + b"x" * 3 * MIB + b'"') + b"," + EVENT % b"1" + b"]",
    "escapes": b"[" + EVENT % (b'"' + rb"\"" * MIB + b'"') + b"]",
    "spaces": b"[" + b" " * MIB + EVENT % b"1" + b"\n" * MIB + b"," + EVENT % b"2" + b"\t" * MIB + b"]",
    "long numbers": b"[" + (b"1" * 5000 + b",") * 100 + EVENT % b"1" + b"]",
    "UTF-8": "[{}]".format(",".join(['{"type":"é😀","record":"é😀"}'] * 20_000)).encode(),
    "a mark": b"\xef\xbb\xbf[" + b",".join([EVENT % b'"a log line"'] * 1000) + b"]",
    "nearly too many values": b"[" + EVENT % (b"[" + b"1," * (MAX_VALUES - 10) + b"1]") + b"]",
}


@pytest.mark.parametrize("body", LARGE.values(), ids=LARGE)
def test_large_posts_come_whole_in_small_steps(body: bytes) -> None:
    expected = at_once(body)
    steps = list(decode_in_steps(body))

    assert expected is not None
    assert [event for step in steps for event in step.events] == [event for event in expected if event]
    assert sum(step.others for step in steps) == expected.count(None)
    assert max(len(step.events) for step in steps) <= STEP_EVENTS
    assert max(len(step.events) + step.others for step in steps) <= PIECE


BAD_EVENTS = {
    "too many values": EVENT % (b"[" + b"[]," * MAX_VALUES + b"[]]"),
    "too many keys": EVENT % (b"{" + b",".join(b'"%d":1' % number for number in range(MAX_VALUES)) + b"}"),
    "nested deep": EVENT % (b"[" * 100_000 + b"]" * 100_000),
    "nested too deep to be read, and short": EVENT % (b"[" * 5000 + b"]" * 5000),
    "nested objects": EVENT % (b'{"a":' * 5000 + b"1" + b"}" * 5000),
}


@pytest.mark.parametrize("bad", BAD_EVENTS.values(), ids=BAD_EVENTS)
def test_an_event_that_cannot_be_decoded_does_not_lose_the_others(bad: bytes) -> None:
    others = [EVENT % b'"before"', EVENT % b'"after"']
    found = in_steps(b"[" + b",".join([others[0], bad, others[1]]) + b"]")

    assert found == ([json.loads(one) for one in others], 1)


FAULTY = {
    "no array": b'{"a": "' + b"x" * PIECE + b'"}',
    "cut in a text": LARGE["a long text"][:MIB],
    "cut between events": LARGE["events"][:-1],
    "cut in brackets": b"[" + b"[" * MIB,
    "more behind it": LARGE["events"] + b"x",
    "another bracket": b"[" + EVENT % (b"[" + b"[]," * PIECE + b"[]}") + b"]",
    "no comma": LARGE["events"][:-1] + b" {}]",
    "no UTF-8": LARGE["events"][:-10] + b"\xff" + LARGE["events"][-10:],
    "digits without end": b"[" + b"1" * MIB + b"]",
    "a comma too many": LARGE["arrays"][:-1] + b",]",
}


@pytest.mark.parametrize("body", FAULTY.values(), ids=FAULTY)
def test_a_fault_is_found_wherever_it_is(body: bytes) -> None:
    with pytest.raises(DecodeError):
        list(decode_in_steps(body))


def test_a_small_post_is_one_step() -> None:
    assert list(decode_in_steps(b'[{"type": "a"}, 7]')) == [Step([{"type": "a"}, 7], 0, 18)]
    assert list(decode_in_steps(b"[]")) == []
