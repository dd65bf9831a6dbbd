"""Sources that fit the same event share what they read of it, patterns or not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import telemap
from telemap.compiler.groups import MAX_RUNS, group_sources
from telemap.event_types import EVENT_TYPES
from telemap.patterns import is_pattern, matches_any

PATTERNS = ("function", "fun*", "*", "platform.*", "*.report", "platform.report", "made.up", "made*up", "*o*")
TYPES = (*sorted(EVENT_TYPES), "made.up", "made.new.up", "platform.new", "funny", "x", "o", "platform.x.report", "")

patterns = st.lists(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2).map(tuple), max_size=6)


def plan_of(*sources: str) -> telemap.Plan:
    lines = "".join(f"      - {source}\n" for source in sources)
    return telemap.compile(
        telemap.loads(f"version: 1\nmetrics:\n  m:\n    type: gauge\n    help: M.\n    sources:\n{lines}")
    )


@pytest.mark.parametrize("event_type", ["function", "platform.fault", "unheard.of"])
def test_sources_whose_patterns_fit_one_type_run_in_one_function(event_type: str) -> None:
    plan = plan_of("{from: '*', value: $.record.a}", "{from: function, value: $.record.b}", "{from: '*', value: 1}")
    assert len(telemap.Store(plan).handlers(event_type)) == 1


def test_a_parse_that_patterns_share_is_done_once_an_event() -> None:
    plan = plan_of(
        "{from: 'fun*', parse: json, value: $.record.a.b}",
        "{from: function, parse: json, value: $.record.a.c}",
        "{from: '*', parse: json, value: $.record.a.d}",
    )
    functions = plan.code.split("\ndef ")[1:]
    assert [code.count("parse0(") for code in functions] == [1] * len(functions)
    assert (0, 1, 2) in plan.groups


@given(patterns)
def test_groups_foresee_what_is_named_and_leave_no_source_without_a_function(written: list[tuple[str, ...]]) -> None:
    groups = group_sources(written)
    for event_type in (*EVENT_TYPES, *(text for texts in written for text in texts if not is_pattern(text))):
        fitting = tuple(number for number, texts in enumerate(written) if matches_any(texts, event_type))
        assert not fitting or fitting in groups.together
    for event_type in TYPES:
        fitting = tuple(number for number, texts in enumerate(written) if matches_any(texts, event_type))
        assert fitting in {(), *groups.together} or all(
            number in groups.alone or (number,) in groups.together for number in fitting
        )


@given(patterns.filter(bool), st.lists(st.sampled_from(TYPES), max_size=6))
def test_sources_that_fit_run_in_file_order_whatever_the_type(written: list[tuple[str, ...]], types: list[str]) -> None:
    """A gauge that is set keeps the last source's value: the number of the last one that fits."""
    plan = plan_of(
        *(json.dumps({"from": list(texts), "value": number, "labels": {"type": "$.type"}}) for number, texts in
          enumerate(written))
    )  # fmt: skip
    store = telemap.apply(plan, [{"type": event_type} for event_type in types])
    expected: dict[tuple[str, ...], list[float]] = {}
    for event_type in types:
        fitting = [number for number, texts in enumerate(written) if matches_any(texts, event_type)]
        if fitting:
            expected[event_type,] = [float(fitting[-1])]
    assert store.families[0].cells == expected
    assert store.counts.unmatched == sum((event_type,) not in expected for event_type in types)


def test_thousands_of_patterns_do_not_make_millions_of_sources() -> None:
    written = [(f"a{number}*",) for number in range(500)] + [("*",)] * 500
    groups = group_sources(written)
    assert sum(map(len, groups.together)) <= MAX_RUNS
    assert groups.alone == tuple(range(1000))


def test_types_that_are_not_foreseen_leave_the_plan_as_it_is() -> None:
    plan = plan_of("{from: 'a*', value: 1}", "{from: '*b', value: 2}")
    before = repr(plan)
    events: list[Any] = [{"type": f"a{number}b"} for number in range(1000)]
    store = telemap.apply(plan, events)
    assert store.families[0].cells == {(): [2.0]}
    assert repr(plan) == before
