"""Read `include`, the mappings that a mapping is based on.

The result of a file is its metrics by full name, after replacements and removals. The results of included files are
merged in any order: a metric that one file removes still exists if another has it, and a metric that is included twice
counts once. Two different metrics of the same name are an error, unless the including file defines the name itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telemap.check.limits_of_all_files import MAX_BROKEN, MAX_CHARACTERS, MAX_FILES, MAX_NODES
from telemap.errors import MappingError
from telemap.problem import Severity
from telemap.reading.node_reader import ITEM
from telemap.resources import relative_to

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from telemap.check.mapping_reader import MappingReader
    from telemap.document.nodes import Node
    from telemap.model import DropRule, Family
    from telemap.problem import Problem
    from telemap.problem.place import Place
    from telemap.reading.entries import Entries

MAX_DEPTH = 16
"""Maximum depth of nested includes; symbolic links could make it infinite."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A metric that two included mappings define differently.

    Attributes:
        name: the full name.
        node: the item of `include` with the second definition.
        first: the location of the first definition.
    """

    name: str
    node: Node
    first: Place


@dataclass(frozen=True, slots=True)
class Included:
    """The result of one or several documents.

    Attributes:
        families: the metrics by full name.
        digests: the digest of each document's text.
        problems: those of all documents.
        parts: the node and the result of each item of `include`.
        conflicts: metrics that differ between the parts.
    """

    families: dict[str, Family] = field(default_factory=dict)
    drop: tuple[DropRule, ...] = ()
    series_limit_total: int | None = None
    digests: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    parts: tuple[tuple[Node, Included], ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Return whether none of them has an error."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


def include_all(
    reader: MappingReader, entries: Entries, chain: tuple[str, ...], check: Callable[[str, tuple[str, ...]], Included]
) -> Included:
    """Check the included mappings and merge them.

    Args:
        reader: collects the problems of the including document.
        entries: the keys at its top level.
        chain: the names of the including documents, and this one's.
        check: returns the result of a document, given its name as written here and this chain; always the same
            object.
    """
    parts: list[tuple[Node, Included]] = []
    for node in reader.items(entries["include"][1], "'include'") or () if "include" in entries else ():
        if reader.totals.reported & {"files", "size"}:
            break
        text = reader.text(node, "an item of 'include'", hint=ITEM)
        part = None if text is None else _include(reader, node, text, chain, check)
        if part is not None:
            parts.append((node, part))
    return _put_together(parts)


def report_conflicts(reader: MappingReader, included: Included, written: Container[str]) -> None:
    """Report metrics that two included mappings define differently, unless the including one settles it.

    Args:
        reader: collects the problems of the including document.
        included: the result of its includes.
        written: the full names that it defines or removes itself.
    """
    for conflict in included.conflicts:
        if conflict.name not in written:
            reader.error_at(
                "name-collision",
                reader.place(conflict.node.span),
                f"metric {conflict.name!r} is defined by two included mappings",
                f"define {conflict.name!r} under 'metrics' here, or remove it with '{conflict.name}: null'",
                related=(conflict.first, "the first definition"),
            )


def _include(
    reader: MappingReader,
    node: Node,
    text: str,
    chain: tuple[str, ...],
    check: Callable[[str, tuple[str, ...]], Included],
) -> Included | None:
    name = relative_to(chain[-1], text)
    if name in chain:
        shown = " -> ".join((*chain[chain.index(name) :], name))
        reader.error("include-cycle", node, f"the mapping includes itself: {shown}", "remove this 'include'")
        return None
    reader.totals.files += 1
    if reader.totals.passes("files", reader.totals.files, MAX_FILES):
        message = f"with {text!r}, there are more than {MAX_FILES} included mappings"
        reader.error("include-broken", node, message, "combine related metrics in one file")
        return None
    if len(chain) > MAX_DEPTH:
        message = f"cannot include {text!r}: includes are nested more than {MAX_DEPTH} levels deep"
        reader.error("include-broken", node, message)
        return None
    try:
        one = check(text, chain)
    except MappingError as error:
        _report_broken(reader, node, text, error)
        return Included(problems=list(error.problems))
    _bound_size(reader, node, text)
    return one


def _report_broken(reader: MappingReader, node: Node, text: str, error: MappingError) -> None:
    """Report a file that could not be read; after several of them, skip the rest."""
    totals = reader.totals
    totals.broken += any(problem.place is not None for problem in error.problems)
    message, hint = f"cannot include {text!r}", "fix the problem in that file"
    if totals.passes("files", totals.broken, MAX_BROKEN):
        message += f"; after {totals.broken} unreadable files, the others are not checked"
    reader.error("include-broken", node, message, hint)


def _bound_size(reader: MappingReader, node: Node, text: str) -> None:
    """Report if all files together are too large."""
    totals = reader.totals
    if totals.is_too_large and "size" not in totals.reported:
        totals.reported.add("size")
        message = (
            f"with {text!r}, all files together have more than {MAX_NODES:,} nodes or {MAX_CHARACTERS:,} characters"
        )
        reader.error("include-broken", node, message)


def _put_together(parts: list[tuple[Node, Included]]) -> Included:
    """Merge the results of the items of `include`.

    A file that is included several times has the same result object each time, so identity is enough: dozens of files
    may include one that has thousands of problems.
    """
    families: dict[str, Family] = {}
    conflicts: list[Conflict] = []
    for node, part in parts:
        conflicts += _conflicts(families, part.families, node)
        families |= part.families
    return Included(
        families=families,
        drop=_different_rules([part.drop for _, part in parts]),
        series_limit_total=next((part.series_limit_total for _, part in parts if part.series_limit_total), None),
        digests=tuple(dict.fromkeys(digest for _, part in parts for digest in part.digests)),
        problems=list({id(problem): problem for _, part in parts for problem in part.problems}.values()),
        parts=tuple(parts),
        conflicts=tuple(conflicts),
    )


def _different_rules(lists: list[tuple[DropRule, ...]]) -> tuple[DropRule, ...]:
    """Return the rules of `drop` of all parts, each once."""
    if len(lists) < 2:
        return lists[0] if lists else ()
    found: list[DropRule] = []
    known: set[DropRule] = set()
    same: set[int] = set()
    for rules in lists:
        new = [rule for rule in rules if id(rule) not in same and rule not in known]
        found += new
        known.update(new)
        same.update(map(id, rules))
    return tuple(found)


def _conflicts(first: dict[str, Family], second: dict[str, Family], node: Node) -> list[Conflict]:
    both = sorted(first.keys() & second.keys())
    return [Conflict(name, node, first[name].place) for name in both if first[name].place != second[name].place]
