"""Every key that may stand somewhere is read, and what it says is explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from word_tables.uses import SCHEMA, example_of, mapping_of

import telemap
from telemap.errors import MappingError
from telemap.keys import tables as keys
from telemap.keys.tables import LabelOriginKey, ValueOriginKey
from telemap.tracing.to_yaml import label_rule_text, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator

A_COUNTER = {"type": "counter", "help": "A.", "from": "function"}


def with_nothing_under(node: str, key: str) -> dict[str, Any]:
    """Return a mapping in which there is nothing under one key of a node."""
    whole: dict[str, Any] = {"version": 1, "metrics": {"a_total": dict(A_COUNTER)}}
    [counter] = whole["metrics"].values()
    nothing = {key: None}
    match node:
        case "top level":
            return whole | nothing
        case "defaults":
            return whole | {"defaults": nothing}
        case "drop":
            return whole | {"drop": [{"from": "function"} | nothing]}
        case "family":
            counter |= nothing
        case "source":
            whole["metrics"]["a_total"] = {"type": "counter", "help": "A.", "sources": [{"from": "function"} | nothing]}
        case "parse":
            counter["parse"] = {"as": "json"} | nothing
        case "value":
            counter["value"] = {"path": "$.record.v"} | nothing
        case "label":
            counter["labels"] = {"l": {"path": "$.record.v"} | nothing}
        case "test":
            counter["when"] = [{"path": "$.record.v", "exists": True} | nothing]
        case generator:
            counter["buckets"] = {generator: {"start": 1, "count": 3} | nothing}
    return whole


def keys_by_node() -> Iterator[Any]:
    definitions = SCHEMA["$defs"]
    generators = definitions["buckets"]["properties"]
    nodes = {"top level": SCHEMA, "defaults": SCHEMA["properties"]["defaults"]}
    nodes |= {"drop": SCHEMA["properties"]["drop"]["items"], **generators}
    nodes |= {name: definitions[name] for name in ("family", "source", "parse", "value", "label", "test")}
    for node, schema in nodes.items():
        for key in schema["properties"]:
            yield pytest.param(node, key, id=f"{node}-{key}")


@pytest.mark.parametrize(("node", "key"), list(keys_by_node()))
def test_every_key_is_read(node: str, key: str) -> None:
    mapping = with_nothing_under(node, key)
    text = yaml.safe_dump(mapping, sort_keys=False)
    with pytest.raises(MappingError) as refused:
        telemap.loads(text)
    places = {problem.place.span.line for problem in refused.value.problems if problem.place}
    assert places & {number for number, line in enumerate(text.splitlines(), 1) if f"{key}: null" in line}


@pytest.mark.parametrize("name", ["TOP", "DEFAULTS", "DROP", "SOURCE", "FAMILY", "PARSE", "VALUE", "LABEL"])
def test_a_key_that_has_a_row_and_is_not_read_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, name, getattr(keys, name) | {"unheard_of"})
    node = {"TOP": "top level"}.get(name, name.lower())
    whole = with_nothing_under(node, "unheard_of")
    with pytest.raises(MappingError) as refused:
        telemap.loads(yaml.safe_dump(whole, sort_keys=False))
    assert "'unheard_of' has no effect here" in [problem.message for problem in refused.value.problems]


@pytest.mark.parametrize("definition", ["label", "value"])
def test_every_step_is_explained(definition: str) -> None:
    origins = {key.value for key in (LabelOriginKey if definition == "label" else ValueOriginKey)}
    for step in SCHEMA["$defs"][definition]["properties"].keys() - origins:
        rule = {"path": "$.record.s", step: example_of(definition, step)}
        if step == "otherwise":
            rule["map"] = example_of(definition, "map")
        metric = {"labels": {"l": rule}} if definition == "label" else {"type": "gauge", "name": "a", "value": rule}
        [family] = telemap.loads(mapping_of(metric)).families
        [source] = family.sources
        assert f"{step}: " in (label_rule_text(source.labels[0]) if definition == "label" else value_text(source))
