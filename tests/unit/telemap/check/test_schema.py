"""The JSON Schema of a mapping; what it finds beside telemap's own check is in `test_schema_and_check`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from json_schema import Draft202012Validator
from snippets import written
from strategies import mappings
from yaml_instance import SCHEMA_FILE, schema_faults, yaml_instance

import telemap
from telemap.check.drafts import DEFAULT_SERIES_LIMIT
from telemap.check.limits import DEFAULT_BUCKETS, MAX_BUCKETS
from telemap.check.mapping import SERIES_LIMIT_TOTAL
from telemap.check.selection import MAX_EACH
from telemap.event_types import EVENT_TYPES
from telemap.keys import tables as keys
from telemap.model import BucketGenerator, Conversion, GaugeOperation, MetricType, Operator, Overflow
from telemap.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import Enum

SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text())
DEFINITIONS = SCHEMA["$defs"]
TOP = Path(__file__).parents[4]
EVENTS = TOP / "tests" / "events"
MAPPINGS = [file for file in sorted((TOP / "mappings").rglob("*.yaml")) if not file.stem.endswith(".test")]


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


def test_every_key_has_an_example_or_its_few_values() -> None:
    shown = ("examples", "defaultSnippets", "enum", "const")
    bare = [
        f"{path}.{name}"
        for path, part in _parts(SCHEMA, "$")
        for name, field in part.get("properties", {}).items()
        if not any(word in _target(field) for word in shown)
    ]
    assert bare == []


def test_every_word_of_an_enumeration_has_a_description() -> None:
    enumerations = [part for _, part in _parts(SCHEMA, "$") if "enum" in part]
    assert enumerations
    for part in enumerations:
        assert len(part["enum"]) == len(part["enumDescriptions"]) == len(set(part["enumDescriptions"]))


def test_editors_are_offered_the_event_types() -> None:
    [offered] = [part["enum"] for part in DEFINITIONS["event_type"]["anyOf"] if "enum" in part]
    assert sorted(offered) == sorted(EVENT_TYPES)


def test_the_schema_has_the_keys_that_the_checker_has() -> None:
    assert set(SCHEMA["properties"]) == keys.TOP
    assert set(SCHEMA["properties"]["defaults"]["properties"]) == keys.DEFAULTS
    assert set(SCHEMA["properties"]["drop"]["items"]["properties"]) == keys.DROP
    assert set(DEFINITIONS["group"]["properties"]) == keys.GROUP
    assert set(DEFINITIONS["family"]["properties"]) == keys.FAMILY
    assert set(DEFINITIONS["source"]["properties"]) == keys.SOURCE
    assert set(DEFINITIONS["parse"]["properties"]) == keys.PARSE
    assert set(DEFINITIONS["value"]["properties"]) == keys.VALUE
    assert set(DEFINITIONS["label"]["properties"]) == keys.LABEL
    assert set(DEFINITIONS["test"]["properties"]) == {"path", "as", "any", "all", "not"} | _values(Operator)
    assert set(DEFINITIONS["replacement"]["properties"]) == keys.REPLACE
    assert set(DEFINITIONS["buckets"]["properties"]) == keys.BUCKETS
    assert set(DEFINITIONS["buckets"]["properties"]["linear"]["properties"]) == set(BucketGenerator.LINEAR.keys)
    assert set(DEFINITIONS["buckets"]["properties"]["exponential"]["properties"]) == set(
        BucketGenerator.EXPONENTIAL.keys
    )


def test_the_schema_has_the_words_that_the_checker_has() -> None:
    assert DEFINITIONS["unit"]["enum"] == list(UNITS)
    assert set(DEFINITIONS["type"]["enum"]) == _values(MetricType)
    assert set(DEFINITIONS["op"]["enum"]) == _values(GaugeOperation)
    assert set(DEFINITIONS["overflow"]["enum"]) == _values(Overflow)
    assert set(DEFINITIONS["value"]["properties"]["as"]["enum"]) == _values(Conversion)
    assert DEFINITIONS["buckets"]["default"] == list(DEFAULT_BUCKETS)
    assert DEFINITIONS["bucket_count"]["maximum"] == MAX_BUCKETS
    assert DEFINITIONS["each"]["maxItems"] == MAX_EACH
    assert DEFINITIONS["series_limit"]["default"] == DEFAULT_SERIES_LIMIT
    assert SCHEMA["properties"]["defaults"]["properties"]["series_limit_total"]["default"] == SERIES_LIMIT_TOTAL


EVENT_SCHEMA: dict[str, Any] = json.loads((SCHEMA_FILE.parent / "telemetry-event.schema.json").read_text())


@pytest.mark.parametrize("file", sorted(EVENTS.glob("*.json")), ids=lambda file: file.stem)
def test_every_recorded_event_is_one_of_the_telemetry_api(file: Path) -> None:
    validator = Draft202012Validator(EVENT_SCHEMA)
    for event in json.loads(file.read_text(encoding="utf-8")):
        assert [error.message for error in validator.iter_errors(event)] == []


def test_the_schema_of_events_has_each_event_type_once() -> None:
    Draft202012Validator.check_schema(EVENT_SCHEMA)
    titles = [one["title"] for one in EVENT_SCHEMA["oneOf"]]
    assert sorted(titles) == sorted(EVENT_TYPES)


def test_examples_and_defaults_are_valid() -> None:
    for path, field in _fields(SCHEMA, "$"):
        validator = Draft202012Validator({**_target(field), "$defs": DEFINITIONS})
        for value in (*_target(field).get("examples", ()), *([field["default"]] if "default" in field else ())):
            assert validator.is_valid(value), f"{path}: {value}"


def test_what_editors_show_as_examples_has_a_label() -> None:
    """An editor offers each example by its text; of an object, it would show no more than that it is one."""
    for path, field in _fields(SCHEMA, "$"):
        for example in _target(field).get("examples", ()):
            members = example if isinstance(example, list) else [example]
            assert not any(isinstance(one, dict) for one in members), path


def test_snippets_are_valid_as_they_are_offered() -> None:
    snippets = [(path, field, one) for path, field in _fields(SCHEMA, "$") for one in field.get("defaultSnippets", ())]
    assert len(snippets) > 30
    for path, field, snippet in snippets:
        value = written(snippet["body"])
        whole = [value] if field.get("type") == "array" else value  # the server adds the dash
        faults = list(Draft202012Validator({**field, "$defs": DEFINITIONS}).iter_errors(whole))
        assert faults == [], f"{path}: {snippet['label']}"
        assert len(snippet["label"]) <= 60, "the server cuts off what is longer"


def test_every_pattern_has_a_message_for_people() -> None:
    silent = [part for part in _dicts(SCHEMA) if "pattern" in part and not part.get("patternErrorMessage")]
    assert silent == []


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _dicts(one)


@pytest.mark.parametrize("file", MAPPINGS, ids=lambda file: file.name)
def test_shipped_mappings_pass_the_schema_and_telemap(file: Path) -> None:
    assert schema_faults(file.read_bytes()) == []
    telemap.compile(telemap.load(file))


@given(mappings())
def test_mappings_that_telemap_takes_pass_the_schema(mapping: str) -> None:
    telemap.loads(mapping)
    assert schema_faults(mapping.encode()) == []


def test_scalars_are_read_by_yaml_1_2() -> None:
    content = b"[1, -2, .5, 1e3, true, yes, on, null, ~, '1', 2026-01-01, 1:30, 0o7, 0xC8, .inf]"
    assert yaml_instance(content) == [
        *(1, -2, 0.5, 1000.0, True, "yes", "on", None, None, "1", "2026-01-01", "1:30", 7, 200, float("inf"))
    ]


def _values(words: type[Enum]) -> set[str]:
    return {word.value for word in words}


def _target(field: dict[str, Any]) -> dict[str, Any]:
    """Return all that a field says: in itself, and by the definitions that it stands for."""
    reference = field.get("$ref")
    return {**_target(DEFINITIONS[reference.removeprefix("#/$defs/")]), **field} if reference else field


def _parts(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return all schemas in a schema that describe values of a mapping; conditions are left out."""
    yield path, schema
    for name, part in {**schema.get("properties", {}), **schema.get("$defs", {})}.items():
        yield from _parts(part, f"{path}.{name}")
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from _parts(schema[name], f"{path}.{name}")
    for number, part in enumerate(schema.get("anyOf", ())):
        if "description" in part or "$ref" in part:
            yield from _parts(part, f"{path}.anyOf[{number}]")


def _fields(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    return _parts(schema, path)


def _objects(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((found, part) for found, part in _parts(schema, path) if "object" in part.get("type", ()))
