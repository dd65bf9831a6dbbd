"""Convert nodes to values, and collect every problem."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, insort
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode
from telemap.durations import duration
from telemap.problem import Problem, Severity
from telemap.problem.place import Place
from telemap.reading.entries import Entries, Suggestions
from telemap.reading.scalars import contrast, is_number, is_truth, number_of
from telemap.terminal_text import terminal_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from telemap.document.nodes import Document
    from telemap.problem.place import Span
    from telemap.reading.entries import Misplaced

E = TypeVar("E", bound=Enum)

NO_WORDS: Mapping[str, str] = {}

_YES_AND_NO = {"yes": "true", "on": "true", "no": "false", "off": "false"}
"""Booleans of YAML 1.1."""

ITEM = "write a value, or remove the item"
"""Help for an empty item of a list."""

_LONGEST_MESSAGE = 300
"""Maximum length of a message: keys and texts of an untrusted file may have a mebibyte."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters that YAML can escape, but that are not allowed in a mapping."""


class NodeReader:
    """Reads the nodes of one document, and collects its problems.

    Each method that reads returns the value, or None after it has added a problem.

    Attributes:
        problems: in the order of their discovery.
        errors: number of errors; an error that affects several metrics counts for each.
        broken: the locations of errors, about which there are no warnings.
        suggestions: finds known words for misspelt ones.
    """

    def __init__(self, document: Document, suggestions: Suggestions | None = None) -> None:
        self.problems: list[Problem] = list(document.problems)
        self.errors = len(self.problems)
        self.broken: set[Span] = set()
        self.suggestions = suggestions or Suggestions()
        self._document = document
        self._seen: set[tuple[str, str, Place | None]] = set()
        self._broken_at: list[tuple[int, int]] = []
        for problem in self.problems:
            self._note_place(problem)

    def error(
        self, code: str, node: Node, message: str, help_: str | None = None, related: tuple[Node, str] | None = None
    ) -> None:
        """Add an error about a node, and perhaps a conflicting node."""
        other = (self.place(related[0].span), related[1]) if related else None
        self.error_at(code, self.place(node.span), message, help_, other)

    def error_at(
        self, code: str, place: Place, message: str, help_: str | None = None, related: tuple[Place, str] | None = None
    ) -> None:
        """Add an error about a location, and perhaps a conflicting one; both may be in included files."""
        self._add(Problem(code, Severity.ERROR, _clip(message), place.file, place, help_, related))

    def warning_at(self, code: str, place: Place, message: str, help_: str | None = None) -> None:
        """Add a warning about a location."""
        self._add(Problem(code, Severity.WARNING, _clip(message), place.file, place, help_))

    def warning(
        self, code: str, node: Node, message: str, help_: str | None = None, related: tuple[Place, str] | None = None
    ) -> None:
        """Add a warning about a node."""
        place = self.place(node.span)
        self._add(Problem(code, Severity.WARNING, _clip(message), place.file, place, help_, related))

    def _add(self, problem: Problem) -> None:
        """Add a problem once, although a label is read for each rule that inherits it, perhaps with other help."""
        self.errors += problem.severity is Severity.ERROR
        identity = (problem.code, problem.message, problem.place)
        if identity not in self._seen:
            self._seen.add(identity)
            self.problems.append(problem)
            self._note_place(problem)

    def _note_place(self, problem: Problem) -> None:
        if problem.severity is Severity.ERROR and problem.place and problem.place.span not in self.broken:
            span = problem.place.span
            self.broken.add(span)
            insort(self._broken_at, (span.line, span.column))

    def has_error_within(self, span: Span) -> bool:
        """Return whether an error starts within a location."""
        number = bisect_left(self._broken_at, (span.line, span.column))
        return number < len(self._broken_at) and self._broken_at[number] < (span.end_line, span.end_column)

    def place(self, span: Span) -> Place:
        """Return the location of a span in this document."""
        return Place(self._document.name, span, self._document.lines[span.line - 1])

    def entries(
        self,
        node: Node,
        what: str,
        keys: frozenset[str],
        others: Mapping[str, str] = NO_WORDS,
        *,
        hint: str | None = None,
        misplaced: Callable[[ScalarNode, Node], Misplaced | None] | None = None,
    ) -> Entries | None:
        """Read an object with known keys.

        Args:
            node: the node that should be an object.
            what: its name in messages, such as `metric 'x_total'`.
            keys: the known keys; unknown ones are reported and skipped.
            others: names in other tools, with those of telemap.
            hint: how to write it.
            misplaced: returns where an unknown key belongs, given the key and its value.
        """
        pairs = self.pairs(node, what, hint=hint)
        if pairs is None:
            return None
        known = Entries()
        for key, value in pairs:
            if key.text in keys:
                known[key.text] = (key, value)
            else:
                place = misplaced(key, value) if misplaced else None
                is_elsewhere = place is not None and place.is_key
                word = known.add_foreign(key, value, keys, others, self.suggestions, is_elsewhere=is_elsewhere)
                meant = f"did you mean {word!r}?" if word else place and place.help
                help_ = meant or f"allowed: {', '.join(sorted(keys))}"
                self.error("unknown-key", key, f"unknown key {key.text!r} in {what}", help_)
        return known

    def exclude(self, entries: Entries, one: str, other: str, message: str, help_: str | None = None) -> None:
        """Report two keys that exclude each other, at the second one."""
        first, second = sorted((one, other), key=list(entries).index)
        self.error(
            "keys-exclude", entries[second][0], message, help_ or "keep one of them", (entries[first][0], f"{first!r}")
        )

    def pairs(self, node: Node, what: str, *, hint: str | None = None) -> tuple[tuple[ScalarNode, Node], ...] | None:
        """Read an object with arbitrary keys."""
        if isinstance(node, MapNode):
            return node.entries
        help_ = "write 'name: value' lines, without '- ' or [ ]" if isinstance(node, ListNode) else None
        self._wrong_type(node, what, "a map", help_, hint)
        return None

    def items(self, node: Node, what: str, *, hint: str | None = None) -> tuple[Node, ...] | None:
        """Read a list with at least one item."""
        if not isinstance(node, ListNode):
            self._wrong_type(node, what, "a list", "put it in [ ], or start each item with '- '", hint)
            return None
        if not node.items:
            help_ = hint or "add an item, or remove the key"
            self.error("wrong-value", node, f"{what} must not be empty", help_)
            return None
        return node.items

    def text(
        self, node: Node, what: str, *, empty: bool = False, wanted: str = "text", hint: str | None = None
    ) -> str | None:
        """Read text; a plain scalar is text even if YAML would make it a number or boolean.

        Args:
            node: the node that should be text.
            what: its name in messages.
            empty: whether the text may be empty.
            wanted: the expected type in messages.
            hint: how to write it.
        """
        if not isinstance(node, ScalarNode) or node.is_null:
            self._wrong_type(node, what, wanted, None, hint)
            return None
        if match := _CONTROL.search(node.text):
            self.error("forbidden-character", node, f"character U+{ord(match[0]):04X} is not allowed in {what}")
            return None
        if not node.text and not empty:
            self.error("wrong-value", node, f"{what} must not be empty", hint or "write it between the quotes")
            return None
        return node.text

    def number(self, node: Node, what: str, *, hint: str | None = None) -> float | None:
        """Read a finite number."""
        if not is_number(node):
            self._wrong_type(node, what, "a number", None, hint)
            return None
        number = number_of(node)
        if not math.isfinite(number):
            self.error(
                "number-range", node, f"{what} must be a finite number", hint or "write all digits, such as 1000000"
            )
            return None
        return number

    def positive_integer(self, node: Node, what: str) -> int | None:
        """Read a positive integer."""
        if not is_number(node) or not (number := number_of(node)).is_integer():
            self._wrong_type(node, what, "an integer")
            return None
        if number < 1:
            self.error("wrong-value", node, f"{what} must be at least 1")
            return None
        return int(number)

    def truth(self, node: Node, what: str, *, hint: str | None = None) -> bool | None:
        """Read a boolean."""
        if is_truth(node):
            assert isinstance(node, ScalarNode)  # noqa: S101 - for mypy: is_truth has checked it
            return node.text.lower() == "true"
        word = _YES_AND_NO.get(node.text.lower()) if isinstance(node, ScalarNode) and node.plain else None
        self._wrong_type(node, what, "true or false", f"write {word!r}" if word else None, hint)
        return None

    def seconds(self, node: Node, what: str) -> float | None:
        """Read a duration such as `10m` or `1h30m`."""
        text = self.text(node, what)
        if text is None:
            return None
        length = duration(text)
        if length is None or length <= 0:
            self.error(
                "wrong-value",
                node,
                f"{what} must be a duration, not {text!r}",
                "write a duration such as 30s, 10m or 1h30m",
            )
            return None
        return length

    def choice(
        self, node: Node, what: str, choices: Iterable[str], help_: str | None = None, *, wanted: str = "text"
    ) -> str | None:
        """Read one of several words; if none is similar, the help lists them."""
        text = self.text(node, what, wanted=wanted)
        if text is None:
            return None
        words = list(choices)
        if text in words:
            return text
        self.error(
            "wrong-value",
            node,
            f"unknown value {text!r} for {what}",
            self.suggestions.nearest(text, words) or help_ or f"one of: {', '.join(words)}",
        )
        return None

    def word(self, node: Node, what: str, table: type[E]) -> E | None:
        """Read a word of an enum whose values are the words; return the member."""
        chosen = self.choice(node, what, [one.value for one in table])
        return None if chosen is None else table(chosen)

    def _wrong_type(
        self, node: Node, what: str, wanted: str, help_: str | None = None, hint: str | None = None
    ) -> None:
        """Report a value of the wrong type, with help for that type or else the hint."""
        if isinstance(node, ScalarNode) and node.is_null:
            help_ = hint or "write a value after the colon"
        elif help_ is None and isinstance(node, ScalarNode) and not node.plain:
            help_ = "a value in quotes is text"
        self.error("wrong-type", node, f"{what} must be {wanted}, {contrast(node)}", help_ or hint)


def _clip(message: str) -> str:
    """Return a message as one short line of printable characters."""
    return _cut(terminal_text(_cut(message)))


def _cut(text: str) -> str:
    """Shorten a long text in the middle."""
    if len(text) <= _LONGEST_MESSAGE:
        return text
    half = _LONGEST_MESSAGE // 2
    return f"{text[:half]} ... {text[-half:]}"
