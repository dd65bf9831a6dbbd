"""The beginning of a recording ends behind a whole event."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemap.cli.playground.first_events import first_events
from telemap.recording import EventReader

EVENTS = [{"type": "function", "record": f"{number} }} ]\n"} for number in range(6)]

FORMS = {
    "lines": "".join(f"{json.dumps(event)}\n" for event in EVENTS),
    "array": json.dumps(EVENTS),
    "indented array": json.dumps(EVENTS, indent=2),
    "arrays": f"{json.dumps(EVENTS[:3])}\n{json.dumps(EVENTS[3:])}\n",
    "indented objects": "\n".join(json.dumps(event, indent=2) for event in EVENTS),
}


def read(text: str) -> list[object]:
    return list(EventReader(BytesIO(text.encode()).read))


@given(form=st.sampled_from(sorted(FORMS)), share=st.floats(0, 1))
def test_of_a_recording_that_is_cut_anywhere_the_whole_events_are_kept(form: str, share: float) -> None:
    whole = FORMS[form]
    cut = whole[: round(len(whole) * share)]
    first = first_events(cut)
    if first.events:
        assert read(first.text) == EVENTS[: first.events]
        assert cut.startswith(first.text[: first.end])
    ends = [cut.count(f'{number} }} ]\\n"') and number + 1 for number in range(6)]
    assert first.events in {max(ends, default=0), max(ends, default=0) - 1}


@pytest.mark.parametrize("form", FORMS)
def test_a_whole_recording_stays_as_it_is(form: str) -> None:
    first = first_events(FORMS[form])
    assert (read(first.text), first.events, first.end) == (EVENTS, 6, len(FORMS[form].rstrip("\n")))


def test_bad_lines_between_events_stay() -> None:
    text = f"{json.dumps(EVENTS[0])}\n{{bad\nSTART\n{json.dumps(EVENTS[1])}\n{{cut"
    assert first_events(text).text == f"{json.dumps(EVENTS[0])}\n{{bad\nSTART\n{json.dumps(EVENTS[1])}\n"


def test_of_a_log_the_whole_lines_are_kept() -> None:
    assert first_events("2026-03-02 START\nEND\nREP") == ("2026-03-02 START\nEND\n", 0, 21)
    assert first_events("one line that is cut") == ("one line that is cut", 0, 20)
