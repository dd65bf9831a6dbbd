"""Warn of what is doubtful about one family, also of one that has errors: of all that could be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check.advice.contradictions import PossibleEvents
from telemap.check.advice.labels import advise_endless, advise_grouping, advise_literals
from telemap.check.advice.passing import PassingEvents
from telemap.check.advice.paths import advise_paths, advise_test_paths
from telemap.check.advice.series import advise_series
from telemap.check.advice.units import advise_mib, advise_name, advise_unit
from telemap.document.nodes import ListNode, Node, ScalarNode
from telemap.events.event_shape import advise_pattern, event_types_of
from telemap.patterns import PatternSet

if TYPE_CHECKING:
    from telemap.check.drafts import FamilyHead, SourceDraft
    from telemap.check.mapping_reader import MappingReader
    from telemap.model import Condition
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
    passing = [PassingEvents(source.draft, reader.totals.effort) for source in sources]
    if limit is not None and not any(problem.code in _LABEL_FAULTS for problem in reader.problems[found:]):
        rules = [source.rules for source in sources]
        advise_series(reader, key, head.name, limit, list(zip(passing, rules, strict=True)))
    for source, events in zip(sources, passing, strict=True):
        _advise_source(reader, head, source, events, limited=not entries.lacks("series_limit"))


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
    _advise_patterns(reader, entries["from"][1])
    if "when" in entries:
        advise_test_paths(reader, entries["when"][1], event_types_of(patterns))
    if when is None or not patterns or reader.has_error_within(node.span):
        return
    if PossibleEvents(when, PatternSet(patterns), reader.totals.effort).none:
        reader.warning("never-runs", node, "the tests of this rule cannot hold together: it never drops an event")


def _advise_source(
    reader: MappingReader, head: FamilyHead, source: SourceDraft, events: PassingEvents, *, limited: bool
) -> None:
    draft = source.draft
    if draft.patterns_node is not None:
        _advise_patterns(reader, draft.patterns_node)
    for name, (key, node) in sorted(source.labels.items()):
        rule = source.rules.get(name)
        advise_grouping(reader, key, rule)
        advise_literals(reader, key, node, draft, events.types)
        if rule is not None and not limited:
            advise_endless(reader, key, node, rule)
    advise_paths(reader, draft, source.labels, events.types)
    advise_mib(reader, draft)
    advise_unit(reader, head, draft)
    if events.are_none() and not any(reader.has_error_within(node.span) for node in draft.nodes):
        message = "the tests of this source cannot hold together: it never runs"
        reader.warning("never-runs", draft.node, message)


def _advise_patterns(reader: MappingReader, node: Node) -> None:
    for item in node.items if isinstance(node, ListNode) else (node,):
        if isinstance(item, ScalarNode) and item.span not in reader.broken:
            advise_pattern(reader, item, item.text)
