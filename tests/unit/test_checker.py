"""What the checker makes of one thing at a time; whole drawings are in `cases/invalid`."""

from __future__ import annotations

import pytest

import telemap
from telemap.model import EnvironmentReference, InstanceReference, LiteralLabel, PathLabel
from telemap.path import Path

FAMILY = "version: 1\nmetrics:\n  {name}: {{type: {type}, help: H., from: x, {rest}}}\n"


def codes(text: str) -> list[str]:
    with pytest.raises(telemap.MappingError) as raised:
        telemap.loads(text)
    return [problem.code for problem in raised.value.problems]


def family(rest: str, name: str = "m", type_: str = "gauge") -> str:
    return FAMILY.format(name=name, type=type_, rest=rest)


def test_a_counter_needs_more_of_a_name_than_its_suffix() -> None:
    assert codes(family("value: 1", "_total", "counter"))


@pytest.mark.parametrize("rest", ["value: 1e308, scale: 1e10", "value: -1e308, scale: 1e10"])
def test_a_constant_must_be_finite_when_it_is_scaled(rest: str) -> None:
    assert codes(family(rest)) == ["number-range"]


def test_a_default_must_be_finite_when_it_is_scaled() -> None:
    assert codes(family("value: {path: $.v, default: 1e308}, scale: 1e10")) == ["number-range"]


@pytest.mark.parametrize(
    ("default", "code"), [("${env:AWS_SECRET_ACCESS_KEY}", "secret-variable"), ("${x}", "reference-syntax")]
)
def test_the_default_of_a_label_is_checked_for_references(default: str, code: str) -> None:
    assert codes(family(f"value: 1, labels: {{a: {{path: $.a, default: '{default}'}}}}")) == [code]


def test_the_default_of_a_label_may_read_the_environment() -> None:
    mapping = telemap.loads(family("value: 1, labels: {a: {path: $.a, default: '${env:REGION}'}}"))
    plan = telemap.compile(mapping)
    store = telemap.apply(plan, [{"type": "x"}], telemap.Store(plan, env={"REGION": "eu-west-1"}))
    assert store.families[0].cells == {("eu-west-1",): [1.0]}


def test_a_path_that_begins_at_the_parent_is_no_literal() -> None:
    assert codes(family("value: 1, labels: {a: $parent.name}")) == ["path-scope"]


def test_one_fault_makes_one_problem() -> None:
    text = """
version: 1
metrics:
  load:
    type: gauge
    help: Load.
    sources:
      - {from: x, value: 1, labels: {a: "$.["}}
      - {from: y, value: 1, labels: {a: b}}
"""
    assert codes(text) == ["path-syntax"]


def test_a_family_with_another_fault_still_takes_its_name() -> None:
    text = """
version: 1
metrics:
  waits: {type: summary, help: Waits., from: x, value: $.v, unit: furlongs}
  waits_count: {type: gauge, help: Waits., from: x, value: 1}
"""
    assert codes(text) == ["wrong-value", "name-collision"]


def test_problems_come_in_file_order() -> None:
    text = "metrics:\n  b: 1\n  a: {type: gage, help: '', from: []}\nversion: 2\ndefaults: []\n"
    with pytest.raises(telemap.MappingError) as raised:
        telemap.loads(text)
    places = [problem.place for problem in raised.value.problems]
    positions = [(place.span.line, place.span.column) for place in places if place]
    assert positions == sorted(positions)
    assert len(positions) >= 5


def test_a_mapping_says_what_was_meant() -> None:
    mapping = telemap.loads(
        """
version: 1
defaults: {prefix: shop_, labels: {zone: "in ${env:REGION:-nowhere}"}}
metrics:
  load:
    type: gauge
    help: Load.
    from: [x, "y*"]
    value: $.record.v
    labels: {id: "${runtime:instance}", name: {path: $.record.name, default: none}}
""",
        "shop.yaml",
    )
    (load,) = mapping.families
    (source,) = load.sources
    assert (mapping.name, load.name, load.label_names) == ("shop.yaml", "shop_load", ("id", "name", "zone"))
    assert source.patterns == ("x", "y*")
    instance, name, zone = source.labels
    assert instance == LiteralLabel((InstanceReference(),))
    assert isinstance(name, PathLabel)
    assert name.path == Path("$.record.name", ("record", "name"))
    assert zone == LiteralLabel(("in ", EnvironmentReference("REGION", "nowhere")))
