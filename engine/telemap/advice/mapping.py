"""Warn of includes and rules of `drop` that leave nothing of a mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.advice.contradictions import Effort, PossibleEvents, TooMuchError
from telemap.advice.family import advise_drop_rule, advise_family
from telemap.model import AllOf, Condition, DropRule, Family, Not, OperandKind, Source
from telemap.patterns import PatternIndex, PatternSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.check.drafts import FileDraft
    from telemap.check.mapping_reader import MappingReader


class Advisor:
    """Warns of probable mistakes in the files of a mapping."""

    def __init__(self) -> None:
        self._effort = Effort()

    def __call__(self, reader: MappingReader, file: FileDraft) -> None:
        """Warn of probable mistakes in one file.

        Args:
            reader: collects the warnings, and knows the errors.
            file: its contents, including those of included files.
        """
        for rule in file.drop:
            advise_drop_rule(reader, rule, self._effort)
        for family in file.families:
            advise_family(reader, family, self._effort)
        _advise_whole(reader, file, self._effort)


def _advise_whole(reader: MappingReader, file: FileDraft, effort: Effort) -> None:
    """Warn of includes without effect, and of rules whose events are all dropped."""
    included, families = file.included, file.all_families
    for node, part in included.parts:
        left = any(families.get(name) is one for name, one in part.families.items())
        if part.families and part.is_sound and not left and not part.drop:
            message = "this include has no effect: all its metrics are replaced or removed"
            reader.warning("include-replaced", node, message, "remove it")
    own = (draft.rule for draft in file.drop if draft.rule is not None)
    rules = _Droppers((*included.drop, *own), effort)
    of_parts = [(part, _Droppers(part.drop, effort)) for _, part in included.parts if part.drop]
    for name, family in families.items():
        is_reported = any(part.families.get(name) is family and droppers.take(family) for part, droppers in of_parts)
        if not is_reported and rules.take(family):
            message = f"'drop' discards all events of a rule of {name!r}, so it never runs"
            reader.warning_at("never-runs", family.place, message)


class _Droppers:
    """Rules of `drop`, except those that may be undecided."""

    def __init__(self, rules: Iterable[DropRule], effort: Effort) -> None:
        self._rules = [rule for rule in rules if rule.when is None or _is_certain(rule.when)]
        self._index = PatternIndex(rule.patterns for rule in self._rules)
        self._fitting: dict[str, tuple[int, ...]] = {}
        self._effort = effort

    def take(self, family: Family) -> bool:
        """Return whether they drop all events of a metric's rule; False if that is too expensive to find out."""
        if not self._rules:
            return False
        try:
            return any(self._take_all(source) for source in family.sources)
        except TooMuchError:
            return False

    def _take_all(self, source: Source) -> bool:
        """Return whether they drop every event that fulfils the conditions of a rule."""
        return bool(source.patterns) and all(self._take_pattern(source, pattern) for pattern in source.patterns)

    def _take_pattern(self, source: Source, pattern: str) -> bool:
        fitting = [self._rules[number] for number in self._rules_of(pattern)]
        self._effort.spend(len(fitting))
        if any(rule.when is None for rule in fitting):
            return True
        # Rules of `drop` see the event before `parse`, so their conditions are about another record.
        tests = [] if source.when is None or source.parse is not None else [source.when]
        kept = [Not(rule.when) for rule in fitting if rule.when is not None]
        return bool(kept) and PossibleEvents(AllOf((*tests, *kept)), PatternSet((pattern,)), self._effort).none

    def _rules_of(self, pattern: str) -> tuple[int, ...]:
        if pattern not in self._fitting:
            self._effort.spend(len(self._index.patterns))
            self._fitting[pattern] = self._index.fitting(pattern)
        return self._fitting[pattern]


def _is_certain(condition: Condition) -> bool:
    """Return whether a condition is always decided: a regex may be interrupted, a filter may find several nodes."""
    return all(
        test.operator.row.operand is not OperandKind.REGEX and all(path.steps is not None for path in test.paths)
        for test in condition.comparisons()
    )
