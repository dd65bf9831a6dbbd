"""Warn of what is doubtful about a mapping as a whole: includes and drop rules that leave nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check.advice.contradictions import contradict
from telemap.model import AllOf, Condition, DropRule, Family, Not, OperandKind, Source
from telemap.patterns import matches

if TYPE_CHECKING:
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
            message = "this include has no effect: all its metrics are replaced or removed"
            reader.warning("include-replaced", node, message, "remove it")
    rules = (*included.drop, *drop)
    for name, family in families.items():
        parts = [part for _, part in included.parts if part.families.get(name) is family]
        told = any(_drops_a_source(family, part.drop) for part in parts)
        if not told and _drops_a_source(family, rules):
            message = f"'drop' discards all events of a rule of {name!r}, so it never runs"
            reader.warning_at("never-runs", family.place, message)


def _drops_a_source(family: Family, rules: tuple[DropRule, ...]) -> bool:
    sound = [rule for rule in rules if rule.when is None or _is_certain(rule.when)]
    return bool(sound) and any(_drops_all(source, sound) for source in family.sources)


def _drops_all(source: Source, rules: list[DropRule]) -> bool:
    """Return whether rules leave no event that passes the tests of a source."""
    return bool(source.patterns) and all(_drops_pattern(source, pattern, rules) for pattern in source.patterns)


def _drops_pattern(source: Source, pattern: str, rules: list[DropRule]) -> bool:
    fitting = [rule for rule in rules if any(matches(one, pattern) for one in rule.patterns)]
    if any(rule.when is None for rule in fitting):
        return True
    # Rules see the event before it is parsed: what they say of its record is not what the source says of it.
    tests = [] if source.when is None or source.parse is not None else [source.when]
    kept = [Not(rule.when) for rule in fitting if rule.when is not None]
    return bool(kept) and contradict(AllOf((*tests, *kept)), (pattern,))


def _is_certain(condition: Condition) -> bool:
    """Return whether a test always comes to an end and an answer: a regex may be cut off, a filter may find several."""
    return all(
        test.operator.row.operand is not OperandKind.REGEX and all(path.steps is not None for path in test.paths)
        for test in condition.comparisons()
    )
