"""Read metric families."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from telemap.check import keys
from telemap.check.labels import LabelSet, check_reserved, merge_labels, read_labels
from telemap.check.names import check_name
from telemap.check.sources import DraftSource, FamilyHead, read_source, read_source_item
from telemap.model import Family, MetricType, Overflow, Source
from telemap.nodes import MapNode, Node, ScalarNode
from telemap.units import base_unit

if TYPE_CHECKING:
    from telemap.check.findings import Findings
    from telemap.check.sources import Entries

DEFAULT_SERIES_LIMIT = 1000

DEFAULT_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""prometheus_client's default buckets, in seconds; a test holds them to it."""


def read_family(
    findings: Findings, key: ScalarNode, node: Node, prefix: str, inherited: LabelSet
) -> tuple[FamilyHead | None, Family | None]:
    """Read one family: what it is, as far as that could be read; and all of it, when it has no error.

    Args:
        findings: where problems go.
        key: the family's name without prefix.
        node: all that is written under it.
        prefix: from `defaults`.
        inherited: labels from `defaults`.
    """
    what = f"metric {key.text!r}"
    before = len(findings.problems)
    entries = findings.entries(node, what, keys.FAMILY)
    if entries is None:
        return None, None
    name = prefix + key.text
    metric_type = _read_type(findings, key, what, entries)
    check_name(findings, key, name, metric_type)
    help_ = _read_help(findings, key, what, entries)
    head = FamilyHead(name, metric_type)
    label_names, sources = _read_sources(findings, key, what, entries, head, inherited)
    buckets = _read_buckets(findings, key, what, entries, head)
    limit = _read_limit(findings, what, entries)
    overflow = _read_overflow(findings, what, entries, metric_type)
    if len(findings.problems) > before or metric_type is None or help_ is None:
        return head, None
    place = findings.place(key.span)
    return head, Family(name, metric_type, help_, label_names, buckets, limit, overflow, sources, place)


def _read_type(findings: Findings, key: ScalarNode, what: str, entries: Entries) -> MetricType | None:
    if "type" not in entries:
        findings.error("missing-key", key, f"{what} needs 'type'", "one of: counter, gauge, summary, histogram")
        return None
    chosen = findings.choice(entries["type"][1], f"'type' of {what}", [kind.value for kind in MetricType])
    return MetricType(chosen) if chosen else None


def _read_help(findings: Findings, key: ScalarNode, what: str, entries: Entries) -> str | None:
    if "help" not in entries:
        findings.error("missing-key", key, f"{what} needs 'help'", "say in a sentence what it counts or measures")
        return None
    return findings.text(entries["help"][1], f"'help' of {what}")


def _read_sources(
    findings: Findings, key: ScalarNode, what: str, entries: Entries, head: FamilyHead, inherited: LabelSet
) -> tuple[tuple[str, ...], tuple[Source, ...]]:
    """Read the one source in place or the list of them; all have the same label names."""
    if "sources" not in entries:
        drafts = [read_source(findings, key, what, entries, head)]
        levels = [inherited]
    else:
        family_labels = (
            read_labels(findings, entries["labels"][1], f"'labels' of {what}") if "labels" in entries else {}
        )
        drafts = _read_source_list(findings, what, entries, head)
        levels = [inherited, family_labels]
    labels = [merge_labels(*levels, draft.labels) for draft in drafts]
    for label_set in labels:
        if head.type is not None:
            check_reserved(findings, label_set, head.type)
    _check_same_labels(findings, what, drafts, labels)
    names = tuple(sorted(labels[0])) if labels else ()
    return names, tuple(
        Source(
            draft.patterns,
            draft.value,
            draft.factor,
            tuple(label for name in names if name in found and (label := found[name][1])),
        )
        for draft, found in zip(drafts, labels, strict=True)
        if draft.value is not None
    )


def _read_source_list(findings: Findings, what: str, entries: Entries, head: FamilyHead) -> list[DraftSource]:
    for name in sorted(keys.SOURCE_KEYS & entries.keys()):
        findings.error(
            "keys-exclude",
            entries[name][0],
            f"{what} has both 'sources' and {name!r}",
            f"write {name!r} on each source",
            related=(entries["sources"][0], "'sources'"),
        )
    items = findings.items(entries["sources"][1], f"'sources' of {what}") or ()
    read = [
        read_source_item(findings, item, f"source {number} of {what}", head) for number, item in enumerate(items, 1)
    ]
    return [draft for draft in read if draft is not None]


def _check_same_labels(findings: Findings, what: str, drafts: list[DraftSource], labels: list[LabelSet]) -> None:
    """Report each source whose label names differ from the first one's."""
    for draft, found in zip(drafts[1:], labels[1:], strict=True):
        if found.keys() == labels[0].keys():
            continue
        missing = sorted(labels[0].keys() - found.keys())
        added = sorted(found.keys() - labels[0].keys())
        words = [f"lacks {name!r}" for name in missing] + [f"adds {name!r}" for name in added]
        findings.error(
            "label-mismatch",
            draft.node,
            f"the sources of {what} differ in their labels: this one {' and '.join(words)}",
            "give each source the same label names; a constant text will do where there is nothing to read",
            related=(drafts[0].node, "the first source"),
        )


def _read_buckets(
    findings: Findings, key: ScalarNode, what: str, entries: Entries, head: FamilyHead
) -> tuple[float, ...]:
    if "buckets" not in entries:
        if head.type is not MetricType.HISTOGRAM:
            return ()
        if base_unit(head.name) != "seconds":
            findings.error(
                "buckets-missing",
                key,
                f"{what} needs 'buckets': the default ones are seconds, and the name {head.name!r} is not",
            )
        return DEFAULT_BUCKETS
    bucket_key, node = entries["buckets"]
    if head.type not in {MetricType.HISTOGRAM, None}:
        findings.error("key-not-for-type", bucket_key, f"{what} is no histogram and cannot have 'buckets'")
    if isinstance(node, MapNode) and node.entries:
        findings.entries(node, f"'buckets' of {what}", keys.BUCKETS)
        return ()
    items = findings.items(node, f"'buckets' of {what}") or ()
    bounds = [(item, findings.number(item, f"a bucket of {what}")) for item in items]
    for (_, lower), (item, upper) in pairwise(bounds):
        if lower is not None and upper is not None and upper <= lower:
            findings.error("buckets-order", item, f"buckets of {what} must ascend: {upper:g} comes after {lower:g}")
    return tuple(bound for _, bound in bounds if bound is not None)


def _read_limit(findings: Findings, what: str, entries: Entries) -> int:
    if "series_limit" not in entries:
        return DEFAULT_SERIES_LIMIT
    return findings.positive_integer(entries["series_limit"][1], f"'series_limit' of {what}") or DEFAULT_SERIES_LIMIT


def _read_overflow(findings: Findings, what: str, entries: Entries, metric_type: MetricType | None) -> Overflow:
    """Read what becomes of samples beyond the limit; a gauge's last value cannot be folded with another's."""
    fallback = Overflow.DROP if metric_type is MetricType.GAUGE else Overflow.FOLD
    if "overflow" not in entries:
        return fallback
    node = entries["overflow"][1]
    chosen = findings.choice(node, f"'overflow' of {what}", [choice.value for choice in Overflow])
    if chosen == Overflow.FOLD.value and metric_type is MetricType.GAUGE:
        findings.error(
            "fold-gauge",
            node,
            f"{what} is a gauge: values of different series cannot be folded into one",
            "use 'drop'",
        )
    return Overflow(chosen) if chosen else fallback
