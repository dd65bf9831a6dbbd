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
from telemap.check.defaults import DEFAULT_SERIES_LIMIT
from telemap.check.limits import DEFAULT_BUCKETS, MAX_BUCKETS
from telemap.check.mapping import SERIES_LIMIT_TOTAL
from telemap.check.sources import MAX_EACH
from telemap.event_types import EVENT_TYPES
from telemap.model import Conversion, MetricType, Operation, Operator, Overflow
from telemap.problem.codes import CODES, Kind
from telemap.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from enum import Enum

SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text())
DEFINITIONS = SCHEMA["$defs"]
TOP = Path(__file__).parents[2]
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


def test_every_key_has_an_example_a_default_or_its_few_values() -> None:
    shown = ("examples", "default", "enum", "const")
    bare = [
        f"{path}.{name}"
        for path, part in _parts(SCHEMA, "$")
        for name, field in part.get("properties", {}).items()
        if not any(word in _target(field) for word in shown)
    ]
    assert bare == []


def test_the_schema_has_the_keys_that_the_checker_has() -> None:
    assert set(SCHEMA["properties"]) == keys.TOP
    assert set(SCHEMA["properties"]["defaults"]["properties"]) == keys.DEFAULTS
    assert set(SCHEMA["properties"]["drop"]["items"]["properties"]) == keys.DROP
    assert set(DEFINITIONS["family"]["properties"]) == keys.FAMILY
    assert set(DEFINITIONS["source"]["properties"]) == keys.SOURCE
    assert set(DEFINITIONS["parse"]["properties"]) == keys.PARSE
    assert set(DEFINITIONS["value"]["properties"]) == keys.VALUE
    assert set(DEFINITIONS["label"]["properties"]) == keys.LABEL
    assert set(DEFINITIONS["test"]["properties"]) == {"path", "any", "all", "not"} | _values(Operator)
    assert set(DEFINITIONS["buckets"]["properties"]) == keys.BUCKETS
    assert set(DEFINITIONS["buckets"]["properties"]["linear"]["properties"]) == keys.LINEAR
    assert set(DEFINITIONS["buckets"]["properties"]["exponential"]["properties"]) == keys.EXPONENTIAL


def test_the_schema_has_the_words_that_the_checker_has() -> None:
    assert DEFINITIONS["unit"]["enum"] == list(UNITS)
    assert set(DEFINITIONS["type"]["enum"]) == _values(MetricType)
    assert set(DEFINITIONS["op"]["enum"]) == _values(Operation)
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


@pytest.mark.parametrize("file", MAPPINGS, ids=lambda file: file.name)
def test_shipped_mappings_pass_the_schema_and_telemap(file: Path) -> None:
    assert schema_faults(file.read_bytes()) == []
    telemap.compile(telemap.load(file))


@given(mappings())
def test_mappings_that_telemap_takes_pass_the_schema(mapping: str) -> None:
    telemap.loads(mapping)
    assert schema_faults(mapping.encode()) == []


FAMILY = {"type": "gauge", "help": "Load.", "from": "function", "value": "1"}

ELSEWHERE: dict[str, str | None] = {"from": None, "value": None}
"""What takes the source out of its family."""

STRUCTURAL: list[Mapping[str, str | None]] = [
    *({"type": text} for text in (None, "info", "[gauge]")),
    *({"help": text} for text in (None, "''", "null", "{}", r'"\x01"')),
    *({"from": text} for text in (None, "[]", "[function, '']", "[[function]]", "~", "{}")),
    *({"parse": text} for text in ("xml", "null", "[json]", "{}", "{as: regex}", "{of: $.record}", "{regex: ''}")),
    *({"parse": text} for text in ("{as: json, regex: a}", "{as: json, from: $.a}", "{as: json, of: record}")),
    *({"each": text} for text in ("record", "[]", "[$.a, a]", "{path: $.a}", "5", "null", "[$.a, .b, .c, .d, .e]")),
    *({"when": text} for text in ("[]", "{path: $.a, exists: true}", "[{}]", "[$.a]", "null", "[{exists: true}]")),
    *({"when": f"[{text}]"} for text in ("{path: $.a}", "{path: $.a, is: b}", "{path: a, equals: b}")),
    *({"when": f"[{text}]"} for text in ("{path: $.a, gt: 0, lt: 5}", "{path: $.a, any: []}", "{any: []}")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("equals: null", "equals: []", "equals: {}", "equals: {a: b}")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("in: a", "in: []", "in: [null]", "in: {path: $.b}")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("not_in: a", "not_in: [[a]]", "not_equals: {path: b}")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("matches: ''", "matches: [a]", "matches: {path: $.b}")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("exists: 'true'", "exists: 1", "exists: {path: $.b}")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("gt: a", "ge: '5'", "lt: true", "le: [1]", "gt: null")),
    *({"when": f"[{text}]"} for text in ("{any: [{}]}", "{all: {path: $.a, exists: true}}", "{not: []}", "{not: {}}")),
    {"when": "[{any: [{path: $.a, exists: true}], all: [{path: $.a, exists: true}]}]"},
    {"when": "[{not: {path: $.a, exists: true}, path: $.b}]"},
    *({"value": text} for text in ("'1'", "record.v", "true", "[1]", "null", "{}", "{path: record.v}", "{path: 1}")),
    *({"value": f"{{path: $.v, {text}}}"} for text in ("default: '0'", "default: null", "otherwise: 0", "const: 1")),
    *({"value": f"{{path: $.v, {text}}}"} for text in ("map: null", "map: {a: b}", "map: [a]", "as: integer")),
    *({"value": f"{{path: $.v, {text}}}"} for text in ("extract: ''", "lower: true", "first_of: [$.a]")),
    *({"value": text} for text in ("{first_of: []}", "{first_of: $.a}", "{first_of: [a]}", "{const: a}", "{as: bool}")),
    *({"unit": text} for text in ("sec", "1")),
    *({"scale": text} for text in ("'2'", "two")),
    {"scale": "2", "unit": "ms"},
    *({"op": text} for text in ("increase", "[set]", "null")),
    {"op": "set_to_event_time"},
    {"type": "summary", "op": "set"},
    {"labels": "[]"},
    {"labels": "null"},
    *({"labels": f"{{a: {text}}}"} for text in ("[b]", "{}", "{path: $.v, default: null}", "{path: $.v, defalt: b}")),
    *({"labels": f"{{a: {text}}}"} for text in (r'"\e"', "{allow: [a]}", "{env: 'A B'}", "{env: $A}", "{env: ''}")),
    *(
        {"labels": f"{{a: {text}}}"}
        for text in ("{concat: []}", "{concat: $.a}", "{concat: [[a]]}", "{concat: [null]}")
    ),
    *({"labels": f"{{a: {text}}}"} for text in ("{exists: true}", "{const: null}", "{path: $.a, const: b}")),
    *({"labels": f"{{a: {{path: $.a, {text}}}}}"} for text in ("lower: 'yes'", "lower: yes", "otherwise: b")),
    *({"labels": f"{{a: {{path: $.a, {text}}}}}"} for text in ("map: null", "map: {a: [b]}", "allow: []", "allow: a")),
    *({"labels": f"{{a: {{path: $.a, {text}}}}}"} for text in ("max_values: 0", "max_values: .inf", "as: number")),
    {"labels": "{a: {path: $.a, extract: ''}}"},
    {"buckets": "[1]"},
    *({"type": "histogram", "buckets": text} for text in ("[]", "[a]", "['1']", "1", "{}", "all")),
    *(
        {"type": "histogram", "buckets": f"{{{text}}}"}
        for text in (
            "linear: {start: 1, width: 1}",
            "linear: {start: 1, width: 0, count: 3}",
            "linear: {start: 1, factor: 2, count: 3}",
            "linear: {start: 1, width: 1, count: 2.5}",
            "linear: {start: 1, width: 1, count: 0}",
            "linear: {start: 1, width: 1, count: 501}",
            "linear: [1, 1, 3]",
            "exponential: {start: 0, factor: 2, count: 3}",
            "exponential: {start: 1, factor: 1, count: 3}",
            "linear: {start: 1, width: 1, count: 3}, exponential: {start: 1, factor: 2, count: 3}",
            "geometric: {start: 1, factor: 2, count: 3}",
        )
    ),
    *({"series_limit": text} for text in ("0", "1.5", "'5'", ".inf", "1e999", "null")),
    {"overflow": "keep"},
    {"init": "all"},
    *({"type": "summary", "init": text} for text in ("some", "[]", "{}", "[a]", "[{a: null}]", "[{a: [b]}]", "null")),
    *({"expire": text} for text in ("600", "0s", "10", "-10m", "10 m", "ten", "''", "null")),
    {"type": "summary", "expire": "10m"},
    {"sources": "[{from: function, value: 1}]"},
    *({**ELSEWHERE, "sources": text} for text in ("[]", "[{value: 1}]", "[{from: function, value: 1, help: H.}]")),
    *(
        {**ELSEWHERE, **more, "sources": "[{from: function, value: 1}]"}
        for more in ({"unit": "ms"}, {"op": "set"}, {"each": "$.a"}, {"when": "[{path: $.a, exists: true}]"})
    ),
    {**ELSEWHERE, "type": "summary", "sources": "[{from: function, value: 1, op: set}]"},
]

SEMANTIC: list[Mapping[str, str | None]] = [
    *({"value": text} for text in (None, ".inf", "$.a[", "'$..a'", ".a", "{path: $.v, default: .nan}")),
    *({"value": f"{{path: $.v, extract: '{text}'}}"} for text in ("a", "(a)(b)", "(", "*")),
    {"parse": "{regex: 'a(b)'}"},
    {"parse": "{regex: '('}"},
    *({"each": text} for text in (".a", "[$.a, $parent]", "$.a[")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("matches: '('", "gt: .inf", "equals: .nan", "in: [.inf]")),
    {"when": "[{path: '$..a', equals: b}]"},
    {"unit": "ms"},
    *({"labels": f"{{{text}}}"} for text in ("le-: a", "a: '${x}'", "a: {env: AWS_SESSION_TOKEN}", "a: $key")),
    {"type": "histogram"},
    {"type": "histogram", "buckets": "[2, 1]"},
    {"type": "histogram", "buckets": "{exponential: {start: 1, factor: 1e300, count: 3}}"},
    {"type": "counter"},
    {"type": "summary", "labels": "{a: $.a}", "init": "all"},
    {"type": "summary", "labels": "{a: $.a}", "init": "[{b: c}]"},
    {"type": "summary", "labels": "{a: {exists: $.a}}", "init": "all", "series_limit": "1"},
    {"overflow": "fold"},
    {**ELSEWHERE, "sources": "[{from: f, value: 1, labels: {a: b}}, {from: g, value: 1}]"},
    {**ELSEWHERE, "sources": "[{from: f, value: 1}, {from: g, op: inc}]"},
]

FINE: list[Mapping[str, str | None]] = [
    {},
    *({"help": text} for text in ("200", "true", "1.10", "on")),
    *({"from": text} for text in ("404", "[on, 1.10, '*']")),
    *({"parse": text} for text in ("json", "'logfmt'", "{as: json}", "{as: logfmt, of: $.a}", "{regex: '(?P<a>b)'}")),
    *({"each": text} for text in ("'$.a[*]'", "$.a", "['$.a[*]', '.b[*]', $parent.c, .d]", "$..a")),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("equals: on", "equals: ''", "equals: {path: $.b}", "gt: 1e-6")),
    *(
        {"when": f"[{{path: $.a, {text}}}]"}
        for text in ("in: [a, 1, true, {path: $.b}]", "matches: 200", "matches: ^a$")
    ),
    *({"when": f"[{{path: $.a, {text}}}]"} for text in ("exists: TRUE", "le: {path: $.b}", "not_in: ['']")),
    {"when": "[{path: '$..a', exists: true}, {any: [{not: {all: [{path: $.a, lt: 0}]}}]}]"},
    *(
        {"value": text}
        for text in ("1e-6", "-5", ".5", "{path: $.v}", "{const: 1}", "{first_of: [$.a, $.b], as: bool}")
    ),
    {"value": "{path: $.v, extract: '(a)', map: {on: 1, 1.10: 2}, otherwise: 0, as: number, default: 1}"},
    {"scale": "1e-6"},
    {"op": "add"},
    {"op": "inc", "value": None},
    {"op": "set_to_event_time", "value": None},
    {"labels": "{a: on, b: 1.10, c: true, d: null, e: '', f: $.v, g: {path: $.v, default: 0}}"},
    {"labels": "{a: {concat: [$.a, ' ', 5, '${env:B}']}, b: {env: B}, c: {const: $.a}, d: {exists: $..a}, e: .inf}"},
    {"labels": "{a: {path: $.a, extract: '(b)', lower: true, map: {on: 1}, allow: [on, 200], max_values: 3}}"},
    {"labels": "{a: {path: $.a, map: {on: 1}, otherwise: ''}, b: {path: $.a, allow: [on], otherwise: off}}"},
    {"labels": "{}"},
    *({"series_limit": text} for text in ("1.0", "1e3")),
    {"overflow": "drop"},
    {"overflow": "fold", "op": "inc"},
    {"type": "histogram", "buckets": "[-1, 0, 1e6]"},
    {"type": "histogram", "buckets": "{linear: {start: -1, width: 0.5, count: 500}}"},
    {"type": "histogram", "buckets": "{exponential: {start: 0.1, factor: 1.5, count: 1}}"},
    {"type": "summary", "init": "all"},
    {"type": "summary", "labels": "{a: $.a, b: c}", "init": "[{a: on}, {a: '', b: '${env:B}'}]"},
    *({"expire": text} for text in ("10m", "1h30m", "0.5s", "250ms", "'1d'")),
]


@pytest.mark.parametrize("changes", STRUCTURAL, ids=str)
def test_both_find_a_structural_fault(changes: Mapping[str, str | None]) -> None:
    assert schema_faults(_mapping(changes))
    assert Kind.STRUCTURAL in _kinds(_mapping(changes))


@pytest.mark.parametrize("changes", SEMANTIC, ids=str)
def test_only_telemap_finds_a_semantic_fault(changes: Mapping[str, str | None]) -> None:
    assert schema_faults(_mapping(changes)) == []
    assert _kinds(_mapping(changes)) == {Kind.SEMANTIC}


@pytest.mark.parametrize("changes", FINE, ids=str)
def test_both_pass_what_is_fine(changes: Mapping[str, str | None]) -> None:
    assert schema_faults(_mapping(changes)) == []
    telemap.loads(_mapping(changes))


def test_scalars_are_read_by_yaml_1_2() -> None:
    content = b"[1, -2, .5, 1e3, true, yes, on, null, ~, '1', 2026-01-01, 1:30, 0o7, .inf]"
    assert yaml_instance(content) == [
        *(1, -2, 0.5, 1000.0, True, "yes", "on", None, None, "1", "2026-01-01", "1:30", "0o7", float("inf"))
    ]


def _mapping(changes: Mapping[str, str | None]) -> bytes:
    """Write a mapping of one family, with fields changed, or taken out by None."""
    fields = {**FAMILY, **changes}
    lines = [f"    {name}: {text}\n" for name, text in fields.items() if text is not None]
    return ("version: 1\nmetrics:\n  load:\n" + "".join(lines)).encode()


def _kinds(content: bytes) -> set[Kind]:
    with pytest.raises(telemap.MappingError) as raised:
        telemap.loads(content)
    return {CODES[problem.code] for problem in raised.value.problems}


def _values(words: type[Enum]) -> set[str]:
    return {word.value for word in words}


def _target(field: dict[str, Any]) -> dict[str, Any]:
    """Give all that a field says: in itself, and by the definitions that it stands for."""
    reference = field.get("$ref")
    return {**_target(DEFINITIONS[reference.removeprefix("#/$defs/")]), **field} if reference else field


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
