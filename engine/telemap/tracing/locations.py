"""The tests of a source, and where they are written: the checked mapping keeps the place of the source alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.document.loader import read_document
from telemap.document.nodes import ListNode, MapNode
from telemap.errors import MappingError
from telemap.model import Connective
from telemap.resources import mapping_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.document.nodes import Document, Node
    from telemap.model import Source
    from telemap.problem.place import Place


class TestPlaces:
    """The lines of tests, from files that are read again, each once."""

    __test__ = False  # for pytest: it is none of its tests

    def __init__(self) -> None:
        self._documents: dict[str, Document | None] = {}

    def lines(self, source: Source) -> tuple[int | None, ...]:
        """Return the line of each test of a source, in the order of `Condition.tests`; None where that is not known."""
        tests = () if source.when is None else tuple(source.when.tests())
        node = self._written_at(source.place) if tests else None
        when = _entry(node, "when") if node is not None else None
        lines = tuple(_lines(when)) if when is not None else ()
        return lines if len(lines) == len(tests) else (None,) * len(tests)

    def _written_at(self, place: Place) -> MapNode | None:
        """Find what is written at a place, or under the key that is there."""
        if place.file not in self._documents:
            self._documents[place.file] = _read(place.file)
        document = self._documents[place.file]
        if document is None or place.span.line > len(document.lines):
            return None
        unchanged = document.lines[place.span.line - 1] == place.line_text
        return next(_at(document.root, place), None) if unchanged else None


def _read(name: str) -> Document | None:
    """Read a file again; None for a mapping that came from elsewhere, and for a file that is gone."""
    try:
        return read_document(mapping_path(name), name)
    except MappingError:
        return None


def _at(node: Node, place: Place) -> Iterator[MapNode]:
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _at(item, place)
    elif isinstance(node, MapNode):
        if node.span == place.span:
            yield node
        for key, value in node.entries:
            if key.span == place.span and isinstance(value, MapNode):
                yield value
            yield from _at(value, place)


def _lines(node: Node) -> Iterator[int]:
    """Return the line of a test, or of a list of them, and of each test within it."""
    yield node.span.line
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _lines(item)
    for connective in Connective:
        within = _entry(node, connective.value)
        if within is not None:
            for item in within.items if isinstance(within, ListNode) else (within,):
                yield from _lines(item)


def _entry(node: Node, name: str) -> Node | None:
    entries = node.entries if isinstance(node, MapNode) else ()
    return next((value for key, value in entries if key.text == name), None)
