"""Where a block ends, for both of PyYAML's parsers, which take it to end where the next token begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

import telemap
from telemap.document import loader
from telemap.document.loader import parse_document
from telemap.document.nodes import MapNode, Node, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=[yaml.CLoader, yaml.Loader], ids=["libyaml", "pure Python"], autouse=True)
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "YAML_LOADER", request.param)


def value_of(text: str, key: str = "a") -> Node:
    root = parse_document(text.encode(), "m.yaml").root
    assert isinstance(root, MapNode)
    return next(value for name, value in root.entries if name.text == key)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a:\n  b: 1\n\n# comment\nc: 2\n", 2, 7),
        ("a:\n  b: 1 # comment\nc: 2\n", 2, 7),
        ("a:\n  - 1\n  - 2\n\n\nc: 2\n", 3, 6),
        ("a:\n  b:\n    c:\n      - d: 1\n\ne: 2\n", 4, 13),
        ("a:\n  b: {c: 1,\n      d: 2}\n\nc: 2\n", 3, 12),
        ("a:\n  b: |\n    one\n    two\n\n\nc: 2\n", 4, 8),
        ("a:\n  b: >-\n    one\n    two  \nc: 2\n", 4, 8),
        ("a:\n  b: one\n    two\n\nc: 2\n", 3, 8),
        ("a:\n  b: 'one\n    two'\n\nc: 2\n", 3, 9),
        ("a:\n  b:\n\n\nc: 2\n", 2, 5),
        ("x: &x {y: 1}\na:\n  b: *x\n\nc: 2\n", 3, 8),
        ("a:\n  b: 1", 2, 7),
        ("a: {b: 1,\n  c: 2}\n\nd: 2\n", 2, 8),
    ],
)
def test_a_block_ends_behind_the_last_of_its_text(text: str, line: int, column: int) -> None:
    span = value_of(text).span
    assert (span.end_line, span.end_column) == (line, column)


def test_the_span_of_a_scalar_is_that_of_the_parser() -> None:
    node = value_of("a: |\n  one\n\nb: 2\n")
    assert isinstance(node, ScalarNode)
    assert node.text == "one\n"


def lines() -> Iterator[str]:
    yield from ("version: 1", "metrics:")
    yield from ("  a_total:", "    type: counter", "    help: A.", "    from: a")
    yield from ("  # of b", "", "  b_total:", "    type: counter", "    help: B.", "    sources:")
    yield from ("      - from: a", "        labels: {x: a}", "      # of the second", "      - from: b")
    yield from ("        labels:", "          x: b", "", "    series_limit: 5", "")


def test_metrics_and_rules_know_their_last_lines() -> None:
    first, second = telemap.loads("\n".join(lines())).families
    assert (first.place.span.line, first.end_line) == (3, 6)
    assert [(one.place.span.line, one.end_line) for one in first.sources] == [(3, 6)]
    assert (second.place.span.line, second.end_line) == (9, 20)
    assert [(one.place.span.line, one.end_line) for one in second.sources] == [(13, 14), (16, 18)]


def test_a_metric_that_is_an_alias_ends_at_its_own_line() -> None:
    text = "version: 1\nmetrics:\n  a_total: &a\n    type: counter\n    help: A.\n    from: a\n  b_total: *a\n"
    assert [one.end_line for one in telemap.loads(text).families] == [6, 7]
