"""Find the lines of the tests of a source; the checked mapping only has the locations of the source and its group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.document.loader import read_document
from telemap.document.nodes import ListNode, MapNode
from telemap.document.text import Lines
from telemap.errors import MappingError
from telemap.model import Connective
from telemap.resources import mapping_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from telemap.document.nodes import Document, Node
    from telemap.model import Source
    from telemap.problem.place import Place, Span


def _read_again(name: str) -> Document:
    """Read a mapping's file again.

    Raises:
        MappingError: the mapping is not from a file, or the file is gone.
    """
    return read_document(mapping_path(name), name)


class TestLines:
    """Find the lines of tests in the documents of a mapping, each read once.

    Args:
        read: returns a document by its name, or raises a `MappingError`; by default, its file is read again.
    """

    __test__ = False  # pytest would collect it

    def __init__(self, read: Callable[[str], Document] = _read_again) -> None:
        self._read = read
        self._files: dict[str, tuple[Lines, dict[Span, MapNode]]] = {}

    def lines(self, source: Source) -> tuple[int | None, ...]:
        """Return the line of each test of a source, in the order of `Condition.tests`; None if unknown."""
        tests = () if source.when is None else tuple(source.when.tests())
        written = [self._when(place) for place in (source.group, source.place) if place is not None] if tests else []
        parts = [tuple(_lines(when)) for when in written if when is not None]
        # The conditions of the group and those of the rule are one list, whose own line is that of the last part.
        lines = (parts[-1][0], *(line for part in parts for line in part[1:])) if parts else ()
        return lines if len(lines) == len(tests) else (None,) * len(tests)

    def _when(self, place: Place) -> Node | None:
        """Find the node of `when` of a rule or a group."""
        node = self._node_at(place)
        return None if node is None else _entry(node, "when")

    def _node_at(self, place: Place) -> MapNode | None:
        """Find the map at a location, or the value of the key there."""
        if place.file not in self._files:
            self._files[place.file] = _lines_and_maps(self._read, place.file)
        lines, nodes = self._files[place.file]
        unchanged = place.span.line <= len(lines) and lines[place.span.line - 1] == place.line_text
        return nodes.get(place.span) if unchanged else None


def _lines_and_maps(read: Callable[[str], Document], name: str) -> tuple[Lines, dict[Span, MapNode]]:
    """Return the lines of a document, and its maps by their own location and that of their key.

    Both are empty for a document that cannot be read.
    """
    try:
        document = read(name)
    except MappingError:
        return Lines(""), {}
    nodes: dict[Span, MapNode] = {}
    pending = [document.root]
    while pending:
        node = pending.pop()
        if isinstance(node, ListNode):
            pending += node.items
        elif isinstance(node, MapNode):
            nodes.setdefault(node.span, node)
            nodes.update((key.span, value) for key, value in node.entries if isinstance(value, MapNode))
            pending += (value for _, value in node.entries)
    return document.lines, nodes


def _lines(node: Node) -> Iterator[int]:
    """Yield the line of a test or list of tests, and of each test within it."""
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
