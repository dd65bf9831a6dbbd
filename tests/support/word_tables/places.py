"""Where each word of the language must be, beside its row: places that mypy cannot know."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from case_folders import case_folders
from word_tables.uses import SCHEMA
from yaml_instance import yaml_instance

from telemap.keys import tables as keys
from telemap.model import Conversion, GaugeOperation, MetricType, Overflow, Parser
from telemap.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TOP = Path(__file__).parents[3]

PAGE = (TOP / "docs" / "reference" / "mapping.md").read_text(encoding="utf-8")

EXAMPLES = re.findall(r"<!-- example(?: on \w+)?: .*? -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)
"""The examples of the page, all of which are run."""


def words() -> list[str]:
    """Return all words of the tables: keys as `OBJECT.KEY`, others as `OBJECT=WORD`, by definitions of the schema."""
    objects = {
        "mapping": keys.TOP,
        "mapping.defaults": keys.DEFAULTS,
        "mapping.drop": keys.DROP,
        "group": keys.GROUP,
        "family": keys.FAMILY,
        "source": keys.SOURCE,
        "parse": keys.PARSE | {parser.value for parser in Parser if parser.row.takes_pattern},
        "value": keys.VALUE,
        "label": keys.LABEL,
        "replacement": keys.REPLACE,
        "test": keys.TEST,
        "buckets": keys.BUCKETS,
    }
    enumerations: dict[str, Iterable[Any]] = {
        "type": MetricType,
        "op": GaugeOperation,
        "overflow": Overflow,
        "unit": Unit,
        "value.as": Conversion,
        "test.as": Conversion,
        "parse.as": [parser for parser in Parser if not parser.row.takes_pattern],
    }
    found = [f"{name}.{key}" for name, known in objects.items() for key in sorted(known)]
    found += [
        f"parse.{parser.value}" for parser in Parser if parser.row.takes_pattern and parser.value not in keys.PARSE
    ]
    return found + [f"{name}={one.value}" for name, known in enumerations.items() for one in known]


def missing_places(word: str) -> list[str]:
    """Return what has yet to be done for a word."""
    missing = []
    if word not in known_words():
        missing.append("schema/mapping.schema.json does not know it: run make tables, and describe keys there by hand")
    if word not in words_of_examples():
        missing.append("docs/reference/mapping.md has no example that uses it")
    if word not in words_of_cases():
        missing.append("tests/cases/apply has no case that uses it")
    return missing


def missing_places_of_code(code: str) -> list[str]:
    """Return what has yet to be done for a problem code."""
    missing = []
    if not any(folder.name.partition("__")[0] == code for folder in _folders("invalid")):
        missing.append("tests/cases/invalid has no case that shows it")
    if f"\n### {code}\n" not in (TOP / "docs" / "reference" / "problems.md").read_text(encoding="utf-8"):
        missing.append("docs/reference/problems.md has no section about it")
    return missing


@functools.cache
def known_words() -> set[str]:
    """Return all words that the schema knows."""
    definitions = SCHEMA["$defs"].items()
    return {*_keys(SCHEMA, "mapping"), *(key for name, part in definitions for key in _keys(part, name))}


@functools.cache
def words_of_examples() -> set[str]:
    """Return the words that the page's examples use."""
    return used_words(EXAMPLES)


@functools.cache
def words_of_cases() -> set[str]:
    """Return the words that the cases of `apply` use."""
    files = (file for folder in _folders("apply") for file in folder.rglob("*.yaml"))
    return used_words(file.read_text(encoding="utf-8") for file in files)


@functools.cache
def _folders(kind: str) -> list[Path]:
    return case_folders(TOP / "tests" / "cases" / kind)


def used_words(mappings: Iterable[str]) -> set[str]:
    """Return the words that mappings use; what a metric has in place of its only rule is a rule's too."""
    used = {key for mapping in mappings for key in _used(SCHEMA, "mapping", yaml_instance(mapping.encode()))}
    return used | {key.replace("family.", "source.", 1) for key in used}


def _keys(schema: dict[str, Any], where: str) -> Iterator[str]:
    """Return the keys and words that a schema knows, each by the definition that it stands in."""
    yield from (f"{where}={word}" for word in schema.get("enum", ()) if where != "event_type")
    for name, part in schema.get("properties", {}).items():
        yield f"{where}.{name}"
        yield from _keys(part, f"{where}.{name}")
    for part in (schema.get("items"), schema.get("additionalProperties"), *schema.get("anyOf", ())):
        if isinstance(part, dict):
            yield from _keys(part, where)


def _used(schema: dict[str, Any], where: str, value: Any) -> Iterator[str]:
    """Return the keys and words that a mapping uses, named as in `_keys`."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        yield from _used(SCHEMA["$defs"][name], name, value)
    if isinstance(value, dict):
        for key, item in value.items():
            if key in schema.get("properties", {}):
                yield f"{where}.{key}"
            part = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
            yield from _used(part, f"{where}.{key}", item) if isinstance(part, dict) else ()
    elif isinstance(value, list):
        yield from (found for item in value for found in _used(schema.get("items", {}), where, item))
    elif value in schema.get("enum", ()):
        yield f"{where}={value}"
    for branch in schema.get("anyOf", ()):
        yield from _used(branch, where, value)
