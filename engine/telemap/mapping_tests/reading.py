"""Read a test file, and report every problem in it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.document.builder import FileKind
from telemap.document.loader import read_document
from telemap.document.nodes import ListNode, MapNode, ScalarNode
from telemap.durations import duration
from telemap.errors import MappingError
from telemap.mapping_tests import keys
from telemap.mapping_tests.events import read_events
from telemap.mapping_tests.expectations import read_expectations
from telemap.mapping_tests.model import Batch, MappingTest, MappingTestFile
from telemap.reading.node_reader import NodeReader
from telemap.reading.scalars import is_number, number_of
from telemap.resources import relative_to

if TYPE_CHECKING:
    from telemap.document.nodes import Document, Node
    from telemap.problem import Problem
    from telemap.problem.place import Span
    from telemap.reading.entries import Entries

ENDINGS = (".test.yaml", ".test.yml")
"""Endings of the names of test files."""

_TYPE = "name an event type, such as 'platform.report'"
TEST_FILE = FileKind(
    "a test file",
    "tests",
    beginning="begin with 'version: 1' and 'tests:'",
    several="put all tests of a mapping under one 'tests:'",
)
_SERIES = re.compile(r'[a-zA-Z0-9_:]\{ *[a-zA-Z_][a-zA-Z0-9_]* *!?="')
"""Text that looks like a series with labels."""


def read_test_file(name: str) -> MappingTestFile:
    """Read a test file.

    Raises:
        MappingError: with all problems of the file, in file order.
    """
    try:
        document = read_document(Path(name), name, TEST_FILE)
    except MappingError as error:
        raise MappingError([_advise_quotes(problem) for problem in error.problems]) from None
    return read_tests(document)


def read_tests(document: Document) -> MappingTestFile:
    """Read the document of a test file.

    Raises:
        MappingError: with all its problems, in file order.
    """
    reader = NodeReader(document)
    file = _read_top(reader, document)
    if isinstance(document.root, MapNode):
        tests = (value for key, value in document.root.entries if key.text == "tests")
        names = (key.span for node in tests if isinstance(node, MapNode) for key, _ in node.entries)
        _advise_on_duplicates(reader, frozenset(names))
    problems = tuple(sorted(reader.problems, key=_position))
    if reader.errors or file is None:
        raise MappingError(problems)
    return replace(file, warnings=problems)


def _advise_quotes(problem: Problem) -> Problem:
    """Add help to a syntax error in a line with a series."""
    if problem.code == "yaml-syntax" and problem.place and _SERIES.search(problem.place.line_text):
        hint = "inside { } and [ ], a series with labels needs single quotes; elsewhere, one with ': ' or ' #' does"
        return replace(problem, help=hint)
    return problem


def _position(problem: Problem) -> tuple[int, int]:
    return (problem.place.span.line, problem.place.span.column) if problem.place else (0, 0)


def _advise_on_duplicates(reader: NodeReader, spans: frozenset[Span]) -> None:
    """Add help to problems with duplicate keys; `spans` are those of the names of tests."""
    for number, problem in enumerate(reader.problems):
        if problem.code == "duplicate-key" and problem.help is None:
            of_tests = problem.related is not None and problem.related[0].span in spans
            hint = "give each test a unique name" if of_tests else "remove one of them"
            reader.problems[number] = replace(problem, help=hint)


def _read_top(reader: NodeReader, document: Document) -> MappingTestFile | None:
    entries = reader.entries(document.root, "the test file", keys.TOP, {"rule_files": "mapping"})
    if entries is None:
        return None
    _read_version(reader, document.root, entries)
    mapping, place = mapping_of_test(document.name), None
    if "mapping" in entries:
        node = entries["mapping"][1]
        mapping = relative_to(
            document.name,
            reader.text(node, "'mapping'", hint="write the mapping's path, relative to this file, or remove the key")
            or "",
        )
        place = reader.place(node.span)
    if entries.lacks("tests"):
        reader.error("missing-key", document.root, "the test file needs 'tests'", TEST_FILE.beginning)
    tests = _read_all(reader, document.name, entries["tests"][1]) if "tests" in entries else ()
    return MappingTestFile(document.name, mapping, place, tests)


def mapping_of_test(name: str) -> str:
    """Return the name of the mapping next to a test file."""
    ending = next((ending for ending in ENDINGS if name.endswith(ending)), "")
    stem = name.removesuffix(ending)
    return f"{stem}.yml" if Path(f"{stem}.yml").is_file() and not Path(f"{stem}.yaml").is_file() else f"{stem}.yaml"


def _read_version(reader: NodeReader, root: Node, entries: Entries) -> None:
    if "version" not in entries:
        if entries.lacks("version"):
            reader.error("missing-key", root, "the test file needs 'version'", "begin the file with 'version: 1'")
        return
    node = entries["version"][1]
    if not is_number(node) or number_of(node) != 1:
        reader.error("wrong-value", node, "the only supported version is 1", "write 'version: 1', without quotes")


def _read_all(reader: NodeReader, file: str, node: Node) -> tuple[MappingTest, ...]:
    """Read all tests."""
    if isinstance(node, ListNode):
        hint = "write each name as a key, without '- ', such as 'a cold start is counted:'"
        reader.error("wrong-type", node, "'tests' must be a map of names to tests, not a list", hint)
        return ()
    pairs = reader.pairs(node, "'tests'")
    if pairs == ():
        reader.error(
            "wrong-value",
            node,
            "'tests' must not be empty",
            "write a sentence that describes what holds, with the test below it",
        )
    return tuple(test for key, value in pairs or () if (test := _read_test(reader, file, key, value)) is not None)


def _read_test(reader: NodeReader, file: str, key: ScalarNode, node: Node) -> MappingTest | None:
    name = reader.text(key, "the name of a test", hint="write a sentence that describes what holds")
    what = f"test {name!r}"
    entries = reader.entries(node, what, keys.TEST, keys.OTHER_WORDS, hint="a test is {events: [...], expect: {...}}")
    if entries is None or name is None:
        return None
    if "expect" not in entries and entries.lacks("expect"):
        reader.error(
            "missing-key", key, f"{what} needs 'expect'", "write what you expect, such as 'expect: {series: ...}'"
        )
    if not {"events", "batches"} & entries.keys() and entries.lacks("events") and entries.lacks("batches"):
        hint = "to test the initial state, write 'events: []'"
        reader.error("missing-key", key, f"{what} needs 'events' or 'batches'", hint)
    if {"events", "batches"} <= entries.keys():
        reader.exclude(entries, "events", "batches", f"{what} has both 'events' and 'batches'", "keep one of them")
    expect = read_expectations(reader, file, entries["expect"][1], what) if "expect" in entries else None
    batches = _read_batches(reader, file, entries, what)
    env = _read_env(reader, entries["env"][1]) if "env" in entries else {}
    return None if expect is None else MappingTest(name, reader.place(key.span), env, batches, expect)


def _read_env(reader: NodeReader, node: Node) -> dict[str, str]:
    pairs = reader.pairs(node, "'env'") or ()
    texts = [
        (
            key,
            reader.text(
                value,
                f"variable {key.text!r}",
                empty=True,
                hint='write its text, or "" for a variable that is set and empty',
            ),
        )
        for key, value in pairs
    ]
    return {key.text: text for key, text in texts if text is not None}


def _read_batches(reader: NodeReader, file: str, entries: Entries, what: str) -> tuple[Batch, ...]:
    if "batches" not in entries:
        return (Batch(read_events(reader, file, entries["events"][1], what), 0.0),) if "events" in entries else ()
    batches: list[Batch] = []
    nodes = (
        reader.items(
            entries["batches"][1],
            "'batches'",
            hint="to test the initial state, write 'events: []' instead",
        )
        or ()
    )
    for number, node in enumerate(nodes, 1):
        label = f"batch {number} of {what}"
        batch = reader.entries(node, label, keys.BATCH, keys.OTHER_WORDS)
        if batch == {} and not batch.foreign:
            reader.error("wrong-value", node, f"{label} must not be empty", "write 'events', 'at' or both")
        if not batch:
            continue
        earliest = batches[-1].at if batches else 0.0
        at = _read_time(reader, batch["at"][1], label, earliest) if "at" in batch else earliest
        events = read_events(reader, file, batch["events"][1], label) if "events" in batch else ()
        batches.append(Batch(events, at))
    return tuple(batches)


def _read_time(reader: NodeReader, node: Node, what: str, earliest: float) -> float:
    """Read the time of a batch, in seconds since the start of the test."""
    text = reader.text(node, f"'at' of {what}")
    if text is None:
        return earliest
    seconds = duration(text)
    if seconds is None or seconds < 0:
        hint = "write a duration such as 30s, 10m or 1h30m, counted from the start of the test"
        reader.error("wrong-value", node, f"'at' of {what} must be a duration, not {text!r}", hint)
        return earliest
    if seconds < earliest:
        hint = "'at' counts from the start of the test, not from the previous batch"
        reader.error("number-range", node, f"{what} is earlier than the previous batch", hint)
    return seconds
