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
    from telemap.model import Condition
    from telemap.problem.place import Span
    from telemap.reading.entries import Entries
    from telemap.reading.node_reader import Findings

_LABEL_FAULTS = frozenset({"init-limit", "label-mismatch", "too-many-labels"})
"""Errors about label sets, beside which their number is no news."""


def advise_family(
    findings: Findings,
    key: ScalarNode,
    head: FamilyHead,
    entries: Entries,
    limit: int | None,
    sources: list[SourceDraft],
    found: int,
) -> None:
    """Warn of what is doubtful about one family.

    Args:
        findings: where warnings go, and what is wrong already.
        key: the family's key.
        head: its name and type.
        entries: what is written under it.
        limit: most series that it may have; None when that could not be read.
        sources: of which something could be read.
        found: how many problems there were before this family.
    """
    advise_name(findings, key, head, [source.draft for source in sources])
    if limit is not None and not any(problem.code in _LABEL_FAULTS for problem in findings.problems[found:]):
        advise_series(findings, key, head.name, limit, [(source.draft, source.rules) for source in sources])
    broken = _broken(findings)
    for source in sources:
        _advise_source(findings, head, source, broken, limited=not entries.lacks("series_limit"))


def advise_drop_rule(
    findings: Findings, node: Node, entries: Entries, patterns: tuple[str, ...], when: Condition | None
) -> None:
    """Warn of what is doubtful about one rule of `drop`.

    Args:
        findings: where warnings go, and what is wrong already.
        node: the rule.
        entries: what is written in it.
        patterns: the event types that it drops.
        when: its tests.
    """
    broken = _broken(findings)
    _advise_patterns(findings, entries["from"][1], broken)
    if "when" in entries:
        advise_test_paths(findings, entries["when"][1], patterns, broken)
    readable = not any(_within(span, node.span) for span in broken)
    if readable and when is not None and patterns and contradict(when, patterns):
        findings.warning("never-runs", node, "the tests of this rule cannot hold together: it never drops an event")


def _broken(findings: Findings) -> Collection[Span]:
    """Give the places that an error is about: doubts about them are no news."""
    errors = (problem for problem in findings.problems if problem.severity is Severity.ERROR)
    return {problem.place.span for problem in errors if problem.place}


def _advise_source(
    findings: Findings, head: FamilyHead, source: SourceDraft, broken: Collection[Span], *, limited: bool
) -> None:
    draft = source.draft
    if draft.patterns_node is not None:
        _advise_patterns(findings, draft.patterns_node, broken)
    for name, (key, node) in sorted(source.labels.items()):
        rule = source.rules.get(name)
        advise_grouping(findings, key, rule)
        advise_literals(findings, key, node, draft, broken)
        if rule is not None and not limited:
            advise_endless(findings, key, node, rule)
    advise_paths(findings, draft, source.labels, broken)
    advise_mib(findings, draft)
    advise_unit(findings, head, draft)
    readable = not any(_within(span, node.span) for span in broken for node in draft.nodes)
    if readable and draft.when is not None and draft.patterns and contradict(draft.when, draft.patterns):
        message = "the tests of this source cannot hold together: it never runs"
        findings.warning("never-runs", draft.node, message)


def _advise_patterns(findings: Findings, node: Node, broken: Collection[Span]) -> None:
    for item in node.items if isinstance(node, ListNode) else (node,):
        if isinstance(item, ScalarNode) and item.span not in broken:
            advise_pattern(findings, item, item.text)


def _within(inner: Span, outer: Span) -> bool:
    """Tell whether a place begins in another one."""
    begins = (inner.line, inner.column)
    return (outer.line, outer.column) <= begins < (outer.end_line, outer.end_column)
