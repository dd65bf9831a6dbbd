"""Read `include`: mappings that this one builds on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from telemap.errors import MappingError
from telemap.resources import relative_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.check.findings import Entries, Findings
    from telemap.document.nodes import Document, Node
    from telemap.model import DropRule, Family
    from telemap.problem import Problem

MAX_DEPTH = 16
"""Most levels of mappings that include one another; symbolic links could make them endless."""


@dataclass(frozen=True, slots=True)
class Included:
    """What one or several documents come to.

    Attributes:
        families: by full name.
        files: names of all documents in it.
        digests: of each document's text.
        problems: in all of them.
        parts: for each item of `include`, its node and what it gave.
    """

    families: dict[str, Family] = field(default_factory=dict)
    drop: tuple[DropRule, ...] = ()
    series_limit_total: int | None = None
    digests: tuple[str, ...] = ()
    files: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    parts: tuple[tuple[Node, Included], ...] = ()


def include_all(
    findings: Findings,
    entries: Entries,
    chain: tuple[str, ...],
    check: Callable[[Document], Included],
    read: Callable[[str, str], Document],
) -> Included:
    """Check the included mappings and put them together.

    Args:
        findings: problems of the including document.
        entries: its top level.
        chain: the names of the documents that led here, this one last.
        check: checks an included document.
        read: reads one, from its name and the name of the document that includes it.
    """
    together = Included()
    if "include" not in entries:
        return together
    for node in findings.items(entries["include"][1], "'include'") or ():
        text = findings.text(node, "an item of 'include'")
        if text is not None:
            together = _include(findings, node, text, chain, together, check, read)
    return together


def _include(
    findings: Findings,
    node: Node,
    text: str,
    chain: tuple[str, ...],
    together: Included,
    check: Callable[[Document], Included],
    read: Callable[[str, str], Document],
) -> Included:
    name = relative_to(chain[-1], text)
    if name in chain:
        shown = " -> ".join((*chain[chain.index(name) :], name))
        findings.error("include-cycle", node, f"the mapping includes itself: {shown}", "leave this 'include' out")
        return together
    if len(chain) > MAX_DEPTH:
        message = f"cannot include {text!r}: mappings include one another more than {MAX_DEPTH} levels deep"
        findings.error("include-broken", node, message)
        return together
    if name in together.files:
        return together  # two included mappings build on the same one
    try:
        one = check(read(text, chain[-1]))
    except MappingError as error:
        findings.error("include-broken", node, f"cannot include {text!r}", "see the problem of that file")
        return _join(together, Included(problems=list(error.problems)))
    _check_twice(findings, node, together, one)
    joined = _join(together, one)
    return replace(joined, parts=(*joined.parts, (node, one)))


def _check_twice(findings: Findings, node: Node, first: Included, second: Included) -> None:
    """Report families that two included mappings both write."""
    for name in sorted(first.families.keys() & second.families.keys()):
        if first.families[name].place != second.families[name].place:
            findings.error_at(
                "name-collision",
                findings.place(node.span),
                f"two included mappings have a metric {name!r}",
                related=(first.families[name].place, "the first one"),
            )


def _join(first: Included, second: Included) -> Included:
    return Included(
        families=first.families | second.families,
        drop=(*first.drop, *(rule for rule in second.drop if rule not in first.drop)),
        series_limit_total=first.series_limit_total or second.series_limit_total,
        digests=first.digests + second.digests,
        files=first.files | second.files,
        problems=list(dict.fromkeys([*first.problems, *second.problems])),
        parts=first.parts,
    )
