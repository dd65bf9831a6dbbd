"""Random mappings and events for property tests."""

from __future__ import annotations

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

plain_text = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co")), max_size=8)
"""Text that may stand in a mapping as it is."""

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


def _paths(*, item: bool) -> st.SearchStrategy[str]:
    return st.sampled_from((*PATHS, *ITEM_PATHS) if item else PATHS)


def _long_labels(paths: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
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
            "map": _tables,
            "allow": st.lists(st.sampled_from(("x", "y", "true", "7")), min_size=1, max_size=3, unique=True),
            "max_values": st.integers(1, 3),
            "default": _texts,
        },
    )
    return st.builds(lambda origin, more: {**more, **origin}, origins, steps)


def _labels(names: list[str], paths: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    label = st.one_of(paths, _literals, _long_labels(paths), st.just("${runtime:instance}"))
    return st.fixed_dictionaries(dict.fromkeys(names, label))


def _values(paths: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    origins = st.one_of(
        st.fixed_dictionaries({"path": paths}),
        st.fixed_dictionaries({"first_of": st.lists(paths, min_size=1, max_size=3)}),
    )
    steps = st.fixed_dictionaries(
        {},
        optional={
            "extract": st.sampled_from(("([0-9]+)", "(x)?y")),
            "map": st.dictionaries(st.sampled_from(("x", "y", "true")), st.integers(0, 9), min_size=1),
            "as": st.sampled_from(("number", "bool", "duration", "timestamp", "length")),
            "default": st.integers(0, 100),
        },
    )
    return st.one_of(
        st.integers(0, 100), paths, paths, st.builds(lambda origin, more: {**origin, **more}, origins, steps)
    )


def _conditions(paths: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    operand = st.one_of(numbers, st.booleans(), plain_text, st.fixed_dictionaries({"path": paths}))
    comparisons = st.one_of(
        *(st.fixed_dictionaries({"path": paths, name: operand}) for name in ("equals", "not_equals")),
        *(st.fixed_dictionaries({"path": paths, name: numbers}) for name in ("gt", "ge", "lt", "le")),
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
    ("json", "logfmt", {"regex": "(?P<a>[a-z]+)=?(?P<b>[0-9]+)?"}, {"as": "json", "of": "$.record.a"})
)


@st.composite
def _sources(draw: st.DrawFn, names: list[str], operations: tuple[str, ...]) -> dict[str, Any]:
    source: dict[str, Any] = {
        "from": draw(st.one_of(st.sampled_from(PATTERNS), st.lists(st.sampled_from(PATTERNS), min_size=1)))
    }
    if draw(st.integers(0, 3)) == 0:
        source["parse"] = draw(_parses)
    if each := draw(st.sampled_from((None, None, *EACH_PATHS))):
        source["each"] = each
    paths = _paths(item=each is not None)
    if draw(st.integers(0, 2)) == 0:
        source["when"] = draw(st.lists(_conditions(paths), min_size=1, max_size=2))
    if operations:
        source["op"] = draw(st.sampled_from(operations))
    if source.get("op") != "set_to_event_time":
        source["value"] = draw(_values(paths))
        source |= draw(st.fixed_dictionaries({}, optional={"scale": st.sampled_from((0.001, 1, 1000))}))
    return {**source, "labels": draw(_labels(names, paths))}


_OPERATIONS = (("set", "set_to_event_time"), ("inc", "dec", "add", "sub"), ("min",), ("max",))


@st.composite
def _families(draw: st.DrawFn) -> dict[str, Any]:
    family: dict[str, Any] = {
        "type": draw(st.sampled_from(("counter", "gauge", "summary", "histogram"))),
        "help": draw(plain_text.filter(bool)) + "\n" * draw(st.integers(0, 1)),
        "series_limit": draw(st.sampled_from((1, 3, 1000))),
    }
    operations: tuple[str, ...] = ()
    if family["type"] == "histogram":
        family["buckets"] = sorted(draw(st.sets(st.integers(-5, 2_000_000), min_size=1, max_size=4)))
    if family["type"] == "gauge":
        operations = draw(st.sampled_from(_OPERATIONS))
    names = draw(st.lists(st.sampled_from(("a", "zone", "le_", "B")), max_size=3, unique=True))
    sources = draw(st.lists(_sources(names, operations), min_size=1, max_size=2))
    return {**family, "sources": sources}


@st.composite
def mappings(draw: st.DrawFn) -> str:
    """Draw the text of a mapping that can be used."""
    families = draw(st.lists(_families(), min_size=1, max_size=3))
    metrics = {
        f"metric_{number}{'_total' if family['type'] == 'counter' else ''}": family
        for number, family in enumerate(families)
    }
    mapping: dict[str, Any] = {"version": 1, "metrics": metrics}
    if draw(st.integers(0, 3)) == 0:
        condition = _conditions(_paths(item=False))
        mapping["drop"] = [{"from": draw(st.sampled_from(PATTERNS)), "when": [draw(condition)]}]
    return json.dumps(mapping, ensure_ascii=False)  # JSON is YAML
