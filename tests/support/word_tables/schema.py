"""What the JSON Schema of a mapping takes from the tables of the language; all else in it is written by hand."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, assert_never

from word_tables.layout import laid_out
from word_tables.phrases import (
    kinds_of_operations,
    listed,
    operations_without_value,
    plain,
    quoted,
    sentence,
    setting_operations,
)

from telemap.check.drafts import DEFAULT_SERIES_LIMIT
from telemap.check.limits import DEFAULT_BUCKETS, MAX_BUCKETS
from telemap.check.mapping import SERIES_LIMIT_TOTAL
from telemap.check.selection import MAX_EACH
from telemap.check.values import MAX_FACTORS
from telemap.durations import UNITS as UNITS_OF_DURATIONS
from telemap.keys import tables as keys
from telemap.keys.tables import LabelOriginKey, ValueOriginKey
from telemap.model import (
    Amount,
    BucketGenerator,
    Connective,
    Conversion,
    GaugeOperation,
    MetricType,
    OperandKind,
    Operator,
    Overflow,
    Parser,
)
from telemap.units import BASE_UNITS, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import Enum


def fresh(text: str) -> str:
    """Return the text of the schema with what the tables say now."""
    schema = json.loads(text)
    definitions = schema["$defs"]
    _enumerations(definitions)
    _conditions(definitions)
    _buckets(definitions)
    _keys_of_types(definitions)
    _limits(schema)
    return laid_out(schema) + "\n"


def _words(table: Iterable[Enum]) -> list[Any]:
    return [one.value for one in table]


def _choice(field: dict[str, Any], table: Iterable[Any], description: str) -> None:
    """Write what an enumeration has."""
    rows = [one.row for one in table]
    field["description"] = plain(description)
    field["enum"] = [row.word for row in rows]
    field["enumDescriptions"] = [sentence(row.words) for row in rows]


def _told(table: Iterable[Any]) -> str:
    """Describe each word, for editors that show no description of an enumeration."""
    return " ".join(f"{one.value}: {one.row.words}." for one in table)


def _enumerations(definitions: dict[str, Any]) -> None:
    _choice(definitions["type"], MetricType, _told(MetricType))
    _choice(
        definitions["op"],
        GaugeOperation,
        f"What a sample does to a gauge. The rules of a gauge must use {kinds_of_operations()}.",
    )
    _choice(
        definitions["overflow"],
        Overflow,
        f"What happens to a sample beyond the limit. {_told(Overflow)} Gauges with {setting_operations()} can only"
        " drop.",
    )
    _choice(definitions["value"]["properties"]["as"], Conversion, _told(Conversion))
    named = [parser for parser in Parser if not parser.row.takes_pattern]
    parse = definitions["parse"]
    _choice(parse["properties"]["as"], named, "The format of the text.")
    parse["pattern"] = f"^({'|'.join(_words(named))})$"
    parse["patternErrorMessage"] = (
        f"The formats are {listed(_words(named))}; a regular expression is written {{regex: '...'}}."
    )
    parse["then"] = _origins(["as", *(parser.value for parser in Parser if parser.row.takes_pattern)])
    parse["examples"] = _words(named)
    parse["description"] = plain(
        f"Parse the text of the record first; for this rule, $.record is the result. {_told(Parser)}"
        " If the text does not match, the rule does not run."
    )
    bases = listed([f"'_{base}'" for base in BASE_UNITS], "or")
    _choice(
        definitions["unit"],
        Unit,
        f"The unit of the value. It is converted to the base unit in which the metric's name ends: {bases} (or these"
        " before '_total'). Units smaller than the base unit divide, which is exact.",
    )
    definitions["value"]["description"] = (
        "The value of a sample: a number, a path into the event, or the long form. Optional for a counter, which then"
        f" counts events, and for {operations_without_value()}."
    )


def _conditions(definitions: dict[str, Any]) -> None:
    test = definitions["test"]
    connectives = _words(Connective)
    groups = listed(quoted(Connective), "or")
    negated = listed(["'exists: false'", *quoted(operator for operator in Operator if operator.row.negated)])
    texts = [operator.value for operator in Operator if operator.row.operand is OperandKind.REGEX]
    several = listed(quoted(operator for operator in Operator if operator.row.any_number))
    test["description"] = (
        f"A condition: a path, an operator and a value to compare with; or {groups} of other conditions. If the path"
        f" finds nothing, or null, a condition is false, except {negated}."
    )
    test["properties"] = {
        "path": {"description": f"The node to check. Only {several} accepts several.", "$ref": "#/$defs/any_path"},
        "as": _converting(),
        **{operator.value: _operand(operator) for operator in Operator},
        **{connective.value: _connected(connective) for connective in Connective},
    }
    test["if"] = {"anyOf": [{"required": [word]} for word in connectives]}
    test["then"] = {"maxProperties": 1}
    test["else"] = {
        "allOf": [
            {"required": ["path"], "errorMessage": f"A condition needs 'path' and an operator; or it is {groups}."},
            _some_of(_words(Operator), f"An operator is missing: {listed(quoted(Operator), 'or')}."),
        ],
        "if": {"required": ["as"]},
        "then": {"maxProperties": 3, "properties": _none(texts)},
        "else": {"if": {"minProperties": 3}, "then": {"required": ["as"], "errorMessage": _ONE_OPERATOR}},
    }


_ONE_OPERATOR = (
    "A condition has one operator; for a second one, add a condition: [{path: $.x, gt: 1}, {path: $.x, lt: 9}]."
)


def _converting() -> dict[str, Any]:
    field: dict[str, Any] = {}
    _choice(field, Conversion, f"Convert what the path finds to a number first. {_told(Conversion)}")
    return field


def _operand(operator: Operator) -> dict[str, Any]:
    row = operator.row
    simple = [one for one in row.examples if not isinstance(one, dict)]  # editors have no label for objects
    examples = {"examples": simple} if simple else {}
    return {"description": sentence(row.words), **examples, **_holding(row.operand)}


def _holding(kind: OperandKind) -> dict[str, str]:
    """Return the schema of what stands under an operator."""
    match kind:
        case OperandKind.VALUE:
            return {"$ref": "#/$defs/operand"}
        case OperandKind.VALUES:
            return {"$ref": "#/$defs/operands"}
        case OperandKind.NUMBER:
            return {"$ref": "#/$defs/number_operand"}
        case OperandKind.REGEX:
            return {"$ref": "#/$defs/regex"}
        case OperandKind.TRUTH:
            return {"type": "boolean"}
        case _:
            assert_never(kind)


def _connected(connective: Connective) -> dict[str, Any]:
    row = connective.row
    if row.takes_list:
        return {"description": sentence(row.words), "$ref": "#/$defs/tests"}
    snippets = [{"label": "a condition", "body": _snippet(example)} for example in row.examples]
    return {"description": sentence(row.words), "defaultSnippets": snippets, "anyOf": [{"$ref": "#/$defs/test"}]}


def _buckets(definitions: dict[str, Any]) -> None:
    buckets = definitions["buckets"]
    buckets["maxItems"] = MAX_BUCKETS
    buckets["default"] = list(DEFAULT_BUCKETS)
    buckets["properties"] = {generator.value: _generator(generator) for generator in BucketGenerator}
    buckets["defaultSnippets"] = [
        {"label": plain(generator.row.words), "body": {generator.value: _snippet(_example(generator))}}
        for generator in BucketGenerator
    ]
    definitions["bucket_count"]["maximum"] = MAX_BUCKETS


def _generator(generator: BucketGenerator) -> dict[str, Any]:
    row = generator.row
    start, step, count = generator.keys
    example = _example(generator)
    return {
        "description": sentence(row.words),
        "type": "object",
        "additionalProperties": False,
        "properties": {
            start: _above("The first bound.", row.above_start, example[start]),
            step: _above("From one bound to the next.", row.above_step, example[step]),
            count: {"$ref": "#/$defs/bucket_count"},
        },
        "required": list(generator.keys),
        "defaultSnippets": [{"label": plain(row.words), "body": _snippet(_example(generator))}],
    }


def _example(generator: BucketGenerator) -> dict[str, float]:
    return dict(zip(generator.keys, generator.row.example, strict=True))


def _snippet(example: Mapping[str, Any]) -> dict[str, str]:
    """Return an example with values that the writer replaces one after the other."""
    texts = (str(value).replace("$", r"\$") for value in example.values())
    return {key: f"${{{place}:{text}}}" for place, (key, text) in enumerate(zip(example, texts, strict=True), 1)}


def _above(description: str, bound: float, example: float) -> dict[str, Any]:
    limit = {} if math.isinf(bound) else {"exclusiveMinimum": int(bound)}
    return {"description": description, "type": "number", **limit, "examples": [example]}


def _keys_of_types(definitions: dict[str, Any]) -> None:
    """Write which keys metrics of which types may have, and which keys some operations and origins exclude."""
    without = [operation.value for operation in GaugeOperation if operation.row.amount is Amount.EVENT_TIME]
    clock = [
        {"if": {"properties": {"op": _one_of(without)}, "required": ["op"]}, "then": {"properties": _none(_OF_VALUES)}}
    ]
    definitions["source"]["allOf"] = [_NOT_BOTH, *clock]
    in_place = {
        "if": {"required": ["sources"]},
        "then": {"properties": _none(key.word for key in keys.SOURCE_KEYS if key.word in keys.SOURCE_ONLY)},
    }
    definitions["family"]["allOf"] = [in_place, *_conditions_of_types(), _NOT_BOTH, *clock]
    for definition, origins in ((definitions["value"], ValueOriginKey), (definitions["label"], LabelOriginKey)):
        definition["then"] = _origins(_words(origins))


def _origins(words: list[str]) -> dict[str, Any]:
    """Require one of some keys, and exclude the others."""
    names = listed([f"'{word}'" for word in words], "or")
    return {
        **_some_of(words, f"One of {names} is missing."),
        "dependentSchemas": {
            word: {
                "properties": _none(other for other in words if other != word),
                "errorMessage": f"Only one of {names}.",
            }
            for word in words
        },
    }


def _some_of(words: Iterable[str], message: str) -> dict[str, Any]:
    """Require one or more of some keys; the message is what an editor shows if there is none."""
    return {"anyOf": [{"required": [word], "errorMessage": message} for word in words]}


_OF_VALUES = ("value", "unit", "scale")
_NOT_BOTH = {"dependentSchemas": {"unit": {"properties": {"scale": False}}}}


def _conditions_of_types() -> list[dict[str, Any]]:
    """Exclude from types, or from all but some, the keys that they do not take."""
    keys_by_types: dict[tuple[MetricType, ...], list[str]] = {}
    for key in dict.fromkeys(key for one in MetricType for key in sorted(one.row.keys)):
        keys_by_types.setdefault(tuple(one for one in MetricType if key in one.row.keys), []).append(key)
    return [_condition_of_types(types, names) for types, names in keys_by_types.items()]


def _condition_of_types(takers: tuple[MetricType, ...], names: list[str]) -> dict[str, Any]:
    of_rules = [name for name in names if name in keys.SOURCE]
    in_rules = {"sources": {"items": {"properties": _none(of_rules)}}} if of_rules else {}
    excluded = {"properties": {**_none(names), **in_rules}}
    others = [one for one in MetricType if one not in takers]
    if len(takers) <= len(others):
        return {"if": {"properties": {"type": _one_of(_words(takers))}}, "else": excluded}
    return {"if": {"properties": {"type": _one_of(_words(others))}, "required": ["type"]}, "then": excluded}


def _one_of(words: Iterable[str]) -> dict[str, Any]:
    known = list(words)
    return {"const": known[0]} if len(known) == 1 else {"enum": known}


def _none(names: Iterable[str]) -> dict[str, bool]:
    return dict.fromkeys(names, False)


def _limits(schema: dict[str, Any]) -> None:
    definitions = schema["$defs"]
    definitions["each"]["maxItems"] = MAX_EACH
    definitions["value"]["properties"]["times"]["anyOf"][1]["maxItems"] = MAX_FACTORS
    definitions["series_limit"]["default"] = DEFAULT_SERIES_LIMIT
    schema["properties"]["defaults"]["properties"]["series_limit_total"]["default"] = SERIES_LIMIT_TOTAL
    units = "|".join(UNITS_OF_DURATIONS)
    definitions["expire"]["patternErrorMessage"] = (
        f"A duration is numbers with units, such as 30s, 10m or 1h30m, and more than 0. The units are"
        f" {listed(list(UNITS_OF_DURATIONS))}."
    )
    definitions["expire"]["pattern"] = f"^ *(?=[^ ]*[1-9])([0-9]+(\\.[0-9]+)?({units}))+ *$"
