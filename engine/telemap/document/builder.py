"""Build nodes from YAML events, within limits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode
from telemap.problem import Problem, Severity
from telemap.problem.place import Place, Span

if TYPE_CHECKING:
    from telemap.document.text import SourceText

MAX_DEPTH = 64
MAX_ALIASES = 100
MAX_NODES = 10_000
"""Maximum number of nodes of a mapping without keys, with expanded aliases."""


class FileKind(NamedTuple):
    """The names and the advice in problems about a kind of file.

    Attributes:
        name: the name of the kind.
        content: the content of such a file.
        beginning: how to start such a file.
        several: the alternative to a second document.
    """

    name: str
    content: str
    beginning: str
    several: str


MAPPING_FILE = FileKind(
    "a mapping",
    "mapping",
    beginning="begin with 'version: 1' and 'metrics:'",
    several="put each mapping in its own file",
)


class Refused(Exception):  # noqa: N818 - a signal between builder and loader, not an error that users see
    """The document exceeds a limit, or uses an unsupported feature."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


@dataclass(slots=True)
class _Open:
    """An open collection: its items, or for a map its keys and values in turn."""

    is_map: bool
    in_flow: bool
    start: int
    anchor: str | None
    nodes_before: int
    items: list[Node] = field(default_factory=list)


class NodeBuilder:
    """Builds the tree of nodes from YAML events, with a stack instead of recursion.

    Attributes:
        root: the top node, if the document has one.
        end: offset where the last event ended; for the parser, a block ends where the next token begins.
        nodes: the number of nodes so far, with expanded aliases.
        problems: errors after which reading continues: duplicate and merge keys, tags.
    """

    def __init__(self, source: SourceText, kind: FileKind = MAPPING_FILE) -> None:
        self._kind = kind
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self.end = 0
        self._content_end = 0
        self.nodes = 0
        self._source = source
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._aliases = 0

    def add(self, event: yaml.Event) -> None:
        """Process the next event.

        Raises:
            Refused: the document cannot be read further.
        """
        before, self.end = self.end, _offset(event.end_mark)
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event)
            self._refuse_question_mark(event)
            span = self._span(event)
            if _offset(event.start_mark) == self.end and self._wants_value():
                at = self._content_end = self._place_of_nothing(before, _offset(event.start_mark))
                span = self._source.span(at, at)
            else:
                self._content_end = self._end_of_text(event)
            node = ScalarNode(span, self._without_surrogates(event, span), plain=not event.style)
            self._place(node, event.anchor, self.nodes)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._open(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise self._refused(
                event,
                "yaml-feature",
                "only one YAML document is allowed",
                self._kind.several,
            )

    def _wants_value(self) -> bool:
        """Return whether the next node is the value of a key."""
        return bool(self._stack) and self._stack[-1].is_map and len(self._stack[-1].items) % 2 == 1

    def _place_of_nothing(self, key_end: int, at: int) -> int:
        """Return the offset of a missing value, right after its key; the parsers differ about it."""
        colon = self._source.text.find(":", key_end, at)
        return key_end if colon < 0 else colon + 1

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        self._refuse_tag(event)
        if len(self._stack) >= MAX_DEPTH:
            raise self._refused(event, "too-deep", f"nested more than {MAX_DEPTH} levels deep")
        is_map = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(_Open(is_map, bool(event.flow_style), _offset(event.start_mark), event.anchor, self.nodes))

    def _close(self) -> None:
        opened = self._stack.pop()
        if opened.in_flow:
            self._content_end = self.end
        span = self._source.span(opened.start, self._content_end)
        items = opened.items
        node = MapNode(span, self._entries(items)) if opened.is_map else ListNode(span, tuple(items))
        self._place(node, opened.anchor, opened.nodes_before)

    def _entries(self, items: list[Node]) -> tuple[tuple[ScalarNode, Node], ...]:
        """Pair keys with values; report and skip duplicate keys."""
        entries: dict[str, tuple[ScalarNode, Node]] = {}
        merged: list[tuple[ScalarNode, Node]] = []
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, ScalarNode):
                raise Refused(self._problem(key.span, "yaml-feature", "a key must be text"))
            if key.plain and key.text == "<<":
                self.problems.append(self._problem(key.span, "yaml-feature", _MERGE, _INSTEAD_OF_MERGE))
                merged += value.entries if isinstance(value, MapNode) else ()
            elif first := entries.get(key.text):
                self.problems.append(
                    self._problem(
                        key.span,
                        "duplicate-key",
                        f"key {key.text!r} is defined twice",
                        related=(self._locate(first[0].span), "first defined here"),
                    )
                )
            else:
                entries[key.text] = (key, value)
        # Merged keys are read, so that the merge is the only problem.
        return tuple({**{key.text: (key, value) for key, value in merged}, **entries}.values())

    def _end_of_text(self, event: yaml.ScalarEvent) -> int:
        """Return where a scalar ends: a literal or folded one for the parser after the empty lines behind it."""
        start = _offset(event.start_mark)
        return start + len(self._source.text[start : self.end].rstrip()) if event.style in {"|", ">"} else self.end

    def _alias(self, event: yaml.AliasEvent) -> None:
        self._content_end = self.end
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise self._refused(event, "too-many-nodes", f"more than {MAX_ALIASES} aliases")
        if event.anchor not in self._anchors:
            raise self._refused(event, "yaml-syntax", f"undefined anchor {event.anchor!r}", _QUOTE_STAR)
        node, size = self._anchors[event.anchor]
        before = self.nodes
        self.nodes += size - 1
        self._place(node, None, before, event)

    def _place(self, node: Node, anchor: str | None, before: int, event: yaml.Event | None = None) -> None:
        """Add a finished node to the open collection, or at the top."""
        is_key = bool(self._stack) and self._stack[-1].is_map and not self._wants_value()
        self.nodes += not is_key
        if self.nodes > MAX_NODES:
            span = self._span(event) if event else node.span
            raise Refused(
                self._problem(span, "too-many-nodes", f"more than {MAX_NODES:,} nodes, counting expanded aliases")
            )
        if anchor is not None:
            self._anchors[anchor] = (node, self.nodes - before)
        if self._stack:
            self._stack[-1].items.append(node)
        else:
            self.root = node

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if event.tag not in {None, "!"}:
            message = f"YAML tags ({event.tag}) are not supported"
            hint = "remove it, or quote the text"
            self.problems.append(self._problem(self._span(event), "yaml-feature", message, hint))

    def _refuse_question_mark(self, event: yaml.ScalarEvent) -> None:
        """Refuse what only libyaml accepts: a valid mapping must load without libyaml, too."""
        if not event.style and "?" in event.value and self._stack and self._stack[-1].in_flow:
            at = self._source.text.index("?", _offset(event.start_mark))
            raise Refused(self._problem(self._source.span(at, at + 1), "yaml-syntax", QUESTION_MARK, QUOTE_IN_FLOW))

    def _without_surrogates(self, event: yaml.ScalarEvent, span: Span) -> str:
        """Return a scalar's text; report and replace lone surrogates, which escapes can write."""
        text: str = event.value
        if match := _SURROGATE.search(text):
            message = f"character U+{ord(match[0]):04X} is a lone surrogate, which is not allowed"
            hint = "write the character itself: YAML does not combine two escapes, as JSON does"
            self.problems.append(self._problem(span, "forbidden-character", message, hint))
            text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
        return text

    def _refused(self, event: yaml.Event, code: str, message: str, help_: str | None = None) -> Refused:
        return Refused(self._problem(self._span(event), code, message, help_))

    def _problem(
        self,
        span: Span,
        code: str,
        message: str,
        help_: str | None = None,
        related: tuple[Place, str] | None = None,
    ) -> Problem:
        return Problem(code, Severity.ERROR, message, self._source.name, self._locate(span), help_, related)

    def _locate(self, span: Span) -> Place:
        return Place(self._source.name, span, self._source.line(span.line))

    def _span(self, event: yaml.Event) -> Span:
        return self._source.span(_offset(event.start_mark), _offset(event.end_mark))


def _offset(mark: Any) -> int:
    """Return the offset of a parser's mark, which both of PyYAML's parsers always set."""
    offset: int = mark.index
    return offset


QUESTION_MARK = "'?' is not allowed in unquoted text here"
QUOTE_IN_FLOW = "inside { } and [ ], quote text that contains '?'"

_SURROGATE = re.compile(r"[\ud800-\udfff]")

_MERGE = "YAML's merge key '<<' is not supported"
_INSTEAD_OF_MERGE = "put what is shared under 'defaults', or use an alias for the whole value"

_QUOTE_STAR = "quote text that begins with '*'"
