"""Tell which values a label can have, for events that pass the tests of its source."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

from telemap.check.advice.contradictions import contradict
from telemap.events.event_shape import is_always_there
from telemap.label_text import OVERFLOW
from telemap.model import (
    OTHER,
    AllOf,
    Comparison,
    Concat,
    Exists,
    FirstOf,
    LabelRule,
    LiteralText,
    Not,
    Operator,
    literal,
)
from telemap.path import Path, Root

if TYPE_CHECKING:
    from telemap.model import Condition, KnownText, Operand, Parse


class Tested(Protocol):
    """What must be known of a source, read or only drafted, to tell what its labels can be."""

    @property
    def patterns(self) -> tuple[str, ...]:
        """Return the event types and patterns that it reads."""

    @property
    def parse(self) -> Parse | None:
        """Tell how it parses text."""

    @property
    def when(self) -> Condition | None:
        """Return its tests."""


class LabelValues(NamedTuple):
    """The values that a label can have: those that are known, and how many others."""

    known: frozenset[KnownText]
    others: int = 0

    @property
    def number(self) -> int:
        """Count them."""
        return len(self.known) + self.others


_MOST_CHECKS = 20_000
"""Most facts that are looked at to see which texts of one `allow` the tests of a source leave."""


def most_values(rule: LabelRule) -> int:
    """Return a number that a label's values, "" or `default` among them, cannot exceed; 0 when nothing bounds them."""
    known = rule.known_values
    if known is not None:
        return len(known) + 1
    if isinstance(rule.origin, LiteralText):
        return 2
    return 0 if rule.max_values is None else rule.max_values + 3


def label_values(rule: LabelRule, source: Tested) -> LabelValues | None:
    """Return the values of a label, what stands for a missing text included; None when nothing bounds them."""
    known: tuple[KnownText, ...] | None = _allowed(rule, source)
    if known is None:
        known = rule.known_values
    if known is None and isinstance(rule.origin, LiteralText):
        known = (rule,)
    others = 0
    if rule.max_values is not None and (known is None or rule.max_values < len(known)):
        # max_values does not count "", and `default` stands in for what is missing only.
        is_empty = _can_be_empty(rule, source) if known is None else literal("") in known
        empty = (literal(""),) if is_empty else ()
        known, others = (literal(OVERFLOW), *empty), rule.max_values
    if known is None:
        return None
    missing = {rule.default or literal("")} if _can_miss(rule, source) else set()
    return LabelValues(frozenset(known) | missing, others)


def _allowed(rule: LabelRule, source: Tested) -> tuple[KnownText, ...] | None:
    """Return what the tests of a source leave of the texts that `allow` has; None where they cannot tell."""
    changed = rule.lower or rule.extract is not None or rule.map is not None
    if rule.allow is None or changed or not isinstance(rule.origin, FirstOf) or len(rule.origin.paths) > 1:
        return None
    tests = 0 if source.when is None else sum(1 for _ in source.when.comparisons())
    if len(rule.allow) * (1 + tests) > _MOST_CHECKS:
        return None
    (path,) = rule.origin.paths
    left = [literal(text) for text in rule.allow if _can_hold(Comparison(path, Operator.IN, _operands(text)), source)]
    every = tuple(operand for text in rule.allow for operand in _operands(text))
    others = (Comparison(path, Operator.EXISTS, (True,)), Comparison(path, Operator.NOT_IN, every))
    if _can_hold(AllOf(others), source):
        left.append(literal(OTHER) if rule.otherwise is None else rule.otherwise)
    return tuple(dict.fromkeys(left))


def _operands(text: str) -> tuple[Operand, ...]:
    """Return what has a text as its label text: the text itself, a number, a truth value."""
    operands: list[Operand] = [text]
    if text in {"true", "false"}:
        operands.append(text == "true")
    with suppress(ValueError):
        operands.append(float(text))
    return tuple(operands)


def _can_miss(rule: LabelRule, source: Tested) -> bool:
    """Return whether a label can be without text."""
    if rule.extract is not None:
        return True
    match rule.origin:
        case FirstOf(paths):
            return all(_can_be_absent(path, source) for path in paths)
        case Concat():
            return any(_can_be_absent(path, source) for path in rule.paths)
        case Exists() | LiteralText():
            return False


def _can_be_empty(rule: LabelRule, source: Tested) -> bool:
    """Return whether a label's text can be ""; where that is hard to tell, it can."""
    if rule.extract is not None or rule.map is not None:
        return True
    match rule.origin:
        case FirstOf(paths):
            return any(_can_find_nothing_in(path, source) for path in paths)
        case Concat(parts):
            literals = [part for part in parts if isinstance(part, LiteralText)]
            return not any(isinstance(piece, str) and piece for part in literals for piece in part.parts)
    return True


def _can_find_nothing_in(path: Path, source: Tested) -> bool:
    """Return whether a path can find empty text; Lambda fills in what its own events always have."""
    equals = Comparison(path, Operator.EQUALS, ("",))
    return not _is_always_there(path, source) and _can_hold(equals, source)


def _can_be_absent(path: Path, source: Tested) -> bool:
    if path.root in {Root.KEY, Root.PARENT_KEY} or (path.root is Root.ITEM and path.steps == ()):
        return False
    if _is_always_there(path, source):
        return False
    return _can_hold(Not(Comparison(path, Operator.EXISTS, (True,))), source)


def _is_always_there(path: Path, source: Tested) -> bool:
    """Return whether the events that a source reads always have what a path names."""
    from_event = path.root is Root.EVENT and path.steps is not None and not path.every
    return from_event and source.parse is None and is_always_there(path.steps or (), source.patterns)


def _can_hold(condition: Condition, source: Tested) -> bool:
    """Return whether a condition can hold beside the tests of a source."""
    tests = (condition,) if source.when is None else (source.when, condition)
    return not contradict(AllOf(tests), source.patterns)
