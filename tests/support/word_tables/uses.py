"""Small mappings, each of which uses one word of the language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml
from snippets import written
from yaml_instance import SCHEMA_FILE

from telemap.keys.tables import LabelOriginKey, ValueOriginKey
from telemap.model import (
    Amount,
    BucketGenerator,
    Connective,
    Conversion,
    GaugeOperation,
    MetricType,
    Operator,
    Overflow,
    Parser,
)
from telemap.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import Enum

SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))

TEXT = "error 7"

EVENT = {
    "type": "function",
    "time": "2026-03-02T17:33:20.293Z",
    "record": {"v": 2, "s": TEXT, "list": [{"v": 1}, {"v": 3}], "level": "ERROR", "limit": 5, "expected": 2},
}


def a_type(member: MetricType) -> dict[str, Any]:
    return {"name": "a_total" if member.row.counts else "a_seconds", "type": member.value, "value": "$.record.v"}


def an_overflow(member: Overflow) -> dict[str, Any]:
    return {"overflow": member.value, "series_limit": 1, "labels": {"l": "$.record.s"}}


def an_operation(member: GaugeOperation) -> dict[str, Any]:
    value = {} if member.row.amount is Amount.EVENT_TIME else {"value": "$.record.v"}
    return {"type": "gauge", "op": member.value, **value}


def a_parser(member: Parser) -> dict[str, Any]:
    return {"parse": {"regex": "(?P<word>[a-z]+)"} if member.row.takes_pattern else member.value}


def a_conversion(member: Conversion) -> dict[str, Any]:
    return {"type": "gauge", "value": {"path": "$.record.s", "as": member.value}}


def a_unit(member: Unit) -> dict[str, Any]:
    return {"name": f"a_{member.row.base}", "type": "gauge", "value": "$.record.v", "unit": member.value}


def an_operator(member: Operator) -> dict[str, Any]:
    return {"when": [{"any": [{"path": "$.record.v", member.value: operand} for operand in member.row.examples]}]}


def a_connective(member: Connective) -> dict[str, Any]:
    return {"when": [{member.value: example} for example in member.row.examples]}


def a_generator(member: BucketGenerator) -> dict[str, Any]:
    numbers = dict(zip(member.keys, member.row.example, strict=True))
    return {"name": "a", "type": "histogram", "value": "$.record.v", "buckets": {member.value: numbers}}


def an_origin(definition: str) -> Callable[[Enum], dict[str, Any]]:
    def of(member: Enum) -> dict[str, Any]:
        origin = {member.value: example_of(definition, member.value)}
        return (
            {"labels": {"l": origin}, "series_limit": 9}
            if definition == "label"
            else {"type": "gauge", "name": "a", "value": origin}
        )

    return of


def example_of(definition: str, key: str) -> Any:
    """Return the first example, snippet or word that the schema has for a key."""
    field = SCHEMA["$defs"][definition]["properties"][key]
    while not field.keys() & {"examples", "defaultSnippets", "enum"}:
        field = SCHEMA["$defs"][field["$ref"].removeprefix("#/$defs/")]
    if "defaultSnippets" in field:
        return written(field["defaultSnippets"][0]["body"])
    return field.get("examples", field.get("enum"))[0]


USES: dict[type[Enum], Callable[[Any], dict[str, Any]]] = {
    MetricType: a_type,
    Overflow: an_overflow,
    GaugeOperation: an_operation,
    Parser: a_parser,
    Conversion: a_conversion,
    Unit: a_unit,
    Operator: an_operator,
    Connective: a_connective,
    BucketGenerator: a_generator,
    LabelOriginKey: an_origin("label"),
    ValueOriginKey: an_origin("value"),
}
"""What makes, for each table, the keys of a metric that uses one of its words."""


def mapping_that_uses(member: Enum) -> str:
    """Return a mapping that uses a word."""
    return mapping_of(USES[type(member)](member))


def mapping_of(metric: dict[str, Any]) -> str:
    """Return the mapping whose only metric has some keys; `name` is its name."""
    name = metric.pop("name", "a" if metric.get("type") == "gauge" else "a_total")
    whole = {"type": "counter", "help": "A.", "from": "function", "series_limit": 9, **metric}
    return yaml.safe_dump({"version": 1, "metrics": {name: whole}}, sort_keys=False)
