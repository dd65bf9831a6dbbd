"""Random mappings and events for property tests.

Hypothesis validates a strategy when it is first drawn from, which takes longer than drawing: each is made once.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from hypothesis import strategies as st

EVENT_TYPES = ("platform.report", "platform.start", "function")
PATTERNS = (*EVENT_TYPES, "platform.*", "*")
PATHS = (
    "$.record",
    "$.record.a",
    "$.record.b",
    "$.record.list[0]",
    "$.record.list[-1]",
    "$.record.a.b",
    "$.type",
    "$.record.list[?(@.a > 0)].a",
    "$.record.list[?(@.b =~ 'x|y')].a",
)
ITEM_PATHS = (".", ".a", "$key", "$.record.b")
EACH_PATHS = ("$.record.list[*]", "$.record.*", "$.record.a", "$.record.list[?(@.a)]", "$.record..b")

plain_text = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co")), max_size=8).filter(
    lambda text: "${" not in text
)
"""Text that may stand in a mapping as it is, and is no reference."""

numbers = st.one_of(st.integers(-10, 10_000), st.floats(-1e9, 1e9).map(lambda number: round(number, 3)))

json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(("a", "b", "list", "")), inner, max_size=3)
    ),
    max_leaves=8,
)
"""What `json.loads` can give: also NaN, infinities, lone surrogates, numbers of any length."""

wild_events = st.one_of(json_values, st.fixed_dictionaries({"type": json_values, "record": json_values}))

_words = st.sampled_from(("x", "y", "z", "7", "1m30s", "true", "2026-01-01T00:00:00Z", 'a=1 b="two"', 'log {"a": 2}'))
_fields = st.one_of(numbers, numbers, numbers, _words, json_values)
_items = st.one_of(_fields, st.fixed_dictionaries({}, optional={"a": _fields, "b": _fields}))
_records = st.one_of(
    json_values,
    _words,
    st.fixed_dictionaries(
        {},
        optional={
            "a": _fields,
            "b": _fields,
            "list": st.lists(_items, max_size=3),
            "c": json_values,
            "message": _words,
        },
    ),
)
events = st.fixed_dictionaries({"type": st.sampled_from(EVENT_TYPES), "record": _records}, optional={"time": _words})
"""Telemetry events, mostly of the shape that the mappings below read."""

batches = st.lists(events, max_size=20)

_literals = plain_text.filter(lambda text: not text.startswith((".", "$")))
_references = st.sampled_from(("${env:REGION}", "in ${env:REGION:-nowhere}", "${runtime:instance}"))
_texts = st.one_of(plain_text, _references)
_tables = st.dictionaries(st.sampled_from(("x", "y", "true", "7")), _texts, min_size=1, max_size=3)


@functools.cache
def _paths(*, item: bool) -> st.SearchStrategy[str]:
    return st.sampled_from((*PATHS, *ITEM_PATHS) if item else PATHS)


def _long_labels(*, item: bool) -> st.SearchStrategy[dict[str, Any]]:
    paths = _paths(item=item)
    origins = st.one_of(
        st.fixed_dictionaries({"path": paths}),
        st.fixed_dictionaries({"first_of": st.lists(paths, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"concat": st.lists(st.one_of(paths, _literals), min_size=1, max_size=3)}),
        st.fixed_dictionaries({"exists": paths}),
        st.just({"env": "REGION"}),
        st.fixed_dictionaries({"const": plain_text}),
    )
    steps = st.fixed_dictionaries(
        {},
        optional={
            "extract": st.sampled_from(("^(.)", "([0-9]+)", "(x)?y")),
            "lower": st.booleans(),
            "replace": st.sampled_from(({"regex": "[0-9]+", "with": "#"}, [{"regex": "(x)|y", "with": r"<\1>"}])),
            "map": _tables,
            "allow": st.lists(st.sampled_from(("x", "y", "true", "7")), min_size=1, max_size=3, unique=True),
            "max_values": st.integers(1, 3),
            "default": _texts,
        },
    )
    return st.builds(lambda origin, more: {**more, **origin}, origins, steps)


@functools.cache
def _label(*, item: bool) -> st.SearchStrategy[Any]:
    return st.one_of(_paths(item=item), _literals, _long_labels(item=item), st.just("${runtime:instance}"))


@functools.cache
def _labels(names: tuple[str, ...], *, item: bool) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(dict.fromkeys(names, _label(item=item)))


_conversions = st.sampled_from(("number", "bool", "duration", "timestamp", "length", "bytes"))


@functools.cache
def _values(*, item: bool) -> st.SearchStrategy[Any]:
    paths = _paths(item=item)
    origins = st.one_of(
        st.fixed_dictionaries({"path": paths}),
        st.fixed_dictionaries({"first_of": st.lists(paths, min_size=1, max_size=3)}),
    )
    steps = st.fixed_dictionaries(
        {},
        optional={
            "extract": st.sampled_from(("([0-9]+)", "(x)?y")),
            "map": st.dictionaries(st.sampled_from(("x", "y", "true")), st.integers(0, 9), min_size=1),
            "as": _conversions,
            "default": st.integers(0, 100),
            "times": st.one_of(paths, st.lists(paths, min_size=1, max_size=2)),
        },
    )
    return st.one_of(
        st.integers(0, 100), paths, paths, st.builds(lambda origin, more: {**origin, **more}, origins, steps)
    )


@functools.cache
def _conditions(*, item: bool, text: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Draw conditions; those on text do not compare it with numbers, unless they convert it."""
    paths = _paths(item=item)
    operand = st.one_of(plain_text, st.fixed_dictionaries({"path": paths}))
    if not text:
        operand = st.one_of(numbers, st.booleans(), operand)
    number = st.one_of(numbers, st.fixed_dictionaries({"path": paths}))
    ordering = ("gt", "ge", "lt", "le")
    comparisons = st.one_of(
        *(st.fixed_dictionaries({"path": paths, name: operand}) for name in ("equals", "not_equals")),
        *(st.fixed_dictionaries({"path": paths, name: numbers}) for name in ordering if not text),
        *(
            st.fixed_dictionaries({"path": paths, "as": _conversions, name: number})
            for name in (*ordering, "equals", "not_equals")
        ),
        st.fixed_dictionaries({"path": paths, "as": _conversions, "exists": st.booleans()}),
        *(st.fixed_dictionaries({"path": paths, name: st.lists(operand, min_size=1)}) for name in ("in", "not_in")),
        st.fixed_dictionaries({"path": paths, "exists": st.booleans()}),
        st.fixed_dictionaries({"path": paths, "matches": st.sampled_from(("x", "^[0-9]", "t.+e"))}),
    )
    return st.recursive(
        comparisons,
        lambda inner: st.one_of(
            st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"not": inner}),
        ),
        max_leaves=4,
    )


_parses = st.sampled_from(
    ("json", "emf", "logfmt", {"regex": "(?P<a>[a-z]+)=?(?P<b>[0-9]+)?"}, {"as": "json", "of": "$.record.a"})
)


@functools.cache
def _tests(*, item: bool, text: bool) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(_conditions(item=item, text=text), min_size=1, max_size=2)


def _of_text(value: Any) -> Any:
    """Return a value that converts what it finds, also its factors."""
    if isinstance(value, dict):
        keeps = "map" in value and "times" not in value
        return value if keeps or value.get("as") in {"number", "duration", "timestamp"} else {**value, "as": "number"}
    return {"path": value, "as": "number"} if isinstance(value, str) else value


_patterns = st.sampled_from(PATTERNS)
_pattern_lists = st.one_of(_patterns, st.lists(_patterns, min_size=1))
_each = st.sampled_from((None, None, *EACH_PATHS))
_scales = st.fixed_dictionaries({}, optional={"scale": st.sampled_from((0.001, 1, 1000))})
_one_of_four = st.integers(0, 3)
_one_of_three = st.integers(0, 2)


@st.composite
def _source(draw: st.DrawFn, names: tuple[str, ...], operations: tuple[str, ...]) -> dict[str, Any]:
    source: dict[str, Any] = {"from": draw(_pattern_lists)}
    if draw(_one_of_four) == 0:
        source["parse"] = draw(_parses)
    if each := draw(_each):
        source["each"] = each
    item = each is not None
    text = source.get("parse", "json") not in ("json", "emf", {"as": "json", "of": "$.record.a"})
    if draw(_one_of_three) == 0:
        source["when"] = draw(_tests(item=item, text=text))
    if operations:
        source["op"] = draw(_operations(operations))
    if source.get("op") != "set_to_event_time":
        value = draw(_values(item=item))
        source["value"] = _of_text(value) if text else value
        source |= draw(_scales)
    return {**source, "labels": draw(_labels(names, item=item))}


@functools.cache
def _operations(operations: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(operations)


@functools.cache
def _sources(names: tuple[str, ...], operations: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(_source(names, operations), min_size=1, max_size=2)


_types = st.sampled_from(("counter", "gauge", "summary", "histogram"))
_helps = st.builds(lambda text, ends: text + "\n" * ends, plain_text.filter(bool), st.integers(0, 1))
_limits = st.sampled_from((1, 3, 1000))
_buckets = st.sets(st.integers(-5, 2_000_000), min_size=1, max_size=4).map(sorted)
_operations_together = st.sampled_from((("set", "set_to_event_time"), ("inc", "dec", "add", "sub"), ("min",), ("max",)))
_label_names = st.lists(st.sampled_from(("a", "zone", "le_", "B")), max_size=3, unique=True).map(tuple)


@st.composite
def _family(draw: st.DrawFn) -> dict[str, Any]:
    family: dict[str, Any] = {"type": draw(_types), "help": draw(_helps), "series_limit": draw(_limits)}
    operations: tuple[str, ...] = ()
    if family["type"] == "histogram":
        family["buckets"] = draw(_buckets)
    if family["type"] == "gauge":
        operations = draw(_operations_together)
    names = draw(_label_names)
    return {**family, "sources": draw(_sources(names, operations))}


_families = st.lists(_family(), min_size=1, max_size=3)
_drops = st.fixed_dictionaries({"from": _patterns, "when": st.tuples(_conditions(item=False)).map(list)})


@st.composite
def mappings(draw: st.DrawFn) -> str:
    """Draw the text of a mapping that can be used."""
    families = draw(_families)
    metrics = {
        f"metric_{number}{'_total' if family['type'] == 'counter' else ''}": family
        for number, family in enumerate(families)
    }
    mapping: dict[str, Any] = {"version": 1, "metrics": metrics}
    if draw(_one_of_four) == 0:
        mapping["drop"] = [draw(_drops)]
    return json.dumps(mapping, ensure_ascii=False)  # JSON is YAML
