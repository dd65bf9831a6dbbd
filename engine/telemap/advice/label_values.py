"""Find the values that a label can have, given the conditions of its rule."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from telemap.label_text import OVERFLOW
from telemap.model import (
    OTHER,
    Comparison,
    Concat,
    Exists,
    FirstOf,
    LabelRule,
    LiteralText,
    Operator,
    literal,
)
from telemap.path import Path, Root

if TYPE_CHECKING:
    from telemap.advice.passing import PassingEvents
    from telemap.model import KnownText, Operand


class LabelValues(NamedTuple):
    """The values that a label can have: the known ones, and the number of others."""

    known: frozenset[KnownText]
    others: int = 0

    @property
    def number(self) -> int:
        """Return their number."""
        return len(self.known) + self.others


def most_values(rule: LabelRule) -> int:
    """Return an upper bound of the number of a label's values, including "" and `default`; 0 if there is none."""
    known = rule.known_values
    if known is not None:
        return len(known) + 1
    if isinstance(rule.origin, LiteralText):
        return 2
    return 0 if rule.max_values is None else rule.max_values + 3


def label_values(rule: LabelRule, events: PassingEvents) -> LabelValues | None:
    """Return the values of a label, including the one for missing text; None if they are unbounded."""
    known: tuple[KnownText, ...] | None = _allowed(rule, events)
    if known is None:
        known = rule.known_values
    if known is None and isinstance(rule.origin, LiteralText):
        known = (rule,)
    others = 0
    if rule.max_values is not None and (known is None or rule.max_values < len(known)):
        # max_values does not count "", and `default` only replaces missing text.
        is_empty = _can_be_empty(rule, events) if known is None else literal("") in known
        empty = (literal(""),) if is_empty else ()
        known, others = (literal(OVERFLOW), *empty), rule.max_values
    if known is None:
        return None
    missing = {rule.default or literal("")} if _can_miss(rule, events) else set()
    return LabelValues(frozenset(known) | missing, others)


def _allowed(rule: LabelRule, events: PassingEvents) -> tuple[KnownText, ...] | None:
    """Return the texts of `allow` that the conditions of a rule permit; None if that is unknown."""
    changed = rule.lower or rule.has_regex or rule.map is not None
    if rule.allow is None or changed or not isinstance(rule.origin, FirstOf) or len(rule.origin.paths) > 1:
        return None
    (path,) = rule.origin.paths
    if not events.are_tested_for(path) and events.can_be((Comparison(path, Operator.EXISTS, (True,)), True)):
        return None
    left = [
        literal(text) for text in rule.allow if events.can_be((Comparison(path, Operator.IN, _operands(text)), True))
    ]
    every = tuple(operand for text in rule.allow for operand in _operands(text))
    is_there, is_other = Comparison(path, Operator.EXISTS, (True,)), Comparison(path, Operator.NOT_IN, every)
    if events.can_be((is_there, True), (is_other, True)):
        left.append(literal(OTHER) if rule.otherwise is None else rule.otherwise)
    return tuple(dict.fromkeys(left))


def _operands(text: str) -> tuple[Operand, ...]:
    """Return the JSON values with a given label text: the text itself, a number, a boolean."""
    operands: list[Operand] = [text]
    if text in {"true", "false"}:
        operands.append(text == "true")
    with suppress(ValueError):
        operands.append(float(text))
    return tuple(operands)


def _can_miss(rule: LabelRule, events: PassingEvents) -> bool:
    """Return whether a label's text can be missing."""
    if rule.extract is not None:
        return True
    match rule.origin:
        case FirstOf(paths):
            return all(_can_be_absent(path, events) for path in paths)
        case Concat():
            return any(_can_be_absent(path, events) for path in rule.paths)
        case Exists() | LiteralText():
            return False


def _can_be_empty(rule: LabelRule, events: PassingEvents) -> bool:
    """Return whether a label's text can be ""; also True if that is unknown."""
    if rule.extract is not None or rule.map is not None:
        return True
    match rule.origin:
        case FirstOf(paths):
            return any(_can_find_nothing_in(path, events) for path in paths)
        case Concat(parts):
            literals = [part for part in parts if isinstance(part, LiteralText)]
            return not any(isinstance(piece, str) and piece for part in literals for piece in part.parts)
    return True


def _can_find_nothing_in(path: Path, events: PassingEvents) -> bool:
    """Return whether a path can find empty text; the required fields of Lambda's own events are never empty."""
    equals = Comparison(path, Operator.EQUALS, ("",))
    return not events.always_have(path) and events.can_be((equals, True))


def _can_be_absent(path: Path, events: PassingEvents) -> bool:
    if path.root is Root.KEY or (path.root is Root.ITEM and path.steps == ()):
        return False
    if events.always_have(path):
        return False
    return events.can_be((Comparison(path, Operator.EXISTS, (True,)), False))
