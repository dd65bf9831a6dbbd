"""Warn of probable mistakes in one metric, even if parts of it have errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.advice.buckets import advise_buckets
from telemap.advice.contradictions import PossibleEvents
from telemap.advice.gateway import advise_gateway_name
from telemap.advice.labels import advise_grouping, advise_literals
from telemap.advice.passing import PassingEvents
from telemap.advice.paths import advise_paths, advise_test_paths
from telemap.advice.series import advise_series
from telemap.advice.unbounded import advise_unbounded
from telemap.advice.units import advise_length, advise_mib, advise_name, advise_unit
from telemap.document.nodes import ListNode, Node, ScalarNode
from telemap.events.event_shape import advise_pattern, event_types_of
from telemap.patterns import PatternSet

if TYPE_CHECKING:
    from telemap.advice.contradictions import Effort
    from telemap.check.drafts import DropDraft, FamilyDraft, SourceDraft
    from telemap.check.mapping_reader import MappingReader

_LABEL_FAULTS = frozenset({"init-limit", "label-mismatch", "too-many-labels"})
"""Errors about label sets; with one of these, their number is not checked."""


def advise_family(reader: MappingReader, family: FamilyDraft, effort: Effort) -> None:
    """Warn of probable mistakes in one metric.

    Args:
        reader: collects the warnings, and knows the errors.
        family: the metric, as far as it could be read.
        effort: the limit on the work.
    """
    advise_gateway_name(reader, family.key, family.head)
    advise_buckets(reader, family)
    advise_name(reader, family.key, family.head, [source.draft for source in family.sources])
    passing = [PassingEvents(source.draft, effort) for source in family.sources]
    if family.limit is not None and not family.codes & _LABEL_FAULTS:
        sources = [(events, source.rules) for events, source in zip(passing, family.sources, strict=True)]
        advise_series(reader, family.key, family.head.name, family.limit, sources, effort)
    for source, events in zip(family.sources, passing, strict=True):
        _advise_source(reader, family, source, events)


def advise_drop_rule(reader: MappingReader, draft: DropDraft, effort: Effort) -> None:
    """Warn of probable mistakes in one rule of `drop`.

    Args:
        reader: collects the warnings, and knows the errors.
        draft: the rule, as far as it could be read.
        effort: the limit on the work.
    """
    _advise_patterns(reader, draft.patterns_node)
    if draft.when_node is not None:
        advise_test_paths(reader, draft.when_node, event_types_of(draft.patterns))
    if draft.when is None or not draft.patterns or reader.has_error_within(draft.node.span):
        return
    if PossibleEvents(draft.when, PatternSet(draft.patterns), effort).none:
        reader.warning(
            "never-runs", draft.node, "the conditions of this rule contradict each other, so it never drops an event"
        )


def _advise_source(reader: MappingReader, family: FamilyDraft, source: SourceDraft, events: PassingEvents) -> None:
    draft = source.draft
    if draft.patterns_node is not None:
        _advise_patterns(reader, draft.patterns_node)
    for name, (key, node) in sorted(source.labels.items()):
        rule = source.rules.get(name)
        advise_grouping(reader, key, rule)
        advise_literals(reader, key, node, draft, events.types)
        if rule is not None and not family.has_own_limit:
            advise_unbounded(reader, key, node, rule, draft, events.types)
    advise_paths(reader, draft, source.labels, events.types)
    advise_mib(reader, draft)
    advise_unit(reader, family.head, draft)
    advise_length(reader, family.head, draft)
    if events.are_none() and not any(reader.has_error_within(node.span) for node in draft.nodes):
        message = "the conditions of this rule contradict each other, so it never runs"
        reader.warning("never-runs", draft.node, message)


def _advise_patterns(reader: MappingReader, node: Node) -> None:
    for item in node.items if isinstance(node, ListNode) else (node,):
        if isinstance(item, ScalarNode) and item.span not in reader.broken:
            advise_pattern(reader, item, item.text)
