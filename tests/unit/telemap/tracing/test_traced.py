"""Traces, and tallies of them, agree with what is applied: for all recordings, all cases and any events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from case_folders import case_folders, case_name
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import events as any_event
from strategies import mappings, wild_events
from traced import assert_traced

import telemap
from telemap.resources import shipped_mappings

TOP = Path(__file__).parents[4]
RECORDINGS = sorted((TOP / "tests" / "events").glob("*.json"))
CASES = case_folders(TOP / "tests" / "cases" / "apply")


@pytest.mark.parametrize("name", shipped_mappings())
def test_recordings_are_traced_as_they_are_applied(name: str) -> None:
    events = [event for path in RECORDINGS for event in json.loads(path.read_text(encoding="utf-8"))]
    assert_traced(telemap.load(name), events)


@pytest.mark.parametrize("folder", CASES, ids=case_name)
def test_cases_are_traced_as_they_are_applied(folder: Path) -> None:
    events = json.loads((folder / "events.json").read_text(encoding="utf-8"))
    assert_traced(telemap.load(folder / "mapping.yaml"), events)


@given(mappings(), st.lists(any_event | wild_events, min_size=1, max_size=4))
@examples(0.6)
def test_any_events_are_traced_as_they_are_applied(text: str, events: list[Any]) -> None:
    assert_traced(telemap.loads(text), events)
