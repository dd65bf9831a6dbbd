"""The JSON Schema of a mapping's tests, held to what reads them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from json_schema import Draft202012Validator
from yaml_instance import yaml_instance

from telemap.document.loader import parse_document
from telemap.errors import MappingError
from telemap.mapping_tests import keys
from telemap.mapping_tests.reading import read_tests
from telemap.mapping_tests.series_text import (
    SAMPLE_PATTERN,
    SELECTOR_PATTERN,
    parse_sample,
    parse_selector,
    sample_name,
)
from telemap.problem.codes import CODES, Kind
from telemap.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCHEMA: dict[str, Any] = json.loads(resource("schema", "mapping-test.schema.json").read_text(encoding="utf-8"))
DEFINITIONS = SCHEMA["$defs"]

TEST = {"events": "[]", "expect": "{exposition: ''}"}
"""A test, field by field, with nothing wrong."""


def expecting(text: str) -> dict[str, str]:
    return {"expect": f"{{{text}}}"}


STRUCTURAL: list[Mapping[str, str | None]] = [
    *({"events": text} for text in (None, "null", "''", "{}", "[5]", "[{}]", "[[]]", "[{type: null}]", "[{type: ''}]")),
    *({"events": f"[{{type: a, {text}}}]"} for text in ("time: null", "time: {}", "recrod: 1", r'time: "\x01"')),
    *(
        {"events": None, "batches": text}
        for text in ("[]", "{}", "[{}]", "[5]", "[{at: 5}]", "[{at: -5m}]", "[{a: 5m}]")
    ),
    *({"events": None, "batches": f"[{{at: {text}}}]"} for text in ("''", "10", "10 m", "ten", "null", "[5m]")),
    {"batches": "[{at: 5m}]"},
    *({"env": text} for text in ("[]", "null", "{A: null}", "{A: []}", r'{A: "\x01"}')),
    *({"expect": text} for text in (None, "null", "[]", "{}", "{serie: {a: 1}}", "{only: false}")),
    *(expecting(f"series: {text}") for text in ("{}", "[]", "null", "{a: '1'}", "{a: null}", "{a: one}", "{a: true}")),
    *(expecting(f"series: {{{text}: 1}}") for text in ("''", "1a", "'a b'", "'a{'", "'a{b}'", "'a{b=c}'", "'a {}'")),
    *(expecting(f"series: {{'{text}': 1}}") for text in ('a{b!="c"}', 'a{b="c" d="e"}', 'a{b="\\x"}', '{b="c"}')),
    *(expecting(f"series: {{a: {{{text}}}}}") for text in ("", "tolerance: 1", "value: x", "value: 1, tolerance: -1")),
    expecting("series: {a: {value: 1, tolerance: x}}"),
    expecting("series: {a: {value: 1, tol: 1}}"),
    *(expecting(text) for text in ("only: true", "only: yes, series: {a: 1}", "only: 1, series: {a: 1}")),
    *(
        expecting(f"absent: {text}")
        for text in ("[]", "a", "null", "[null]", "[[a]]", "['a b']", "['']", "['a{b>\"c\"}']")
    ),
    *(expecting(f"exposition: {text}") for text in ("null", "[]", "{}", "{file: ''}", "{path: a}", r'"\x01"')),
    *(expecting(f"skips: {text}") for text in ("{}", "[]", "null", "{a: 1}", "{a: {b: 1}}", "{a: {missing: -1}}")),
    *(expecting(f"skips: {{a: {{missing: {text}}}}}") for text in ("one", "'1'", "1.5", "null", ".inf")),
    *(expecting(f"overflows: {text}") for text in ("{}", "[]", "null", "{a: -1}", "{a: {}}", "{a: 0.5}")),
    *(expecting(f"events: {text}") for text in ("{}", "[]", "null", "{lost: 1}", "{dropped: -1}", "{dropped: some}")),
]

SEMANTIC: list[Mapping[str, str | None]] = [
    {"events": "[{type: a, record: .inf}]"},
    {"events": "[{type: a, record: [{b: .nan}]}]"},
    {"events": None, "batches": "[{at: 5m}, {at: 4m}]"},
    expecting("series: {a: {value: 1, tolerance: .inf}}"),
]

FINE: list[Mapping[str, str | None]] = [
    {},
    *({"events": text} for text in ("a.json", "404", "[{type: 404, time: 5}]", "[{type: a, record: null}]")),
    *({"events": None, "batches": text} for text in ("[{at: 0s}]", "[{events: []}]", "[{at: 1h30m, events: a.json}]")),
    *({"env": text} for text in ("{}", "{A: ''}", "{A: 1, B: true, '': x}")),
    *(expecting(f"series: {{{text}: 1}}") for text in ("a", "a:b", "'a{}'", "'a{ }'", "'a{b=\"c\"}'", "on")),
    *(expecting(f"series: {{'{text}': 1e3}}") for text in ('a{b="c",}', 'a{ b = "c" , d="" }', 'a{b="\\\\\\n\\""}')),
    *(expecting(f"series: {{a: {text}}}") for text in (".inf", "-1", "0x10", "{value: 1}", "{value: 1, tolerance: 0}")),
    expecting("only: true, series: {a: 1}"),
    expecting("only: false, exposition: x"),
    *(expecting(f"absent: {text}") for text in ("[a]", "[a, 'b{c!=\"d\"}']", '[\'b{c="d", e!=""}\']')),
    *(expecting(f"exposition: {text}") for text in ("''", "5", "{file: a.prom}")),
    *(expecting(f"skips: {{a: {text}}}") for text in ("{}", "{missing: 0}", "{missing: 1.0, parse: 2}")),
    expecting("overflows: {a: 0}, events: {dropped: 1, unmatched: 0, malformed: 2}"),
]


def written(changes: Mapping[str, str | None]) -> bytes:
    """Write a file with one test, with fields changed, or taken out by None."""
    fields = {**TEST, **changes}
    lines = [f"    {name}: {text}\n" for name, text in fields.items() if text is not None]
    return ("version: 1\ntests:\n  one:\n" + "".join(lines)).encode()


def schema_faults(content: bytes) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(yaml_instance(content))]


def kinds(content: bytes) -> set[Kind]:
    with pytest.raises(MappingError) as raised:
        read_tests(parse_document(content, "x.test.yaml"))
    return {CODES[problem.code] for problem in raised.value.problems}


@pytest.mark.parametrize("changes", STRUCTURAL, ids=str)
def test_both_find_a_structural_fault(changes: Mapping[str, str | None]) -> None:
    assert schema_faults(written(changes))
    assert kinds(written(changes)) == {Kind.STRUCTURAL}


@pytest.mark.parametrize(
    "content", ["5", "[]", "version: 1", "tests: {a: {}}", "version: 2\ntests: {}", "version: 1\ntests: []"]
)
def test_both_find_a_fault_at_the_top(content: str) -> None:
    assert schema_faults(content.encode())
    assert kinds(content.encode()) == {Kind.STRUCTURAL}


@pytest.mark.parametrize("changes", SEMANTIC, ids=str)
def test_only_telemap_finds_a_semantic_fault(changes: Mapping[str, str | None]) -> None:
    assert schema_faults(written(changes)) == []
    assert kinds(written(changes)) == {Kind.SEMANTIC}


@pytest.mark.parametrize("changes", FINE, ids=str)
def test_both_pass_what_is_fine(changes: Mapping[str, str | None]) -> None:
    assert schema_faults(written(changes)) == []
    assert len(read_tests(parse_document(written(changes), "x.test.yaml")).tests) == 1


def test_the_schema_is_a_schema_with_the_keys_of_the_reader() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    expect = DEFINITIONS["expect"]["properties"]
    known = {
        "top": (keys.TOP, SCHEMA),
        "test": (keys.TEST, DEFINITIONS["test"]),
        "batch": (keys.BATCH, DEFINITIONS["batch"]),
        "event": (keys.EVENT, DEFINITIONS["event"]),
        "expect": (keys.EXPECT, DEFINITIONS["expect"]),
        "value": (keys.VALUE, DEFINITIONS["value"]["oneOf"][1]),
        "file": (keys.FILE, expect["exposition"]["oneOf"][1]),
        "reasons": (keys.REASONS, expect["skips"]["additionalProperties"]),
        "events": (keys.EVENTS, expect["events"]),
    }
    for name, (in_code, part) in known.items():
        assert set(part["properties"]) == set(in_code), name
        assert part["additionalProperties"] is False or name == "top", name
    assert SCHEMA["additionalProperties"] is False


def test_the_schema_has_the_patterns_of_the_reader() -> None:
    expect = DEFINITIONS["expect"]["properties"]
    assert expect["series"]["propertyNames"]["pattern"] == SAMPLE_PATTERN
    assert expect["absent"]["items"]["pattern"] == SELECTOR_PATTERN


def properties(part: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every property that the schema describes, by its name."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "properties" and "if" not in part:
                yield from ((key, field) for key, field in value.items() if isinstance(field, dict))
            if name not in {"if", "then", "examples"}:
                yield from properties(value)
    elif isinstance(part, list):
        for item in part:
            yield from properties(item)


def test_every_key_has_a_description_and_an_example() -> None:
    for name, field in properties(SCHEMA):
        target = DEFINITIONS[field["$ref"].rpartition("/")[2]] if "$ref" in field else {}
        described = {**target, **field}
        assert described.get("description"), name
        assert {"examples", "const", "default"} & set(described) or name in {"expect", "value"}, name


def parts(part: Any) -> Iterator[dict[str, Any]]:
    """Return every object in the schema."""
    if isinstance(part, dict):
        yield part
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from parts(value)


def test_every_pattern_has_a_message_for_people() -> None:
    patterns = [part for part in parts(SCHEMA) if "pattern" in part]
    assert patterns
    assert [part["pattern"] for part in patterns if not part.get("patternErrorMessage")] == []


def test_examples_of_the_schema_are_what_it_allows() -> None:
    checked = False
    for part in parts({name: value for name, value in SCHEMA.items() if name != "$defs"} | {"$defs": DEFINITIONS}):
        if not isinstance(part.get("examples"), list):
            continue
        validator = Draft202012Validator({**part, "$defs": DEFINITIONS})
        for example in part["examples"]:
            assert [error.message for error in validator.iter_errors(example)] == [], example
            checked = True
    assert checked


LABEL = st.from_regex(re.compile(r"[a-z_][a-z0-9_]{0,5}"), fullmatch=True)
LABELS = st.dictionaries(
    LABEL, st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=5), max_size=4
)


@given(LABELS, st.randoms(use_true_random=False))
def test_a_sample_is_read_as_it_is_written_whatever_the_order(labels: dict[str, str], dice: Any) -> None:
    name = sample_name("x_total", labels)
    assert parse_sample(str(name)) == name
    shuffled = list(name.labels)
    dice.shuffle(shuffled)
    pairs = " , ".join(str(sample_name("x", dict([pair])))[2:-1] for pair in shuffled)
    assert parse_sample(f"x_total{{ {pairs} }}") == name
    selector = parse_selector(str(name))
    assert selector is not None
    assert selector.matches(labels)


@given(LABELS)
def test_a_selector_tells_what_is_equal_from_what_is_not(labels: dict[str, str]) -> None:
    for label, text in labels.items():
        equal = str(sample_name("x", {label: text or "-"}))
        for selector, wanted in ((equal, bool(text)), (equal.replace("=", "!=", 1), not text)):
            parsed = parse_selector(selector)
            assert parsed is not None
            assert parsed.matches(labels) == wanted


@given(st.text(max_size=30))
def test_any_text_is_a_sample_or_none(text: str) -> None:
    try:
        found = parse_sample(text)
    except ValueError:
        assert "is defined twice" in text or "=" in text
    else:
        assert found is None or parse_sample(str(found)) == found
