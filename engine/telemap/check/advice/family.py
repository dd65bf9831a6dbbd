"""Warn of what is doubtful about one family, also of one that has errors: of all that could be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check.advice.contradictions import contradict
from telemap.check.advice.labels import advise_endless, advise_grouping, advise_literals
from telemap.check.advice.paths import advise_paths, advise_test_paths
from telemap.check.advice.series import advise_series
from telemap.check.advice.units import advise_mib, advise_name, advise_unit
from telemap.document.nodes import ListNode, Node, ScalarNode
from telemap.events.event_shape import advise_pattern
from telemap.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Collection

    from telemap.check.drafts import FamilyHead, SourceDraft
    from telemap.check.mapping_reader import MappingReader
    from telemap.model import Condition
    from telemap.problem.place import Span
    from telemap.reading.entries import Entries

_LABEL_FAULTS = frozenset({"init-limit", "label-mismatch", "too-many-labels"})
"""Errors about label sets, beside which their number is no news."""


def advise_family(
    reader: MappingReader,
    key: ScalarNode,
    head: FamilyHead,
    entries: Entries,
    limit: int | None,
    sources: list[SourceDraft],
    found: int,
) -> None:
    """Warn of what is doubtful about one family.

    Args:
        reader: where warnings go, and what is wrong already.
        key: the family's key.
        head: its name and type.
        entries: what is written under it.
        limit: most series that it may have; None when that could not be read.
        sources: of which something could be read.
        found: how many problems there were before this family.
    """
    advise_name(reader, key, head, [source.draft for source in sources])
    if limit is not None and not any(problem.code in _LABEL_FAULTS for problem in reader.problems[found:]):
        advise_series(reader, key, head.name, limit, [(source.draft, source.rules) for source in sources])
    broken = _broken(reader)
    for source in sources:
        _advise_source(reader, head, source, broken, limited=not entries.lacks("series_limit"))


def advise_drop_rule(
    reader: MappingReader, node: Node, entries: Entries, patterns: tuple[str, ...], when: Condition | None
) -> None:
    """Warn of what is doubtful about one rule of `drop`.

    Args:
        reader: where warnings go, and what is wrong already.
        node: the rule.
        entries: what is written in it.
        patterns: the event types that it drops.
        when: its tests.
    """
    broken = _broken(reader)
    _advise_patterns(reader, entries["from"][1], broken)
    if "when" in entries:
        advise_test_paths(reader, entries["when"][1], patterns, broken)
    readable = not any(_within(span, node.span) for span in broken)
    if readable and when is not None and patterns and contradict(when, patterns):
        reader.warning(
            "never-runs", node, "the conditions of this rule contradict each other, so it never drops an event"
        )


def _broken(reader: MappingReader) -> Collection[Span]:
    """Return the places that an error is about: doubts about them are no news."""
    errors = (problem for problem in reader.problems if problem.severity is Severity.ERROR)
    return {problem.place.span for problem in errors if problem.place}


def _advise_source(
    reader: MappingReader, head: FamilyHead, source: SourceDraft, broken: Collection[Span], *, limited: bool
) -> None:
    draft = source.draft
    if draft.patterns_node is not None:
        _advise_patterns(reader, draft.patterns_node, broken)
    for name, (key, node) in sorted(source.labels.items()):
        rule = source.rules.get(name)
        advise_grouping(reader, key, rule)
        advise_literals(reader, key, node, draft, broken)
        if rule is not None and not limited:
            advise_endless(reader, key, node, rule)
    advise_paths(reader, draft, source.labels, broken)
    advise_mib(reader, draft)
    advise_unit(reader, head, draft)
    readable = not any(_within(span, node.span) for span in broken for node in draft.nodes)
    if readable and draft.when is not None and draft.patterns and contradict(draft.when, draft.patterns):
        message = "the conditions of this rule contradict each other, so it never runs"
        reader.warning("never-runs", draft.node, message)


def _advise_patterns(reader: MappingReader, node: Node, broken: Collection[Span]) -> None:
    for item in node.items if isinstance(node, ListNode) else (node,):
        if isinstance(item, ScalarNode) and item.span not in broken:
            advise_pattern(reader, item, item.text)


def _within(inner: Span, outer: Span) -> bool:
    """Return whether a place begins in another one."""
    begins = (inner.line, inner.column)
    return (outer.line, outer.column) <= begins < (outer.end_line, outer.end_column)
