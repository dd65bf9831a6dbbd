"""Check a whole document, and what it includes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check import keys
from telemap.check.advice import advise_drop_rule, advise_mapping
from telemap.check.conditions import read_when
from telemap.check.defaults import read_defaults
from telemap.check.families import read_family
from telemap.check.includes import Included, include_all, report_conflicts
from telemap.check.init import check_total
from telemap.check.limits_of_all_files import Totals
from telemap.check.mapping_reader import MappingReader
from telemap.check.names import Named, check_collisions
from telemap.check.sources import read_patterns
from telemap.digest import sha256_of
from telemap.document.nodes import MapNode, ScalarNode
from telemap.errors import MappingError
from telemap.model import DropRule, Family, Mapping
from telemap.reading.scalars import is_number, number_of
from telemap.resources import relative_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.check.drafts import Defaults
    from telemap.document.nodes import Document, Node
    from telemap.problem import Problem
    from telemap.reading.entries import Entries

VERSION = 1
"""The version of the mapping language that telemap speaks."""

_VERSION_HINT = "begin the file with 'version: 1'"

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
    checked = _check(document, read, (), {}, Totals())
    problems = tuple(dict.fromkeys(checked.problems))  # two included files collide in each file that includes both
    if not checked.is_sound:
        raise MappingError(problems)
    digest = document.sha256
    if checked.digests[1:]:
        digest = sha256_of("".join(checked.digests).encode())
    limit = checked.series_limit_total or SERIES_LIMIT_TOTAL
    families = tuple(checked.families.values())
    return Mapping(document.name, digest, checked.drop, families, limit, problems)


def _check(
    document: Document,
    read: Callable[[str, str], Document],
    chain: tuple[str, ...],
    done: dict[str, Included],
    totals: Totals,
) -> Included:
    """Check one document and, first, what it includes.

    Args:
        document: the mapping as read.
        read: reads an included document, from its name and the name of the file that includes it.
        chain: the names of the documents that led here.
        done: what each included document came to, by its name; two ways to one document lead to one result.
        totals: what all documents come to.
    """

    def check_included(text: str, name: str) -> Included:
        if name not in done:
            done[name] = _check(read(text, chain[-1]), read, chain, done, totals)
        return done[name]

    reader = MappingReader(document, totals)
    totals.nodes += document.nodes
    totals.characters += document.characters
    if totals.is_too_large:
        return Included()  # the document that includes this one says so
    entries = reader.entries(document.root, "the mapping", keys.TOP, misplaced=_misplaced_metric)
    if entries is None:
        return Included(problems=reader.problems)
    _check_version(reader, document, entries)
    chain = (*chain, relative_to("", document.name))
    included = include_all(reader, entries, chain, check_included)
    defaults = read_defaults(reader, entries)
    limit = defaults.series_limit_total or included.series_limit_total or SERIES_LIMIT_TOTAL
    drop = _read_drop(reader, entries)
    families = _read_families(reader, document, entries, defaults, included)
    advise_mapping(reader, drop, families, included)
    if len(chain) == 1:
        check_total(reader, families.values(), limit)
    return Included(
        families=families,
        drop=(*included.drop, *drop),
        series_limit_total=defaults.series_limit_total or included.series_limit_total,
        digests=(document.sha256, *included.digests),
        problems=[*included.problems, *sorted(reader.problems, key=_position)],
    )


def _misplaced_metric(value: Node) -> str | None:
    """Report where a metric belongs that stands at the top."""
    if isinstance(value, MapNode) and any(key.text == "type" for key, _ in value.entries):
        return "indent it: metrics stand below 'metrics:'"
    return None


def _position(problem: Problem) -> tuple[int, int]:
    return (problem.place.span.line, problem.place.span.column) if problem.place else (0, 0)


def _check_version(reader: MappingReader, document: Document, entries: Entries) -> None:
    if "version" not in entries:
        if entries.lacks("version"):
            reader.error("missing-key", document.root, "the mapping needs 'version'", _VERSION_HINT)
        return
    node = entries["version"][1]
    if not is_number(node) or number_of(node) != VERSION:
        reader.error("wrong-value", node, "the only version is 1", "write 'version: 1', without quotes")


def _read_drop(reader: MappingReader, entries: Entries) -> tuple[DropRule, ...]:
    """Read the events that no family sees."""
    if "drop" not in entries:
        return ()
    items = reader.items(entries["drop"][1], "'drop'") or ()
    rules = [_read_drop_rule(reader, item, f"rule {number} of 'drop'") for number, item in enumerate(items, 1)]
    return tuple(rule for rule in rules if rule is not None)


def _read_drop_rule(reader: MappingReader, node: Node, what: str) -> DropRule | None:
    before = reader.errors
    given = reader.entries(node, what, keys.DROP)
    if given is None:
        return None
    when = read_when(reader, given["when"][1], what, depth=0) if "when" in given else None
    if "from" not in given:
        if given.lacks("from"):
            hint = "name an event type, such as 'platform.report'"
            reader.error("missing-key", node, f"{what} needs 'from'", hint)
        return None
    patterns = read_patterns(reader, given["from"][1], what)
    advise_drop_rule(reader, node, given, patterns, when)
    return None if reader.errors > before else DropRule(patterns, when)


def _read_families(
    reader: MappingReader, document: Document, entries: Entries, defaults: Defaults, included: Included
) -> dict[str, Family]:
    """Read the families of this file, over those that it includes."""
    if entries.lacks("metrics") and entries.lacks("include"):
        reader.error("missing-key", document.root, "the mapping needs 'metrics' or 'include'")
    families = dict(included.families)
    sound = (
        included.is_sound
        and not reader.totals.told
        and {"include", "prefix"}.isdisjoint(entries.meant | defaults.unread)
    )
    written: dict[str, ScalarNode] = {}
    named = {family.name: Named(family.name, family.type, family.place) for family in families.values()}
    for key, node in _written_families(reader, entries):
        name = key.text if key.text in included.families else defaults.prefix + key.text
        if name in written:
            message = f"the metric {name!r} is written twice: as {written[name].text!r}, and as {key.text!r}"
            reader.error("name-collision", key, message, related=(written[name], "it is here first"))
            continue
        written[name] = key
        named.pop(name, None)
        if isinstance(node, ScalarNode) and node.is_null:
            if families.pop(name, None) is None and sound:
                _report_nothing(reader, key, name, included)
            continue
        head, family = read_family(reader, key, node, name, defaults)
        if head.type is not None:
            named[name] = Named(name, head.type, reader.place(key.span))
        if family is not None:
            families[name] = family
    report_conflicts(reader, included, written)
    check_collisions(reader, named.values())
    return families


def _written_families(reader: MappingReader, entries: Entries) -> tuple[tuple[ScalarNode, Node], ...]:
    if "metrics" not in entries:
        return ()
    node = entries["metrics"][1]
    if isinstance(node, ScalarNode) and node.is_null and entries.foreign:
        return ()  # the families stand at the top, and were told to be unknown keys there
    return reader.pairs(node, "'metrics'") or ()


def _report_nothing(reader: MappingReader, key: ScalarNode, name: str, included: Included) -> None:
    way_out = "write what it is below it; a metric with nothing below removes one of an included mapping"
    suggestions = reader.suggestions
    hint = suggestions.nearest(name, included.families) or suggestions.nearest(key.text, included.families) or way_out
    reader.error("nothing-to-remove", key, f"no included mapping has a metric {name!r}", hint)
