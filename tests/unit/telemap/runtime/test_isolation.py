"""One bad field never loses another family's sample."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from strategies import json_values

import telemap

FAMILIES = {
    "plain": "{type: gauge, help: M., from: function, value: $.record.plain}",
    "label_total": "{type: counter, help: M., from: function, labels: {l: $.record.label}}",
    "long_label_total": "{type: counter, help: M., from: function, labels: {l: {path: $.record.long_label,"
    " extract: '(.)', lower: true, map: {a: b}, allow: [b], max_values: 1}}}",
    "joined_total": '{type: counter, help: M., from: function, labels: {l: {concat: [x, $.record.joined, ":"]}}}',
    "tested_total": "{type: counter, help: M., from: function, when: [{any: [{path: $.record.tested, gt: 1},"
    " {path: $.record.tested, matches: a}, {path: $.record.tested, equals: {path: $.record.tested}}]}]}",
    "items": "{type: summary, help: M., from: function, each: ['$.record.items[*]', .b], value: ., labels: {k: $key}}",
    "parsed_total": "{type: counter, help: M., from: function, parse: {as: json, of: $.record.parsed},"
    " value: $.record.n}",
    "pairs_total": "{type: counter, help: M., from: function, parse: {as: logfmt, of: $.record.pairs},"
    " value: {path: $.record.n, as: number}}",
    "searched_total": "{type: counter, help: M., from: function, parse: {regex: '(?P<n>[0-9]+)', of:"
    " $.record.searched}, value: {path: $.record.n, as: number}}",
    "filtered": "{type: gauge, help: M., from: function, value: '$.record.filtered[?(@.a > 1)].a'}",
    "wait": "{type: gauge, help: M., from: function, op: max, value: {path: $.record.wait, as: duration}}",
    "moment": "{type: gauge, help: M., from: function, op: min, value: {path: $.record.moment, as: timestamp}}",
    "flag": "{type: gauge, help: M., from: function, op: add, value: {path: $.record.flag, map: {a: 1}, as: bool}}",
    "length": "{type: histogram, help: M., from: function, value: {path: $.record.length, as: length}, buckets: [1]}",
}
RECORD: dict[str, Any] = {
    "plain": 1,
    "label": "a",
    "long_label": "A",
    "joined": 1.5,
    "tested": 2,
    "items": [{"b": 1}],
    "parsed": 'log {"n": 2}',
    "pairs": "n=3",
    "searched": "in 4 ms",
    "filtered": [{"a": 1}, {"a": 2}],
    "wait": "1m",
    "moment": "1970-01-01T00:00:01Z",
    "flag": "a",
    "length": "abc",
}
PLAN = telemap.compile(
    telemap.loads("version: 1\nmetrics:\n" + "".join(f"  {name}: {text}\n" for name, text in FAMILIES.items()))
)
FIELDS = dict(zip(RECORD, FAMILIES, strict=True))
"""The family that reads each field."""


def cells(records: list[Any]) -> dict[str, Any]:
    events = [{"type": "function", "record": copy.deepcopy(record)} for record in records]
    store = telemap.apply(PLAN, events, telemap.Store(PLAN, env={}))
    return {series.shape.name: series.cells for series in store.families}


OF_ONE_RECORD = cells([RECORD])


def test_every_family_takes_its_sample() -> None:
    assert all(OF_ONE_RECORD.values())


@pytest.mark.parametrize("field", RECORD)
def test_a_field_that_is_gone_is_missed_by_its_own_family_alone(field: str) -> None:
    found = cells([RECORD, {name: value for name, value in RECORD.items() if name != field}])
    for name, both in cells([RECORD, RECORD]).items():
        if name != FIELDS[field]:
            assert found[name] == both


@given(value=json_values)
def test_whatever_is_in_a_field_concerns_its_own_family_alone(value: Any) -> None:
    for field, own in FIELDS.items():
        found = cells([{**RECORD, field: value}])
        for name, alone in OF_ONE_RECORD.items():
            if name != own:
                assert found[name] == alone, field


@given(record=json_values)
def test_a_record_of_any_shape_keeps_no_later_event_from_counting(record: Any) -> None:
    assert all(cells([record, RECORD]).values())
