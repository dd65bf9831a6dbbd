"""Warn of what is doubtful about a mapping as a whole: includes and drop rules that leave nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check.advice.contradictions import PossibleEvents
from telemap.check.effort import TooMuchError
from telemap.model import AllOf, Condition, DropRule, Family, Not, OperandKind, Source
from telemap.patterns import PatternIndex, PatternSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.check.effort import Effort
    from telemap.check.includes import Included
    from telemap.check.mapping_reader import MappingReader


def advise_mapping(
    reader: MappingReader, drop: tuple[DropRule, ...], families: dict[str, Family], included: Included
) -> None:
    """Warn of includes of which nothing is left, and of sources whose events are all dropped.

    Args:
        reader: where warnings go.
        drop: the rules of this file.
        families: of this file and of what it includes.
        included: what it includes.
    """
    for node, part in included.parts:
        left = any(families.get(name) is one for name, one in part.families.items())
        if part.families and part.is_sound and not left and not part.drop:
            message = "no family of this include is left: all are replaced or removed"
            reader.warning("include-replaced", node, message, "leave it out")
    rules = _Droppers((*included.drop, *drop), reader.totals.effort)
    of_parts = [(part, _Droppers(part.drop, reader.totals.effort)) for _, part in included.parts if part.drop]
    for name, family in families.items():
        told = any(part.families.get(name) is family and droppers.take(family) for part, droppers in of_parts)
        if not told and rules.take(family):
            message = f"'drop' takes all events of a source of {name!r}: it never runs"
            reader.warning_at("never-runs", family.place, message)


class _Droppers:
    """Rules of `drop`, but for those that may not be able to decide."""

    def __init__(self, rules: Iterable[DropRule], effort: Effort) -> None:
        self._rules = [rule for rule in rules if rule.when is None or _is_certain(rule.when)]
        self._index = PatternIndex(rule.patterns for rule in self._rules)
        self._fitting: dict[str, tuple[int, ...]] = {}
        self._effort = effort

    def take(self, family: Family) -> bool:
        """Return whether they take all events of a source of a family; not where it takes too much to find out."""
        if not self._rules:
            return False
        try:
            return any(self._take_all(source) for source in family.sources)
        except TooMuchError:
            return False

    def _take_all(self, source: Source) -> bool:
        """Return whether they leave no event that passes the tests of a source."""
        return bool(source.patterns) and all(self._take_pattern(source, pattern) for pattern in source.patterns)

    def _take_pattern(self, source: Source, pattern: str) -> bool:
        fitting = [self._rules[number] for number in self._rules_of(pattern)]
        self._effort.spend(len(fitting))
        if any(rule.when is None for rule in fitting):
            return True
        # Rules see the event before it is parsed: what they say of its record is not what the source says of it.
        tests = [] if source.when is None or source.parse is not None else [source.when]
        kept = [Not(rule.when) for rule in fitting if rule.when is not None]
        return bool(kept) and PossibleEvents(AllOf((*tests, *kept)), PatternSet((pattern,)), self._effort).none

    def _rules_of(self, pattern: str) -> tuple[int, ...]:
        if pattern not in self._fitting:
            self._effort.spend(len(self._index.patterns))
            self._fitting[pattern] = self._index.fitting(pattern)
        return self._fitting[pattern]


def _is_certain(condition: Condition) -> bool:
    """Return whether a test always comes to an end and an answer: a regex may be cut off, a filter may find several."""
    return all(
        test.operator.row.operand is not OperandKind.REGEX and all(path.steps is not None for path in test.paths)
        for test in condition.comparisons()
    )
