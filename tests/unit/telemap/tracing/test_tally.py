"""What a tally counts is what the traces of all events say, one by one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from case_folders import case_folders, case_name
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import events as any_event
from strategies import mappings, wild_events

import telemap
from telemap.resources import shipped_mappings
from telemap.runtime.regexes import CUTS_UNTIL_OFF
from telemap.tracing.outcomes import Stage
from telemap.tracing.summary import SourceSum, Summary
from telemap.tracing.tally import Tally
from telemap.tracing.tracer import Tracer

if TYPE_CHECKING:
    from collections.abc import Sequence

TOP = Path(__file__).parents[4]
RECORDINGS = sorted((TOP / "tests" / "events").glob("*.json"))
CASES = case_folders(TOP / "tests" / "cases" / "apply")
EVERY_ITEM = 10**6


def of_traces(tracer: Tracer, events: Sequence[Any]) -> Summary:
    """Sum up the traces of all events."""
    summary = Summary([SourceSum(isolated) for isolated in tracer.sources])
    for number, event in enumerate(events, 1):
        summary.events += 1
        trace = tracer.trace(event)
        if trace.event_type is None:
            summary.malformed += 1
        elif trace.dropped:
            summary.dropped[trace.dropped.number] = summary.dropped.get(trace.dropped.number, 0) + 1
        elif all(one.stage is Stage.FROM for one in trace.sources):
            summary.unread += 1
        else:
            for total, one in zip(summary.sources, trace.sources, strict=True):
                if one.stage is not Stage.FROM:
                    total.add(number, one)
    return summary


def numbers(summary: Summary, times: int = 1) -> Any:
    """Return all numbers of a summary; those of events are multiplied."""
    sums = [
        (
            times * one.read,
            times * one.made,
            {ending: (total.first, times * total.count) for ending, total in one.ended.items()},
        )
        for one in summary.sources
    ]
    dropped = {rule: times * count for rule, count in summary.dropped.items()}
    return times * summary.events, times * summary.malformed, times * summary.unread, dropped, sums


def assert_counted_as_traced(mapping: telemap.Mapping, events: Sequence[Any]) -> None:
    """Compare; each event comes twice, because a tally traces what it has not seen."""
    tracer = Tracer(mapping, env={}, most_items=EVERY_ITEM)
    tally = Tally(mapping, tracer, env={})
    tally.add(enumerate([*events, *events], 1))
    assert numbers(tally.summary) == numbers(of_traces(tracer, events), times=2)


@pytest.mark.parametrize("name", shipped_mappings())
def test_recordings_are_counted_as_traced(name: str) -> None:
    events = [event for path in RECORDINGS for event in json.loads(path.read_text(encoding="utf-8"))]
    assert_counted_as_traced(telemap.load(name), events)


@pytest.mark.parametrize("folder", CASES, ids=case_name)
def test_cases_are_counted_as_traced(folder: Path) -> None:
    events = json.loads((folder / "events.json").read_text(encoding="utf-8"))
    assert_counted_as_traced(telemap.load(folder / "mapping.yaml"), events)


@given(mappings(), st.lists(any_event | wild_events, min_size=1, max_size=4))
@examples(0.5)
def test_any_events_are_counted_as_traced(text: str, events: list[Any]) -> None:
    assert_counted_as_traced(telemap.loads(text), events)


def function(record: Any) -> dict[str, Any]:
    return {"time": "2026-03-02T08:15:00Z", "type": "function", "record": record}


EACH = """
version: 1
metrics:
  items_total:
    type: counter
    help: Items.
    from: function
    each: "$.record.items[*]"
    when: [{path: .n, gt: 1}, {path: .kind, equals: a}]
"""


@pytest.mark.parametrize(
    "items",
    [
        [{"n": 1, "kind": "a"}] * 30,
        [{"n": 1, "kind": "b"}] * 30,
        [{"n": 1, "kind": "a"}, {"n": 2, "kind": "b"}],
        [{"n": 2, "kind": "a"}, {"n": 2, "kind": "b"}, {"n": [1, 2], "kind": "a"}],
        [],
    ],
)
def test_items_that_fail_other_tests_are_told_apart(items: list[Any]) -> None:
    assert_counted_as_traced(telemap.loads(EACH), [function({"items": items})])


def test_items_that_are_not_traced_are_counted_by_their_tests() -> None:
    mapping = telemap.loads(EACH)
    tally = Tally(mapping, Tracer(mapping, env={}, most_items=1), env={})
    tally.add([(number, function({"items": [{"n": 1, "kind": "a"}] * 30})) for number in (1, 2)])
    [(ending, total)] = tally.summary.sources[0].ended.items()
    assert ending == (Stage.WHEN, "", ("{path: .n, gt: 1}",))
    assert (total.count, total.first) == (60, 1)
    assert total.item is not None


def test_samples_beyond_a_limit_are_counted_as_traced() -> None:
    mapping = """
version: 1
defaults: {series_limit_total: 3}
metrics:
  folded_total: {type: counter, help: A., from: function, each: "$.record[*]", labels: {id: .}, series_limit: 2}
  dropped: {type: gauge, help: A., from: function, each: "$.record[*]", value: 1, labels: {id: .}, series_limit: 2}
"""
    assert_counted_as_traced(telemap.loads(mapping), [function(["a", "b", "c"]), function(["a"])])


def test_a_source_whose_regex_is_too_slow_is_counted_as_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telemap.tracing.tally.PATIENT_BATCH_SECONDS", 0.02)
    monkeypatch.setattr("telemap.tracing.watch.PATIENT_BATCH_SECONDS", 0.02)
    mapping = telemap.loads(
        "version: 1\nmetrics:\n"
        "  a_total: {type: counter, help: A., from: function, when: [{path: $.record, matches: '(a+)+b'}]}\n"
        "  b_total: {type: counter, help: B., from: function}\n"
    )
    tally = Tally(mapping, Tracer(mapping, env={}), env={})
    events = 2 * CUTS_UNTIL_OFF
    tally.add((number, function("a" * 60)) for number in range(events))
    slow, plain = tally.summary.sources
    assert [(ending[0], total.count) for ending, total in slow.ended.items()] == [(Stage.REGEX, events)]
    assert (plain.read, plain.made) == (events, events)


def test_endings_beyond_the_maximum_are_not_told_apart() -> None:
    tests = 60
    mapping = telemap.loads(
        "version: 1\nmetrics:\n  a_total:\n    type: counter\n    help: A.\n    from: function\n    when:\n"
        + "".join(f"      - {{path: $.record.x, not_equals: {number}}}\n" for number in range(tests))
    )
    events = [function({"x": number}) for number in range(tests)]
    assert_counted_as_traced(mapping, events)
    tally = Tally(mapping, Tracer(mapping, env={}), env={})
    tally.add(enumerate(events, 1))
    ended = tally.summary.sources[0].ended
    assert len(ended) < tests
    assert ended[Stage.WHEN, "", ()].count > 1
