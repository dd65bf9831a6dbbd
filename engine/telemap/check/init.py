"""Read `init`: the series that exist from the start."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from telemap.document.nodes import ListNode, Node, ScalarNode
from telemap.model import LiteralText, MetricType, Source, literal

if TYPE_CHECKING:
    from telemap.check.findings import Entries, Findings
    from telemap.check.sources import FamilyHead

LabelSets: TypeAlias = tuple[tuple[LiteralText, ...], ...]


def read_init(
    findings: Findings,
    what: str,
    entries: Entries,
    head: FamilyHead,
    names: tuple[str, ...],
    sources: tuple[Source, ...],
    limit: int,
) -> LabelSets:
    """Read `all`, or a list of label sets; each gives values in the order of the label names."""
    if "init" not in entries:
        return ()
    key, node = entries["init"]
    if head.type is MetricType.GAUGE:
        findings.error("key-not-for-type", key, f"{what} is a gauge and cannot have 'init'")
        return ()
    sets = _read_sets(findings, node, what, names, sources, limit)
    if len(sets) > limit:
        findings.error("init-limit", node, f"'init' of {what} makes {len(sets)} series, and its limit is {limit}")
    return tuple(dict.fromkeys(sets))


def _read_sets(
    findings: Findings, node: Node, what: str, names: tuple[str, ...], sources: tuple[Source, ...], limit: int
) -> LabelSets:
    if isinstance(node, ListNode):
        constants = _constants(names, sources)
        items = findings.items(node, f"'init' of {what}") or ()
        read = [_read_set(findings, item, f"a label set of 'init' of {what}", names, constants) for item in items]
        return tuple(labels for labels in read if labels is not None)
    if not isinstance(node, ScalarNode) or node.text != "all":
        findings.error("wrong-type", node, f"'init' of {what} must be 'all' or a list of label sets")
        return ()
    sets: list[tuple[LiteralText, ...]] = []
    for source in sources:
        values = [rule.known_values for rule in source.labels]
        for name, known in zip(names, values, strict=True):
            if known is None:
                findings.error(
                    "init-open",
                    node,
                    f"'init: all' of {what}: the values of label {name!r} are not known before the events",
                    "close the label with 'allow' or 'map' and 'otherwise', or list the label sets",
                )
                return ()
        known_values = [known for known in values if known is not None]
        if prod(map(len, known_values)) > limit:
            count = prod(map(len, known_values))
            findings.error("init-limit", node, f"'init' of {what} makes {count} series, and its limit is {limit}")
            return ()
        sets += product(*known_values)
    return tuple(sets)


def _constants(names: tuple[str, ...], sources: tuple[Source, ...]) -> dict[str, LiteralText]:
    """Give the labels that have one value, the same in all sources."""
    constants = {}
    for position, name in enumerate(names):
        known = {source.labels[position].known_values for source in sources}
        if len(known) == 1 and (values := next(iter(known))) is not None and len(values) == 1:
            constants[name] = values[0]
    return constants


def _read_set(
    findings: Findings, node: Node, what: str, names: tuple[str, ...], constants: dict[str, LiteralText]
) -> tuple[LiteralText, ...] | None:
    """Read one label set; constants may be left out."""
    pairs = findings.pairs(node, what)
    if pairs is None:
        return None
    given = dict(constants)
    for key, value in pairs:
        text = findings.text(value, f"{key.text!r} of {what}", empty=True)
        if key.text not in names:
            findings.error("init-label", key, f"{what} names {key.text!r}, which is no label of the metric")
        elif text is not None:
            given[key.text] = literal(text)
    missing = [name for name in names if name not in given]
    if missing:
        findings.error("init-label", node, f"{what} lacks {' and '.join(map(repr, missing))}")
        return None
    return tuple(given[name] for name in names)
