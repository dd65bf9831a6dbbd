"""A group is for writing: its metrics are those that stand without it, at other places."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from strategies import mappings
from yaml_instance import yaml_instance

import telemap
from telemap.tracing.locations import TestLines

if TYPE_CHECKING:
    from telemap.model import Family

TOP = Path(__file__).parents[4]
FILES = [
    file
    for file in sorted((TOP / "mappings").rglob("*.yaml"))
    if not file.stem.endswith(".test") and "\ngroups:" not in file.read_text(encoding="utf-8")
]

SHARED = ("from", "parse", "each", "when")


def bare(families: tuple[Family, ...]) -> list[Family]:
    """Return metrics without their places."""
    return [
        replace(
            family,
            place=None,  # type: ignore[arg-type]  # to compare all else
            end_line=0,
            sources=tuple(
                replace(source, place=None, end_line=0, group=None)  # type: ignore[arg-type]
                for source in family.sources
            ),
        )
        for family in families
    ]


def assert_same(grouped: dict[str, Any], text: str, name: str = "mapping.yaml") -> None:
    expected = telemap.loads(text, name)
    found = telemap.loads(yaml.safe_dump(grouped, sort_keys=False), name)
    assert bare(found.families) == bare(expected.families)
    assert telemap.compile(found).code == telemap.compile(expected).code


def in_one_group(document: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping with all its metrics in a group that says nothing."""
    rest = {key: value for key, value in document.items() if key != "metrics"}
    return {**rest, "groups": [{"metrics": document["metrics"]}]} if "metrics" in document else rest


def in_groups(document: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping whose metrics each have a group that says what the metric's only rule reads."""
    groups = []
    for name, metric in document.get("metrics", {}).items():
        shared = {} if metric is None or "sources" in metric else {key: metric[key] for key in SHARED if key in metric}
        kept = metric and {key: value for key, value in metric.items() if key not in shared}
        groups.append({**shared, "metrics": {name: kept}})
    rest = {key: value for key, value in document.items() if key != "metrics"}
    return {**rest, "groups": groups} if groups else rest


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_metrics_of_mappings_mean_the_same_in_groups(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    document = yaml_instance(text.encode())
    assert_same(in_one_group(document), text, str(file))
    assert_same(in_groups(document), text, str(file))


@given(mappings())
def test_metrics_mean_the_same_in_groups(mapping: str) -> None:
    document = yaml_instance(mapping.encode())
    assert_same(in_one_group(document), mapping)
    assert_same(in_groups(document), mapping)


def counter(name: str, rest: str = "") -> str:
    return f"{name}_total: {{type: counter, help: A.{rest}}}"


def test_metrics_are_in_the_order_of_the_file() -> None:
    own, first, second = counter("own", ", from: function"), counter("first"), counter("second")
    groups = f"groups: [{{from: function, metrics: {{{second}}}}}, {{from: function, metrics: {{{first}}}}}]\n"
    metrics = f"metrics: {{{own}}}\n"
    before = telemap.loads(f"version: 1\n{groups}{metrics}").families
    after = telemap.loads(f"version: 1\n{metrics}{groups}").families
    assert [family.name for family in before] == ["second_total", "first_total", "own_total"]
    assert [family.name for family in after] == ["own_total", "second_total", "first_total"]


def test_a_group_alone_is_the_same_plan_as_a_file_without_it() -> None:
    with_group = telemap.loads(f"version: 1\ngroups: [{{from: function, metrics: {{{counter('a')}}}}}]\n")
    without = telemap.loads(f"version: 1\nmetrics: {{{counter('a', ', from: function')}}}\n")
    assert telemap.compile(with_group).families == telemap.compile(without).families
    assert with_group.sha256 != without.sha256


def test_conditions_are_found_at_the_lines_of_the_group_and_of_the_rule(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(
        "version: 1\n"
        "groups:\n"
        "  - from: function\n"
        "    when:\n"
        "      - {path: $.record.a, exists: true}\n"
        "      - any:\n"
        "          - {path: $.record.b, exists: true}\n"
        "          - {path: $.record.c, exists: true}\n"
        "    metrics:\n"
        "      both_total:\n"
        "        type: counter\n"
        "        help: A.\n"
        "        when:\n"
        "          - {path: $.record.d, exists: true}\n"
        "      group_total: {type: counter, help: A.}\n"
        "  - from: function\n"
        "    metrics:\n"
        "      own_total:\n"
        "        type: counter\n"
        "        help: A.\n"
        "        when: [{path: $.record.d, exists: true}]\n"
    )
    lines = TestLines()
    found = {family.name: lines.lines(family.sources[0]) for family in telemap.load(path).families}
    assert found == {
        "both_total": (14, 5, 6, 7, 8, 14),
        "group_total": (5, 5, 6, 7, 8),
        "own_total": (21, 21),
    }
