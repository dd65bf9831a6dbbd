"""Read `init`, the series that exist from the start."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from telemap.check.limits_of_all_files import MAX_INIT
from telemap.check.references import read_literal
from telemap.document.nodes import ListNode, Node, ScalarNode
from telemap.label_text import OVERFLOW
from telemap.model import KnownText, LabelRule, LiteralText, Source, literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.check.drafts import FamilyHead
    from telemap.check.mapping_reader import MappingReader
    from telemap.model import Family
    from telemap.reading.entries import Entries

LabelSets: TypeAlias = tuple[tuple[KnownText, ...], ...]

WrittenSet: TypeAlias = tuple[Node, dict[str, tuple[ScalarNode, LiteralText]]]
"""A label set as written: its node, and its labels with their keys."""


@dataclass(frozen=True, slots=True)
class Init:
    """`init` as written, before the labels of the metric are known.

    Attributes:
        node: the location of problems.
        sets: the listed label sets; None for `all`.
    """

    node: Node
    sets: tuple[WrittenSet, ...] | None


def read_init(reader: MappingReader, what: str, entries: Entries, head: FamilyHead) -> Init | None:
    """Read `all` or a list of label sets."""
    if "init" not in entries:
        return None
    key, node = entries["init"]
    reader.key_for_type(key, what, head.type, "remove 'init': a gauge is set by events")
    if isinstance(node, ListNode):
        items = reader.items(node, f"'init' of {what}") or ()
        return Init(node, tuple(_read_set(reader, item, f"a label set of 'init' of {what}") for item in items))
    if not isinstance(node, ScalarNode) or node.text != "all":
        reader.error("wrong-type", node, f"'init' of {what} must be 'all' or a list of label sets")
    return Init(node, None)


def _read_set(reader: MappingReader, node: Node, what: str) -> WrittenSet:
    given = {}
    for key, value in reader.pairs(node, what) or ():
        text = reader.text(value, f"{key.text!r} of {what}", empty=True)
        literal = None if text is None else read_literal(reader, value, text)
        if literal is not None:
            given[key.text] = (key, literal)
    return node, given


def init_series(
    reader: MappingReader,
    what: str,
    init: Init,
    names: tuple[str, ...],
    sources: tuple[Source, ...],
    limit: int,
    lines_each: int,
) -> LabelSets:
    """Return the label sets of `init`, with values in the order of the label names.

    Args:
        reader: collects the problems.
        what: the metric's name in messages.
        init: `init` as written.
        names: the names of the metric's labels.
        sources: the rules of the metric.
        limit: the maximum number of its series.
        lines_each: the lines of one series in the exposition.
    """
    limit = min(limit, MAX_INIT)
    if init.sets is None:
        sets = _all_sets(reader, init.node, what, names, sources, limit, lines_each)
    elif _has_room(reader, init.node, what, len(init.sets) * lines_each):
        sets = _listed_sets(reader, init.sets, f"a label set of 'init' of {what}", names, sources)
    else:
        return ()
    unique = tuple(dict.fromkeys(sets))
    if len(unique) > limit:
        _report_limit(reader, init.node, what, len(unique), limit)
    return unique


def _all_sets(
    reader: MappingReader,
    node: Node,
    what: str,
    names: tuple[str, ...],
    sources: tuple[Source, ...],
    limit: int,
    lines_each: int,
) -> LabelSets:
    """Combine the values of the closed labels of each rule."""
    sets: list[tuple[KnownText, ...]] = []
    for source in sources:
        values = [rule.known_values for rule in source.labels]
        for name, known in zip(names, values, strict=True):
            if known is None:
                reader.error(
                    "init-open",
                    node,
                    f"'init: all' of {what} needs the values of label {name!r}, which are not known in advance",
                    "close the label with 'allow', or with 'map' and 'otherwise', or list the label sets",
                )
                return ()
        known_values = [known for known in values if known is not None]
        count = prod(map(len, known_values))
        if count > limit:
            _report_limit(reader, node, what, count, limit)
            return ()
        if not _has_room(reader, node, what, count * lines_each):
            return ()
        sets += product(*known_values)
    return tuple(sets)


def _has_room(reader: MappingReader, node: Node, what: str, lines: int) -> bool:
    """Add the initial lines of a metric to those of all metrics; return whether they are within the limit."""
    totals = reader.totals
    totals.init += lines
    if totals.passes("init", totals.init, MAX_INIT):
        message = f"with 'init' of {what}, all metrics together start with more than {MAX_INIT:,} lines of exposition"
        reader.error("init-limit", node, message, "list only the label sets that matter")
    return totals.init <= MAX_INIT


def check_total(reader: MappingReader, families: Iterable[Family], limit: int) -> None:
    """Report if `init` creates more series than the process may have.

    Args:
        reader: collects the problems of the top-level mapping.
        families: the metrics of all mappings.
        limit: the value of `series_limit_total`.
    """
    count = 0
    for family in families:
        count += len(family.init)
        if count > limit and "init" not in reader.totals.reported:
            message = (
                f"with {family.name!r}, 'init' creates {count} series in total, but 'series_limit_total' is {limit}"
            )
            hint = "raise 'series_limit_total' in 'defaults', or list only the label sets that matter"
            reader.error_at("init-limit", family.place, message, hint)
            return


def _report_limit(reader: MappingReader, node: Node, what: str, count: int, limit: int) -> None:
    hint = "raise 'series_limit', or list only the label sets that matter"
    reader.error("init-limit", node, f"'init' of {what} creates {count} series, but the limit is {limit}", hint)


def _listed_sets(
    reader: MappingReader,
    written: tuple[WrittenSet, ...],
    what: str,
    names: tuple[str, ...],
    sources: tuple[Source, ...],
) -> LabelSets:
    """Complete the listed label sets, and check that samples can have them."""
    possible = _PossibleTexts(names, sources)
    constants = _constants(names, sources)
    read = [_complete(reader, one, what, possible, constants) for one in written]
    for one in written:
        _check_values(reader, one, what, possible)
    return tuple(labels for labels in read if labels is not None)


class _PossibleTexts:
    """The possible texts of a metric's labels, and the rules that can produce them.

    A set of rules is the bits of a number, because there can be thousands of rules and thousands of label sets.

    Attributes:
        names: the names of the labels; those of the rules have the same order.
    """

    def __init__(self, names: tuple[str, ...], sources: tuple[Source, ...]) -> None:
        self.names = dict.fromkeys(names)
        self.all_sources = (1 << len(sources)) - 1
        self._texts: dict[str, set[str]] = {}
        self._open = dict.fromkeys(names, 0)
        self._known: dict[str, dict[LiteralText, int]] = {name: {} for name in names}
        for number, source in enumerate(sources):
            for name, rule in zip(names, source.labels, strict=True):
                texts = _possible(rule)
                if texts is None:
                    self._open[name] |= 1 << number
                for text in texts or ():
                    self._known[name][text] = self._known[name].get(text, 0) | 1 << number

    def sources_of(self, name: str, text: LiteralText) -> int:
        """Return the rules that can give a label a text, as bits."""
        if not text.is_plain:
            return self.all_sources
        return self._open[name] | self._known[name].get(text, 0)

    def texts(self, name: str) -> set[str]:
        """Return the texts that a label can have, except the empty one."""
        if name not in self._texts:
            self._texts[name] = {_plain(text) for text in self._known[name]} - {""}
        return self._texts[name]


def _constants(names: tuple[str, ...], sources: tuple[Source, ...]) -> dict[str, KnownText]:
    """Return the labels that have the same constant value in all rules."""
    constants = {}
    for position, name in enumerate(names):
        known = {source.labels[position].known_values for source in sources}
        if len(known) == 1 and (values := next(iter(known))) is not None and len(values) == 1:
            constants[name] = values[0]
    return constants


def _complete(
    reader: MappingReader, written: WrittenSet, what: str, possible: _PossibleTexts, constants: dict[str, KnownText]
) -> tuple[KnownText, ...] | None:
    """Return one label set in the order of the names; constants may be omitted."""
    node, given = written
    for name, (key, _) in given.items():
        if name not in possible.names:
            hint = reader.suggestions.nearest_or_all(name, possible.names, "the metric has no labels")
            reader.error("init-label", key, f"{what} has {name!r}, which is not a label of the metric", hint)
    values = constants | {name: text for name, (_, text) in given.items()}
    missing = [name for name in possible.names if name not in values]
    if missing:
        reader.error("init-label", node, f"{what} lacks {' and '.join(map(repr, missing))}")
        return None
    return tuple(values[name] for name in possible.names)


def _check_values(reader: MappingReader, written: WrittenSet, what: str, possible: _PossibleTexts) -> None:
    """Report texts that no sample can have, because all texts of a closed label are known."""
    node, given = written
    sound = True
    left = possible.all_sources
    for name, (key, text) in given.items():
        if name not in possible.names:
            continue
        sources = possible.sources_of(name, text)
        left &= sources
        if not sources:
            sound = False
            empty = "one of: only empty text"
            hint = reader.suggestions.nearest_or_all(_plain(text), possible.texts(name), empty)
            reader.error("init-label", key, f"{what} has a value that {name!r} never takes: {_plain(text)!r}", hint)
    if sound and not left:
        hint = "each of these values comes from a different rule"
        reader.error("init-label", node, f"{what} is never produced by any rule", hint)


def _possible(rule: LabelRule) -> frozenset[LiteralText] | None:
    """Return all texts that a label can have; None if they are unknown."""
    known = rule.known_values
    texts = frozenset(text for text in known or () if isinstance(text, LiteralText))
    missing = literal("") if rule.default is None else rule.default
    texts |= {missing} if rule.can_be_missing else set()
    texts |= {literal(OVERFLOW)} if rule.max_values is not None else set()
    waiting = known is None or len(known) != len(set(known) & texts) or any(not text.is_plain for text in texts)
    return None if waiting else texts


def _plain(text: LiteralText) -> str:
    return "".join(part for part in text.parts if isinstance(part, str))
