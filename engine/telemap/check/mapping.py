"""Check a whole document, and what it includes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from telemap.check import keys
from telemap.check.advice import advise_drop_rule, advise_mapping
from telemap.check.conditions import read_when
from telemap.check.defaults import Defaults, read_defaults
from telemap.check.families import read_family
from telemap.check.findings import Findings, is_number, nearest, number_of
from telemap.check.includes import Included, include_all, report_conflicts
from telemap.check.names import Named, check_collisions
from telemap.check.sources import read_patterns
from telemap.document.nodes import ScalarNode
from telemap.errors import MappingError
from telemap.model import DropRule, Family, Mapping
from telemap.problem import Severity
from telemap.resources import relative_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.check.findings import Entries
    from telemap.document.nodes import Document, Node
    from telemap.problem import Problem

VERSION = 1
"""The version of the mapping language that telemap speaks."""

SERIES_LIMIT_TOTAL = 10_000
"""Most series in one process, when no `defaults` say otherwise."""


def check(document: Document, read: Callable[[str, str], Document]) -> Mapping:
    """Turn a document into a mapping.

    Args:
        document: the mapping as read.
        read: reads an included document, from its name and the name of the file that includes it.

    Raises:
        MappingError: with all problems of the document and of what it includes: each file's in the order of its lines.
    """
    checked = _check(document, read, (), {})
    if any(problem.severity is Severity.ERROR for problem in checked.problems):
        raise MappingError(checked.problems)
    digest = document.sha256
    if checked.digests[1:]:
        digest = hashlib.sha256("".join(checked.digests).encode()).hexdigest()
    limit = checked.series_limit_total or SERIES_LIMIT_TOTAL
    families = tuple(checked.families.values())
    return Mapping(document.name, digest, checked.drop, families, limit, tuple(checked.problems))


def _check(
    document: Document, read: Callable[[str, str], Document], chain: tuple[str, ...], done: dict[str, Included]
) -> Included:
    """Check one document and, first, what it includes.

    Args:
        document: the mapping as read.
        read: reads an included document, from its name and the name of the file that includes it.
        chain: the names of the documents that led here.
        done: what each included document came to, by its name; two ways to one document lead to one result.
    """

    def check_included(text: str, name: str) -> Included:
        if name not in done:
            done[name] = _check(read(text, chain[-1]), read, chain, done)
        return done[name]

    findings = Findings(document)
    entries = findings.entries(document.root, "the mapping", keys.TOP)
    if entries is None:
        return Included(problems=findings.problems)
    _check_version(findings, document, entries)
    chain = (*chain, relative_to("", document.name))
    included = include_all(findings, entries, chain, check_included)
    defaults = read_defaults(findings, entries)
    drop = _read_drop(findings, entries)
    families = _read_families(findings, document, entries, defaults, included)
    advise_mapping(findings, drop, families, included)
    return Included(
        families=families,
        drop=(*included.drop, *drop),
        series_limit_total=defaults.series_limit_total or included.series_limit_total,
        digests=(document.sha256, *included.digests),
        problems=list(dict.fromkeys([*included.problems, *sorted(findings.problems, key=_position)])),
    )


def _position(problem: Problem) -> tuple[int, int]:
    return (problem.place.span.line, problem.place.span.column) if problem.place else (0, 0)


def _check_version(findings: Findings, document: Document, entries: Entries) -> None:
    if "version" not in entries:
        findings.error("missing-key", document.root, "the mapping needs 'version'", "begin the file with 'version: 1'")
        return
    node = entries["version"][1]
    if not is_number(node) or number_of(node) != VERSION:
        findings.error("wrong-value", node, "the only version is 1", "write 'version: 1', without quotes")


def _read_drop(findings: Findings, entries: Entries) -> tuple[DropRule, ...]:
    """Read the events that no family sees."""
    if "drop" not in entries:
        return ()
    items = findings.items(entries["drop"][1], "'drop'") or ()
    rules = [_read_drop_rule(findings, item, f"rule {number} of 'drop'") for number, item in enumerate(items, 1)]
    return tuple(rule for rule in rules if rule is not None)


def _read_drop_rule(findings: Findings, node: Node, what: str) -> DropRule | None:
    given = findings.entries(node, what, keys.DROP)
    if given is None:
        return None
    when = read_when(findings, given["when"][1], what, depth=0) if "when" in given else None
    if "from" not in given:
        findings.error("missing-key", node, f"{what} needs 'from'", "name an event type, such as 'platform.report'")
        return None
    patterns = read_patterns(findings, given["from"][1], what)
    advise_drop_rule(findings, node, given, patterns, when)
    return DropRule(patterns, when)


def _read_families(
    findings: Findings, document: Document, entries: Entries, defaults: Defaults, included: Included
) -> dict[str, Family]:
    """Read the families of this file, over those that it includes."""
    if "metrics" not in entries and "include" not in entries:
        findings.error("missing-key", document.root, "the mapping needs 'metrics' or 'include'")
    families = dict(included.families)
    sound = not any(problem.severity is Severity.ERROR for problem in included.problems)
    written: dict[str, ScalarNode] = {}
    named = {family.name: Named(family.name, family.type, family.place) for family in families.values()}
    pairs = findings.pairs(entries["metrics"][1], "'metrics'") if "metrics" in entries else None
    for key, node in pairs or ():
        name = key.text if key.text in included.families else defaults.prefix + key.text
        if name in written:
            message = f"the metric {name!r} is written twice: as {written[name].text!r}, and as {key.text!r}"
            findings.error("name-collision", key, message, related=(written[name], "it is here first"))
            continue
        written[name] = key
        named.pop(name, None)
        if isinstance(node, ScalarNode) and node.is_null:
            if families.pop(name, None) is None and sound:
                _report_nothing(findings, key, name, included)
            continue
        head, family = read_family(findings, key, node, name, defaults)
        if head.type is not None:
            named[name] = Named(name, head.type, findings.place(key.span))
        if family is not None:
            families[name] = family
    report_conflicts(findings, included, written)
    check_collisions(findings, named.values())
    return families


def _report_nothing(findings: Findings, key: ScalarNode, name: str, included: Included) -> None:
    way_out = "write what it is below it; a metric with nothing below removes one of an included mapping"
    hint = nearest(name, included.families) or way_out
    findings.error("nothing-to-remove", key, f"no included mapping has a metric {name!r}", hint)
