"""Check a whole document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check import keys
from telemap.check.families import read_family
from telemap.check.findings import Findings, is_number, number_of
from telemap.check.labels import LabelSet, read_labels
from telemap.check.names import NAME, check_collisions
from telemap.errors import MappingError
from telemap.model import Family, Mapping

if TYPE_CHECKING:
    from telemap.check.sources import Entries
    from telemap.nodes import Document
    from telemap.problem import Problem

VERSION = 1
"""The version of the mapping language that telemap speaks."""


def check(document: Document) -> Mapping:
    """Turn a document into a mapping.

    Raises:
        MappingError: with all problems of the document, in file order.
    """
    findings = Findings(document)
    families = _read_document(findings, document)
    if findings.problems:
        raise MappingError(sorted(findings.problems, key=_position))
    return Mapping(document.name, document.sha256, tuple(families))


def _position(problem: Problem) -> tuple[int, int]:
    return (problem.place.span.line, problem.place.span.column) if problem.place else (0, 0)


def _read_document(findings: Findings, document: Document) -> list[Family]:
    entries = findings.entries(document.root, "the mapping", keys.TOP)
    if entries is None:
        return []
    _check_version(findings, document, entries)
    prefix, labels = _read_defaults(findings, entries)
    if "metrics" not in entries:
        findings.error("missing-key", document.root, "the mapping needs 'metrics'")
        return []
    read, named = [], []
    for key, node in findings.pairs(entries["metrics"][1], "'metrics'") or ():
        head, family = read_family(findings, key, node, prefix, labels)
        if head is not None and head.type is not None:
            named.append((key, head.name, head.type))
        if family is not None:
            read.append(family)
    check_collisions(findings, named)
    return read


def _check_version(findings: Findings, document: Document, entries: Entries) -> None:
    if "version" not in entries:
        findings.error("missing-key", document.root, "the mapping needs 'version'", "begin the file with 'version: 1'")
        return
    node = entries["version"][1]
    if not is_number(node) or number_of(node) != VERSION:
        findings.error("wrong-value", node, "the only version is 1", "write 'version: 1', without quotes")


def _read_defaults(findings: Findings, entries: Entries) -> tuple[str, LabelSet]:
    """Read `defaults`: the prefix, and labels for each source of the file."""
    defaults: Entries = {}
    if "defaults" in entries:
        defaults = findings.entries(entries["defaults"][1], "'defaults'", keys.DEFAULTS) or {}
    prefix = ""
    if "prefix" in defaults:
        node = defaults["prefix"][1]
        prefix = findings.text(node, "'prefix' of 'defaults'", empty=True) or ""
        if prefix and NAME.fullmatch(prefix) is None:
            findings.error(
                "metric-name",
                node,
                f"{prefix!r} cannot begin a metric name",
                "letters, digits, '_' and ':', no digit first",
            )
            prefix = ""
    labels = read_labels(findings, defaults["labels"][1], "'labels' of 'defaults'") if "labels" in defaults else {}
    return prefix, labels
