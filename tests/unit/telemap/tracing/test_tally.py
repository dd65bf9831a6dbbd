"""What a tally counts of events that need it to look closely."""

from __future__ import annotations

from typing import Any

import pytest
from traced import assert_traced

import telemap
from telemap.runtime.regexes import CUTS_UNTIL_OFF
from telemap.tracing.outcomes import Stage
from telemap.tracing.tally import Tally
from telemap.tracing.tracer import Tracer


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
    assert_traced(telemap.loads(EACH), [function({"items": items})])


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
    assert_traced(telemap.loads(mapping), [function(["a", "b", "c"]), function(["a"])])


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
    assert_traced(mapping, events)
    tally = Tally(mapping, Tracer(mapping, env={}), env={})
    tally.add(enumerate(events, 1))
    ended = tally.summary.sources[0].ended
    assert len(ended) < tests
    assert ended[Stage.WHEN, "", ()].count > 1
