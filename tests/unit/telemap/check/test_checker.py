"""What the checker makes of one thing at a time; whole drawings are in `cases/invalid`."""

from __future__ import annotations

from pathlib import Path as File

import pytest
import yaml

import telemap
from telemap.check.includes import MAX_DEPTH
from telemap.model import EnvironmentReference, FirstOf, InstanceReference, LabelRule, LiteralText
from telemap.path import Path, Root
from telemap.problem import Severity
from telemap.problem.codes import WARNINGS

WHOLE_LANGUAGE = File(__file__).parents[3] / "support" / "whole_language.yaml"

FAMILY = "version: 1\nmetrics:\n  {name}: {{type: {type}, help: H., from: x, {rest}}}\n"


def codes(text: str) -> list[str]:
    with pytest.raises(telemap.MappingError) as raised:
        telemap.loads(text)
    return [problem.code for problem in raised.value.problems if problem.severity is Severity.ERROR]


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


def test_problems_are_in_file_order() -> None:
    text = "metrics:\n  b: 1\n  a: {type: gage, help: '', from: []}\nversion: 2\ndefaults: []\n"
    with pytest.raises(telemap.MappingError) as raised:
        telemap.loads(text)
    places = [problem.place for problem in raised.value.problems]
    positions = [(place.span.line, place.span.column) for place in places if place]
    assert positions == sorted(positions)
    assert {line for line, _ in positions} == {2, 3, 4, 5}


def test_mapping_has_the_values_of_the_file() -> None:
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
    assert instance.origin == LiteralText((InstanceReference(),))
    path = Path("$.record.name", Root.EVENT, "$.record.name", ("record", "name"))
    assert name == LabelRule(FirstOf((path,)), default=LiteralText(("none",)))
    assert zone.origin == LiteralText(("in ", EnvironmentReference("REGION", "nowhere")))


def test_the_whole_language_is_read_without_a_warning() -> None:
    mapping = telemap.load(WHOLE_LANGUAGE)
    telemap.compile(mapping)
    assert mapping.warnings == ()
    written = yaml.safe_load(WHOLE_LANGUAGE.read_text(encoding="utf-8"))["metrics"]
    assert {f"shop_{name}" for name, metric in written.items() if metric is not None} <= {
        family.name for family in mapping.families
    }


@pytest.mark.parametrize(
    ("each", "value"),
    [
        ('"$.record["', ".v"),
        ('["$.record.a[*]", ".["]', "$parent.v"),
        ('["$.record[", ".b[*]", $parent.c]', "$parent.$key"),
    ],
)
def test_a_fault_in_each_is_the_only_one(each: str, value: str) -> None:
    assert codes(family(f"each: {each}, value: {value}, labels: {{name: .name}}")) == ["path-syntax"]


@pytest.mark.parametrize(
    "labels",
    ["{a: {pth: $.a}}", "{a: [b]}", "{a: {path: $.a, allow: []}}", "{a: $..a}", "{a: {path: $.a, extract: '('}}"],
)
def test_a_fault_that_two_families_inherit_stops_both(labels: str) -> None:
    text = f"version: 1\ndefaults: {{labels: {labels}}}\nmetrics:\n"
    text += "".join(f"  m{number}: {{type: gauge, help: M., from: x, value: 1}}\n" for number in range(2))
    assert len(codes(text)) == 1


def test_an_operation_that_cannot_be_read_is_the_only_fault() -> None:
    text = """
version: 1
metrics:
  load:
    type: gauge
    help: Load.
    sources:
      - {from: x, op: increase}
      - {from: x, op: dec}
"""
    assert codes(text) == ["wrong-value"]


def test_init_is_checked_where_the_labels_cannot_be() -> None:
    assert codes(family("labels: {a: $..a}, init: [a]", "m_total", "counter")) == ["path-many", "wrong-type"]


def test_label_sets_of_init_may_be_there_twice() -> None:
    text = family("labels: {a: $.type}, init: [{a: x}, {a: x}], series_limit: 1", "m_total", "counter")
    assert len(telemap.loads(text).families[0].init) == 1


def test_sources_with_the_same_closed_labels_begin_with_the_same_series() -> None:
    text = """
version: 1
metrics:
  m_total:
    type: counter
    help: M.
    init: all
    series_limit: 2
    sources:
      - {from: platform.start, labels: {a: {exists: $.record.version}}}
      - {from: platform.report, labels: {a: {exists: $.record.spans}}}
"""
    assert len(telemap.loads(text).families[0].init) == 2


def test_init_may_name_the_environment() -> None:
    text = family("labels: {a: $.record.a}, init: [{a: '${env:A}'}]", "m_total", "counter")
    assert telemap.loads(text).families[0].init == ((LiteralText((EnvironmentReference("A", None),)),),)


@pytest.mark.parametrize("name", ["mapping.yaml", "./mapping.yaml", "../{}/mapping.yaml"])
def test_a_cycle_is_found_at_once_however_the_file_is_called(
    name: str, tmp_path: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    File("mapping.yaml").write_text("version: 1\ninclude: [mapping.yaml]\n")
    with pytest.raises(telemap.MappingError) as raised:
        telemap.load(name.format(tmp_path.name))
    [problem] = raised.value.problems
    assert problem.code == "include-cycle"


def test_endless_includes_come_to_an_end(tmp_path: File, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    File("again").symlink_to(".")
    File("mapping.yaml").write_text("version: 1\ninclude: [again/mapping.yaml]\n")
    with pytest.raises(telemap.MappingError) as raised:
        telemap.load("mapping.yaml")
    [problem] = raised.value.problems
    assert problem.code == "include-broken"
    assert problem.file.count("again") == MAX_DEPTH


def test_a_metric_of_a_broken_include_is_not_said_to_be_missing(tmp_path: File) -> None:
    (tmp_path / "base.yaml").write_text("version: 1\nmetrics: {load: {type: gauge, help: Load., from: function}}\n")
    (tmp_path / "mapping.yaml").write_text("version: 1\ninclude: [base.yaml]\nmetrics: {load: null}\n")
    with pytest.raises(telemap.MappingError) as raised:
        telemap.load(tmp_path / "mapping.yaml")
    assert [problem.code for problem in raised.value.problems] == ["missing-value"]


@pytest.mark.parametrize(
    "mapping",
    [
        "include: [base.yaml]\nmetrics: {load: {type: gauge, help: L., from: function, value: 1}}",
        "include: [base.yaml, other.yaml]\nmetrics: {load: null}",
        "include: [other.yaml, base.yaml]",
    ],
)
def test_an_include_of_which_something_is_left_is_not_replaced(mapping: str, tmp_path: File) -> None:
    gauge = "{type: gauge, help: L., from: function, value: 1}"
    (tmp_path / "base.yaml").write_text(f"version: 1\nmetrics: {{load: {gauge}, more: {gauge}}}\n")
    (tmp_path / "other.yaml").write_text(f"version: 1\nmetrics: {{other: {gauge}}}\n")
    (tmp_path / "mapping.yaml").write_text(f"version: 1\n{mapping}\n")
    assert telemap.load(tmp_path / "mapping.yaml").warnings == ()


def test_an_include_that_drops_events_is_not_replaced(tmp_path: File) -> None:
    gauge = "{type: gauge, help: L., from: function, value: 1}"
    (tmp_path / "base.yaml").write_text(f"version: 1\ndrop: [{{from: extension}}]\nmetrics: {{load: {gauge}}}\n")
    (tmp_path / "mapping.yaml").write_text("version: 1\ninclude: [base.yaml]\nmetrics: {load: null}\n")
    assert telemap.load(tmp_path / "mapping.yaml").warnings == ()


def test_of_two_includes_each_is_reported_that_is_replaced(tmp_path: File) -> None:
    gauge = "{type: gauge, help: L., from: function, value: 1}"
    for name in ("first", "second"):
        (tmp_path / f"{name}.yaml").write_text(f"version: 1\nmetrics: {{{name}: {gauge}}}\n")
    text = "version: 1\ninclude:\n  - first.yaml\n  - second.yaml\nmetrics: {second: null}\n"
    (tmp_path / "mapping.yaml").write_text(text)
    [warning] = telemap.load(tmp_path / "mapping.yaml").warnings
    assert warning.code == "include-replaced"
    assert warning.place
    assert warning.place.span.line == 4


def test_a_message_is_one_line_of_bounded_length() -> None:
    with pytest.raises(telemap.MappingError) as raised:
        telemap.loads(f'version: 1\nmetrics: {{}}\n"a\\n\u202e{"x" * 100_000}": 1\n')
    [problem] = raised.value.problems
    assert problem.message.isprintable()
    assert len(problem.message) < 400


@pytest.mark.parametrize("code", sorted(WARNINGS))
def test_a_warning_stops_no_mapping(code: str) -> None:
    [folder] = (File(__file__).parents[3] / "cases" / "invalid").glob(f"*/{code}")
    assert code in {warning.code for warning in telemap.load(folder / "mapping.yaml").warnings}
