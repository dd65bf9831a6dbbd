"""The JSON Schema of a mapping, and telemap's own check beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cases.yaml_instance import SCHEMA_FILE, schema_faults, yaml_instance
from hypothesis import given
from jsonschema import Draft202012Validator
from unit.strategies import mappings

import telemap
from telemap.check import keys
from telemap.problem.codes import CODES, Kind
from telemap.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text())
DEFINITIONS = SCHEMA["$defs"]
MAPPINGS = Path(__file__).parents[2] / "mappings"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"]
    assert SCHEMA["title"]


def test_every_field_has_a_description() -> None:
    undescribed = [
        path for path, field in _fields(SCHEMA, "$") if not (field.get("description") or _target(field)["description"])
    ]
    assert undescribed == []


def test_every_object_is_closed() -> None:
    for path, part in _objects(SCHEMA, "$"):
        assert "additionalProperties" in part, path
        assert part["additionalProperties"] is not True, path


def test_the_schema_has_the_keys_that_the_checker_has() -> None:
    assert set(SCHEMA["properties"]) == keys.TOP.here
    assert set(SCHEMA["properties"]["defaults"]["properties"]) == keys.DEFAULTS.here
    assert set(DEFINITIONS["family"]["properties"]) == keys.FAMILY.here
    assert set(DEFINITIONS["source"]["properties"]) == keys.SOURCE.here
    assert set(DEFINITIONS["value"]["properties"]) == keys.VALUE.here
    assert set(DEFINITIONS["label"]["properties"]) == keys.LABEL.here
    assert DEFINITIONS["unit"]["enum"] == list(UNITS)


def test_examples_and_defaults_are_valid() -> None:
    for path, field in _fields(SCHEMA, "$"):
        validator = Draft202012Validator({**_target(field), "$defs": DEFINITIONS})
        for value in (*_target(field).get("examples", ()), *([field["default"]] if "default" in field else ())):
            assert validator.is_valid(value), f"{path}: {value}"


@pytest.mark.parametrize("file", sorted(MAPPINGS.rglob("*.yaml")), ids=lambda file: file.name)
def test_shipped_mappings_pass_the_schema_and_telemap(file: Path) -> None:
    assert schema_faults(file.read_bytes()) == []
    telemap.compile(telemap.load(file))


@given(mappings())
def test_mappings_that_telemap_takes_pass_the_schema(mapping: str) -> None:
    telemap.loads(mapping)
    assert schema_faults(mapping.encode()) == []


FAMILY = {"type": "gauge", "help": "Load.", "from": "function", "value": "1"}

STRUCTURAL = [
    {"type": None},
    {"type": "info"},
    {"type": "[gauge]"},
    {"help": None},
    {"help": "''"},
    {"help": "null"},
    {"help": "{}"},
    {"help": r'"\x01"'},
    {"from": None},
    {"from": "[]"},
    {"from": "[function, '']"},
    {"from": "[[function]]"},
    {"from": "~"},
    {"value": "'1'"},
    {"value": "record.v"},
    {"value": "true"},
    {"value": "[1]"},
    {"value": "null"},
    {"value": "{}"},
    {"value": "{path: record.v}"},
    {"value": "{path: 1}"},
    {"value": "{path: $.v, default: '0'}"},
    {"value": "{path: $.v, otherwise: 0}"},
    {"unit": "sec"},
    {"unit": "1"},
    {"scale": "'2'"},
    {"scale": "two"},
    {"scale": "2", "unit": "ms"},
    {"labels": "[]"},
    {"labels": "null"},
    {"labels": "{a: [b]}"},
    {"labels": "{a: {}}"},
    {"labels": "{a: {path: $.v, default: null}}"},
    {"labels": "{a: {path: $.v, defalt: b}}"},
    {"labels": r'{a: "\e"}'},
    {"buckets": "[1]"},
    {"type": "histogram", "buckets": "[]"},
    {"type": "histogram", "buckets": "[a]"},
    {"type": "histogram", "buckets": "['1']"},
    {"type": "histogram", "buckets": "1"},
    {"type": "histogram", "buckets": "{linear: {start: 1, width: 1, count: 3}}"},
    {"series_limit": "0"},
    {"series_limit": "1.5"},
    {"series_limit": "'5'"},
    {"overflow": "keep"},
    {"init": "all"},
    {"sources": "[{from: function, value: 1}]"},
    {"from": None, "value": None, "sources": "[]"},
    {"from": None, "value": None, "sources": "[{value: 1}]"},
    {"from": None, "value": None, "unit": "ms", "sources": "[{from: function, value: 1}]"},
    {"from": None, "value": None, "sources": "[{from: function, value: 1, help: H.}]"},
]

SEMANTIC = [
    {"value": None},
    {"value": ".inf"},
    {"value": "$.a["},
    {"value": "'$..a'"},
    {"value": ".a"},
    {"value": "{path: $.v, default: .nan}"},
    {"unit": "ms"},
    {"labels": "{le-: a}"},
    {"labels": "{a: '${x}'}"},
    {"type": "histogram"},
    {"type": "histogram", "buckets": "[2, 1]"},
    {"type": "counter"},
    {"overflow": "fold"},
    {"from": None, "value": None, "sources": "[{from: f, value: 1, labels: {a: b}}, {from: g, value: 1}]"},
]

FINE: list[dict[str, str | None]] = [
    {},
    {"help": "200"},
    {"help": "true"},
    {"help": "1.10"},
    {"help": "on"},
    {"from": "404"},
    {"from": "[on, 1.10, '*']"},
    {"value": "1e-6"},
    {"value": "-5"},
    {"value": ".5"},
    {"value": "{path: $.v}"},
    {"scale": "1e-6"},
    {"labels": "{a: on, b: 1.10, c: true, d: null, e: '', f: $.v, g: {path: $.v, default: 0}}"},
    {"labels": "{}"},
    {"series_limit": "1.0"},
    {"series_limit": "1e3"},
    {"overflow": "drop"},
    {"type": "histogram", "buckets": "[-1, 0, 1e6]"},
]


@pytest.mark.parametrize("changes", STRUCTURAL, ids=str)
def test_both_find_a_structural_fault(changes: dict[str, str | None]) -> None:
    assert schema_faults(_mapping(changes))
    assert Kind.STRUCTURAL in _kinds(_mapping(changes))


@pytest.mark.parametrize("changes", SEMANTIC, ids=str)
def test_only_telemap_finds_a_semantic_fault(changes: dict[str, str | None]) -> None:
    assert schema_faults(_mapping(changes)) == []
    assert _kinds(_mapping(changes)) == {Kind.SEMANTIC}


@pytest.mark.parametrize("changes", FINE, ids=str)
def test_both_pass_what_is_fine(changes: dict[str, str | None]) -> None:
    assert schema_faults(_mapping(changes)) == []
    telemap.loads(_mapping(changes))


def test_scalars_are_read_by_yaml_1_2() -> None:
    content = b"[1, -2, .5, 1e3, true, yes, on, null, ~, '1', 2026-01-01, 1:30, 0o7, .inf]"
    assert yaml_instance(content) == [
        *(1, -2, 0.5, 1000.0, True, "yes", "on", None, None, "1", "2026-01-01", "1:30", "0o7", float("inf"))
    ]


def _mapping(changes: dict[str, str | None]) -> bytes:
    """Write a mapping of one family, with fields changed, or taken out by None."""
    fields = {**FAMILY, **changes}
    lines = [f"    {name}: {text}\n" for name, text in fields.items() if text is not None]
    return ("version: 1\nmetrics:\n  load:\n" + "".join(lines)).encode()


def _kinds(content: bytes) -> set[Kind]:
    with pytest.raises(telemap.MappingError) as raised:
        telemap.loads(content)
    return {CODES[problem.code] for problem in raised.value.problems}


def _target(field: dict[str, Any]) -> dict[str, Any]:
    """Give the definition that a field stands for, or the field itself."""
    reference = field.get("$ref")
    return {**DEFINITIONS[reference.removeprefix("#/$defs/")], **field} if reference else field


def _parts(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give all schemas in a schema that describe values of a mapping; conditions are left out."""
    yield path, schema
    for name, part in {**schema.get("properties", {}), **schema.get("$defs", {})}.items():
        yield from _parts(part, f"{path}.{name}")
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from _parts(schema[name], f"{path}.{name}")


def _fields(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    return _parts(schema, path)


def _objects(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((found, part) for found, part in _parts(schema, path) if "object" in part.get("type", ()))
