"""Read label sets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from telemap.check import keys
from telemap.check.references import read_literal
from telemap.model import Label, LiteralLabel, MetricType, PathLabel
from telemap.nodes import MapNode, Node, ScalarNode
from telemap.path import Path, PathFault
from telemap.paths import looks_like_path, parse_path

if TYPE_CHECKING:
    from telemap.check.findings import Findings

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")

_RESERVED = {MetricType.HISTOGRAM: "le", MetricType.SUMMARY: "quantile"}
"""The label that the text format itself gives to samples of a type."""

_UNREADABLE = LiteralLabel(())
"""Stands for a label that has a problem, so that its name is not missed as well."""

LabelSet: TypeAlias = dict[str, tuple[ScalarNode, Label | None]]
"""Labels by name: the key's node, and the label; None for one that is removed."""


def read_labels(findings: Findings, node: Node, what: str) -> LabelSet:
    """Read a map of labels; `null` stands for one that is taken away."""
    labels: LabelSet = {}
    for key, value in findings.pairs(node, what) or ():
        if _NAME.fullmatch(key.text) is None or key.text.startswith("__"):
            findings.error(
                "label-name",
                key,
                f"{key.text!r} cannot be a label name",
                "letters, digits and '_', no digit first, not '__' in front",
            )
        removed = isinstance(value, ScalarNode) and value.is_null
        what_label = f"label {key.text!r}"
        labels[key.text] = (key, None if removed else _read_label(findings, value, what_label) or _UNREADABLE)
    return labels


def merge_labels(*levels: LabelSet) -> LabelSet:
    """Put label sets over one another, the nearest last, and leave out what was removed."""
    merged: LabelSet = {}
    for level in levels:
        merged |= level
    return {name: (key, label) for name, (key, label) in merged.items() if label is not None}


def check_reserved(findings: Findings, labels: LabelSet, metric_type: MetricType) -> None:
    """Report labels that the text format gives a meaning of its own."""
    name = _RESERVED.get(metric_type)
    if name in labels:
        findings.error("label-name", labels[name][0], f"a {metric_type.value} cannot have a label {name!r}")


def _read_label(findings: Findings, node: Node, what: str) -> Label | None:
    """Read one label: a path, literal text, or the long form."""
    if isinstance(node, MapNode):
        return _read_long(findings, node, what)
    text = findings.text(node, what, empty=True)
    if text is None:
        return None
    if looks_like_path(text):
        path = read_path(findings, node, text)
        return None if path is None else PathLabel(path, None)
    return read_literal(findings, node, text)


def _read_long(findings: Findings, node: MapNode, what: str) -> Label | None:
    entries = findings.entries(node, what, keys.LABEL) or {}
    default = _read_default(findings, entries["default"][1], what) if "default" in entries else None
    path = read_path_entry(findings, node, what, entries, keys.LABEL)
    return None if path is None else PathLabel(path, default)


def _read_default(findings: Findings, node: Node, what: str) -> LiteralLabel | None:
    text = findings.text(node, f"'default' of {what}", empty=True)
    return None if text is None else read_literal(findings, node, text)


def read_path_entry(
    findings: Findings,
    node: MapNode,
    what: str,
    entries: dict[str, tuple[ScalarNode, Node]],
    known: keys.Keys,
) -> Path | None:
    """Read the `path` of a long form."""
    if "path" in entries:
        text = findings.text(entries["path"][1], f"'path' of {what}")
        return None if text is None else read_path(findings, entries["path"][1], text)
    if not any(key.text in known.not_yet for key, _ in node.entries):
        findings.error("missing-key", node, f"{what} needs 'path'")
    return None


def read_path(findings: Findings, node: Node, text: str) -> Path | None:
    """Read a path to one node."""
    if not looks_like_path(text):
        findings.error("wrong-value", node, f"{text!r} is not a path", "a path begins with '$.'")
        return None
    try:
        return parse_path(text)
    except PathFault as fault:
        findings.error(fault.code, node, str(fault), fault.help)
        return None
