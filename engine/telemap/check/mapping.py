"""Check a whole document and everything it includes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from telemap.check.conditions import read_when
from telemap.check.defaults import read_defaults
from telemap.check.drafts import DropDraft, FamilyDraft, FileDraft
from telemap.check.families import read_family
from telemap.check.groups import written_metrics
from telemap.check.includes import Included, include_all, report_conflicts
from telemap.check.init import check_total
from telemap.check.limits_of_all_files import Totals
from telemap.check.mapping_reader import MappingReader
from telemap.check.names import Named, check_collisions
from telemap.check.new_fields import read_new_fields
from telemap.check.selection import read_patterns
from telemap.digest import sha256_of
from telemap.document.builder import MAPPING_FILE
from telemap.document.nodes import ListNode, MapNode, ScalarNode
from telemap.errors import MappingError
from telemap.keys import tables as keys
from telemap.keys.places import place_of_key
from telemap.model import DropRule, Family, Mapping
from telemap.problem import Problem, Severity
from telemap.problem.place import Place
from telemap.reading.entries import Misplaced, is_slip
from telemap.reading.scalars import is_number, number_of
from telemap.resources import relative_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.check.drafts import Defaults
    from telemap.document.nodes import Document, Node
    from telemap.reading.entries import Entries

_Read: TypeAlias = "Callable[[str, str], Document]"

_Advise: TypeAlias = "Callable[[MappingReader, FileDraft], None]"

VERSION = 1
"""The version of the mapping language that telemap speaks."""

_VERSION_HINT = "begin the file with 'version: 1'"

SERIES_LIMIT_TOTAL = 10_000
"""Default of `series_limit_total`: the maximum number of series in one process."""


def check(document: Document, read: _Read, advise: _Advise, *, to_gateway: bool = True) -> Mapping:
    """Turn a document into a mapping.

    Args:
        document: the mapping as read.
        read: reads an included document, given its name and that of the including file.
        advise: adds warnings about probable mistakes in a file.
        to_gateway: whether a Pushgateway may get the metrics, which has names of its own.

    Raises:
        MappingError: the document or an included file has errors; has all problems, in the order of lines in each file.
    """
    checked = _Checker(read, advise, Totals(to_gateway=to_gateway)).check(document, ())
    problems = tuple(dict.fromkeys(checked.problems))  # a conflict may occur in several files
    if not checked.is_sound:
        raise MappingError(problems)
    digest = document.sha256
    if checked.digests[1:]:
        digest = sha256_of("".join(checked.digests).encode())
    limit = checked.series_limit_total or SERIES_LIMIT_TOTAL
    families = tuple(checked.families.values())
    return Mapping(document.name, digest, checked.drop, families, limit, problems)


class _Checker:
    """Checks a document and everything it includes.

    Args:
        read: reads an included document, given its name and that of the including file.
        advise: adds warnings about probable mistakes in a file.
        totals: the counts over all files, all still 0.
    """

    def __init__(self, read: _Read, advise: _Advise, totals: Totals) -> None:
        self._read = read
        self._advise = advise
        self._totals = totals
        self._done: dict[str, Included] = {}

    def check(self, document: Document, chain: tuple[str, ...]) -> Included:
        """Check the included documents, then this one.

        Args:
            document: the mapping as read.
            chain: the names of the including documents.
        """
        reader = MappingReader(document, self._totals)
        self._totals.nodes += document.nodes
        self._totals.characters += document.characters
        if self._totals.is_too_large:
            return Included()  # the including document reports it
        if not _is_mapping(document.root):
            return Included(problems=[_no_mapping(document)])
        entries = reader.entries(document.root, "the mapping", keys.TOP, misplaced=_misplaced_metric)
        if entries is None:
            return Included(problems=reader.problems)
        _check_version(reader, document, entries)
        chain = (*chain, relative_to("", document.name))
        included = include_all(reader, entries, chain, self._check_included)
        defaults = read_defaults(reader, entries)
        limit = defaults.series_limit_total or included.series_limit_total
        reader.new_fields = read_new_fields(reader, entries)
        drop = _read_drop(reader, entries)
        drafts, families = _read_families(reader, document, entries, defaults, included)
        if not reader.errors:
            reader.refuse_unread_keys()
        self._advise(reader, FileDraft(drop, drafts, families, included))
        if len(chain) == 1:
            check_total(reader, families.values(), limit or SERIES_LIMIT_TOTAL)
        return Included(
            families=families,
            drop=(*included.drop, *(draft.rule for draft in drop if draft.rule is not None)),
            series_limit_total=limit,
            digests=(document.sha256, *included.digests),
            problems=[*included.problems, *sorted(reader.problems, key=_position)],
        )

    def _check_included(self, text: str, chain: tuple[str, ...]) -> Included:
        """Check an included document; a document that is included twice has one result."""
        name = relative_to(chain[-1], text)
        if name not in self._done:
            self._done[name] = self.check(self._read(text, chain[-1]), chain)
        return self._done[name]


def _is_mapping(root: Node) -> bool:
    """Return whether a file has any key of a mapping, right or misspelt, or a metric at its top level."""
    if isinstance(root, ListNode):
        return any(isinstance(item, MapNode) and _is_mapping(item) for item in root.items)
    return isinstance(root, MapNode) and (
        not root.entries or any(_is_top_key(key.text) or _is_metric(value) for key, value in root.entries)
    )


def _is_top_key(text: str) -> bool:
    return text in keys.TOP or any(is_slip(text, word) for word in keys.TOP)


def _is_metric(node: Node) -> bool:
    return isinstance(node, MapNode) and any(key.text == "type" for key, _ in node.entries)


def _no_mapping(document: Document) -> Problem:
    """Report a file that is something else, without a line of it, which may be a secret."""
    kinds = {MapNode: "a map without any key of a mapping", ListNode: "a list", ScalarNode: "text"}
    message = f"the file is not a mapping, but {kinds[type(document.root)]}"
    place = Place(document.name, document.root.span, "")
    return Problem("wrong-type", Severity.ERROR, message, document.name, place, MAPPING_FILE.beginning)


def _misplaced_metric(key: ScalarNode, value: Node) -> Misplaced | None:
    """Report a metric at the top level, or another misplaced key, and where it belongs."""
    if _is_metric(value):
        return Misplaced("indent it: metrics belong under 'metrics:'")
    return place_of_key(keys.TOP, key, value)


def _position(problem: Problem) -> tuple[int, int]:
    return (problem.place.span.line, problem.place.span.column) if problem.place else (0, 0)


def _check_version(reader: MappingReader, document: Document, entries: Entries) -> None:
    if "version" not in entries:
        if entries.lacks("version"):
            reader.error("missing-key", document.root, "the mapping needs 'version'", _VERSION_HINT)
        return
    node = entries["version"][1]
    if not is_number(node) or number_of(node) != VERSION:
        reader.error("wrong-value", node, "the only supported version is 1", "write 'version: 1', without quotes")


def _read_drop(reader: MappingReader, entries: Entries) -> tuple[DropDraft, ...]:
    """Read `drop`, the events that no metric sees."""
    if "drop" not in entries:
        return ()
    items = reader.items(entries["drop"][1], "'drop'") or ()
    drafts = [_read_drop_rule(reader, item, f"rule {number} of 'drop'") for number, item in enumerate(items, 1)]
    return tuple(draft for draft in drafts if draft is not None)


def _read_drop_rule(reader: MappingReader, node: Node, what: str) -> DropDraft | None:
    before = reader.errors
    given = reader.entries(node, what, keys.DROP)
    if given is None:
        return None
    when_node = given["when"][1] if "when" in given else None
    when = None if when_node is None else read_when(reader, when_node, what, depth=0)
    if "from" not in given:
        if given.lacks("from"):
            hint = "name an event type, such as 'platform.report'"
            reader.error("missing-key", node, f"{what} needs 'from'", hint)
        return None
    patterns_node = given["from"][1]
    patterns = read_patterns(reader, patterns_node, what)
    rule = None if reader.errors > before else DropRule(patterns, when, reader.place(node.span))
    return DropDraft(node, patterns_node, patterns, when_node, when, rule)


def _read_families(
    reader: MappingReader, document: Document, entries: Entries, defaults: Defaults, included: Included
) -> tuple[tuple[FamilyDraft, ...], dict[str, Family]]:
    """Read the metrics of this file, which replace included ones."""
    if all(map(entries.lacks, ("metrics", "groups", "include"))):
        reader.error("missing-key", document.root, "the mapping needs 'metrics', 'groups' or 'include'")
    families = dict(included.families)
    sound = (
        included.is_sound
        and not reader.totals.reported
        and {"include", "prefix"}.isdisjoint(entries.misspelt | defaults.unread)
    )
    written: dict[str, ScalarNode] = {}
    drafts: list[FamilyDraft] = []
    named = {family.name: Named(family.name, family.type, family.place) for family in families.values()}
    for metric in written_metrics(reader, entries):
        key, node, _ = metric
        name = key.text if key.text in included.families else defaults.prefix + key.text
        if name in written:
            message = f"metric {name!r} is defined twice"
            if written[name].text != key.text:
                message += f": as {written[name].text!r} and as {key.text!r}"
            hint = "rename one of them; rules of one metric are listed under 'sources'"
            reader.error("name-collision", key, message, hint, (written[name], "first defined here"))
            continue
        written[name] = key
        named.pop(name, None)
        if isinstance(node, ScalarNode) and node.is_null:
            if families.pop(name, None) is None and sound:
                _report_nothing(reader, key, name, included)
            continue
        draft, family = read_family(reader, metric, name, defaults)
        if draft is not None:
            drafts.append(draft)
        if draft is not None and draft.head.type is not None:
            named[name] = Named(name, draft.head.type, reader.place(key.span))
        if family is not None:
            families[name] = family
    report_conflicts(reader, included, written)
    check_collisions(reader, named.values())
    return tuple(drafts), families


def _report_nothing(reader: MappingReader, key: ScalarNode, name: str, included: Included) -> None:
    fallback = "define it below its name; a metric without a definition removes one of an included mapping"
    suggestions = reader.suggestions
    hint = suggestions.nearest(name, included.families) or suggestions.nearest(key.text, included.families) or fallback
    reader.error("nothing-to-remove", key, f"no included mapping defines metric {name!r}", hint)
