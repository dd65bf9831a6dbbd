"""The shape of events: nothing of what a function wrote, and all that a mapping can be built from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from unit import strategies

import telemap
from telemap.unmatched import find_unmatched
from telemap.unmatched.survey import Survey
from telemap.unmatched.texts import as_yaml
from telemap_lambda.shape import shape, shape_of_event

EVENTS = sorted((Path(__file__).parents[2] / "events").glob("*.json"))


def read(path: Path) -> list[Any]:
    events: list[Any] = json.loads(path.read_text(encoding="utf-8"))
    return events


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("order 17 of anna@example.com", "x" * 28),
        ("", ""),
        (17, 0),
        (17.5, 0.0),
        (True, False),
        (None, None),
        ("17.50", "00.00"),
        ("4111111111111111", "0" * 16),
        ("true", "false"),
        ("12.5ms", "00.0ms"),
        ("2026-03-02T08:14:09.117Z", "1970-01-01T00:00:00.000Z"),
        ("0f6f2b1c-0d7e-4d3b-9a52-4a7b8f3f0a11", "00000000-0000-0000-0000-000000000000"),
        (["a", 1], ["x", 0]),
        ({"level": "info", "n": 3}, {"level": "xxxx", "n": 0}),
        ({"anna@example.com": 1}, {"x" * 16: 0}),
        ({"order-104711": 1}, {"x" * 12: 0}),
        ('{"event": "paid", "sum": 12}', '{"event":"xxxx","sum":0}'),
        ('paid: {"sum": 12}', 'xxxxxx{"sum":0}'),
        ('{"inner": "{\\"pin\\": 1234}"}', '{"inner":"{\\"pin\\":0}"}'),
        ('level=info msg="hello anna" took=12ms empty=""', 'level=xxxx msg=xxxxxxxxxx took=00ms empty=""'),
        ("GET https://example.com/?token=abc", "x" * 34),
        ("user=anna logged in", "user=xxxx"),
        ("x" * 5000, "x" * 1000),
        ("\ud800", "x"),
    ],
)
def test_text_keeps_its_kind_and_its_length(value: Any, expected: Any) -> None:
    assert shape(value) == expected
    assert type(shape(value)) is type(expected)


def test_platform_events_stay_whole_but_for_account_and_tenant() -> None:
    arn = "arn:aws:lambda:eu-west-1:210987654321:function:search:3"
    record = {"requestId": "a", "functionArn": arn, "tenantId": "acme", "metrics": {"durationMs": 1.5}}
    event = {"time": "2026-03-02T08:14:09.117Z", "type": "platform.start", "record": record}

    hidden = arn.replace("210987654321", "000000000000")
    assert shape_of_event(event) == {**event, "record": {**record, "functionArn": hidden, "tenantId": "xxxx"}}


@given(strategies.events)
def test_the_shape_of_a_shape_is_itself(event: dict[str, Any]) -> None:
    once = shape_of_event(event)

    assert shape_of_event(once) == once


@given(strategies.json_values)
def test_no_word_and_no_digit_of_a_value_is_left(value: Any) -> None:
    """But for keys, which are names here."""
    written = json.dumps(shape({"a": value}))

    assert set(written) <= set('{}[]", :.-+xe0ab\\listfalsenull1970T:Z')
    assert not any(digit in written.replace("1970-01-01", "") for digit in "23456789")


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_drafts_from_shapes_can_be_used_like_any_others(path: Path) -> None:
    events = [shape_of_event(event) for event in read(path)]
    findings = find_unmatched(telemap.loads("version: 1\nmetrics: {}\n"), Survey().add_all(events))
    mapping = telemap.loads(as_yaml(findings))
    rendered = telemap.render(telemap.apply(telemap.compile(mapping), events))

    assert mapping.warnings == ()
    assert [one.name for one in mapping.families if f"# TYPE {one.name} " not in rendered] == []


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_platform_metrics_of_a_shape_are_those_of_the_events(path: Path) -> None:
    plan = telemap.compile(telemap.load("telemap:platform"))
    events = read(path)

    assert telemap.render(telemap.apply(plan, map(shape_of_event, events))) == telemap.render(
        telemap.apply(plan, events)
    )


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_a_shape_is_found_at_the_places_of_the_event(path: Path) -> None:
    def places(events: list[Any]) -> set[tuple[str, str]]:
        findings = find_unmatched(telemap.loads("version: 1\nmetrics: {}\n"), Survey().add_all(events))
        return {(one.event_type, found.path) for one in findings.types for found in one.paths}

    events = read(path)
    assert places([shape_of_event(event) for event in events]) == places(events)
