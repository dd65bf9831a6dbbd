"""Read what selects the items of a rule: `from`, `parse`, `each` and `when`, its own or those of its group."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from telemap.check.conditions import read_when
from telemap.check.drafts import Selection
from telemap.check.labels import count_texts
from telemap.check.limits_of_all_files import MAX_INHERITED, MAX_PATTERNS
from telemap.check.parse import read_parse
from telemap.check.paths import ANY_DEPTH, count_steps, read_path
from telemap.document.nodes import ListNode, MapNode, Node, ScalarNode
from telemap.model import AllOf
from telemap.path.parse import Wanted
from telemap.patterns import is_pattern

if TYPE_CHECKING:
    from telemap.check.drafts import GroupDraft
    from telemap.check.mapping_reader import MappingReader
    from telemap.path import Path
    from telemap.reading.entries import Entries

EVENT_TYPE = "name an event type, such as 'platform.report'"

MAX_STARS = 8
"""Maximum number of `*` in a pattern: each adds a search."""

MAX_EACH = 4
"""Maximum number of steps of `each`: no telemetry is nested deeper."""


def read_selection(reader: MappingReader, what: str, entries: Entries, above: Selection | None = None) -> Selection:
    """Read `from`, `parse` and `each`; what is missing comes from above.

    Args:
        reader: collects the problems.
        what: the rule or group in messages.
        entries: its keys.
        above: those of the group.
    """
    above = above or Selection()
    patterns, patterns_node, has_patterns = above.patterns, above.patterns_node, above.has_patterns
    if not entries.lacks("from"):
        patterns_node = entries["from"][1] if "from" in entries else None
        patterns = () if patterns_node is None else read_patterns(reader, patterns_node, what)
        has_patterns = True
    parse, has_parse, parse_path = above.parse, above.has_parse, above.parse_path
    if not entries.lacks("parse"):
        parse = read_parse(reader, entries["parse"][1], f"'parse' of {what}") if "parse" in entries else None
        has_parse, parse_path = True, _parse_path(entries)
    each, each_nodes, depth, steps = above.each, above.each_nodes, above.depth, above.steps
    if not entries.lacks("each"):
        before = reader.totals.steps
        each = _read_each(reader, entries["each"][1], f"'each' of {what}") if "each" in entries else ()
        each_nodes = _each_nodes(entries)
        depth = len(each_nodes) or ANY_DEPTH  # an invalid or misspelt `each` must not cause more problems
        steps = reader.totals.steps - before
    return Selection(
        patterns=patterns,
        patterns_node=patterns_node,
        has_patterns=has_patterns,
        parse=parse,
        has_parse=has_parse,
        parse_path=parse_path,
        each=each,
        each_nodes=each_nodes,
        depth=depth,
        steps=steps,
    )


def inherited(reader: MappingReader, node: Node, what: str, entries: Entries, group: GroupDraft) -> GroupDraft:
    """Return what a rule takes from its group; nothing beyond the limit of all rules together.

    Args:
        reader: collects the problems.
        node: the rule.
        what: its name in messages.
        entries: its keys.
        group: the group that it belongs to.
    """
    totals = reader.totals
    totals.inherited += 1 if group.when_node is None else count_texts(reader, group.when_node)
    totals.inherited += len(group.selection.patterns) if entries.lacks("from") else 0
    if totals.inherited <= MAX_INHERITED:
        count_steps(reader, node, group.selection.steps if entries.lacks("each") else 0)
        return group
    if totals.passes("inherited", totals.inherited, MAX_INHERITED):
        message = f"with {what}, all rules inherit more than {MAX_INHERITED:,} event types and words of conditions"
        reader.error("too-complex", node, message, "move conditions of large groups into their rules")
    reader.errors += 1
    return replace(group, selection=Selection(has_patterns=True, depth=ANY_DEPTH), when_node=None)


def read_all_when(
    reader: MappingReader, what: str, entries: Entries, depth: int, group: GroupDraft | None
) -> list[tuple[Node, AllOf]]:
    """Read the conditions of a rule's group, then its own, each list with its node.

    Args:
        reader: collects the problems.
        what: the rule in messages.
        entries: its keys.
        depth: the number of steps of its `each`.
        group: what it takes from its group.
    """
    lists = []
    if group is not None and group.when_node is not None:
        lists.append((group.when_node, read_group_when(reader, group.when_node, group.what, depth)))
    if "when" in entries:
        node = entries["when"][1]
        lists.append((node, read_when(reader, node, what, depth=depth)))
    return lists


def joined(lists: list[tuple[Node, AllOf]]) -> AllOf | None:
    """Join lists of conditions, which must all hold; None if there is none."""
    return AllOf(tuple(one for _, when in lists for one in when.conditions)) if lists else None


def read_group_when(reader: MappingReader, node: Node, what: str, depth: int) -> AllOf:
    """Read the conditions of a group, once for each depth at which its rules run them."""
    key = ("when", id(node), depth)
    if key not in reader.readings:
        errors, steps = reader.errors, reader.totals.steps
        when = read_when(reader, node, what, depth=depth)
        reader.readings[key] = when, reader.errors - errors, reader.totals.steps - steps
        return when
    read: tuple[AllOf, int, int] = reader.readings[key]
    when, errors, steps = read
    reader.errors += errors
    count_steps(reader, node, steps)
    return when


def read_patterns(reader: MappingReader, node: Node, what: str) -> tuple[str, ...]:
    """Read an event type or pattern, or a list of them."""
    nodes = reader.items(node, f"'from' of {what}", hint=EVENT_TYPE) if isinstance(node, ListNode) else (node,)
    texts = [_read_pattern(reader, item, f"'from' of {what}") for item in nodes or ()]
    known = reader.totals.patterns
    known.update(text for text in texts if text is not None and is_pattern(text))
    if reader.totals.passes("patterns", len(known), MAX_PATTERNS):
        message = f"with 'from' of {what}, there are more than {MAX_PATTERNS} different patterns"
        reader.error("too-complex", node, message)
    return tuple(text for text in texts if text is not None)


def _read_pattern(reader: MappingReader, node: Node, what: str) -> str | None:
    text = reader.text(node, what, hint=EVENT_TYPE)
    if text is not None and text.count("*") > MAX_STARS:
        reader.error("wrong-value", node, f"{what} has {text.count('*')} '*'; at most {MAX_STARS} are allowed")
        return None
    return text


def _read_each(reader: MappingReader, node: Node, what: str) -> tuple[Path, ...]:
    """Read the path of items, or a list of nested paths."""
    nodes = reader.items(node, what) if isinstance(node, ListNode) else (node,)
    nodes = nodes or ()
    if len(nodes) > MAX_EACH:
        reader.error("wrong-value", node, f"{what} has {len(nodes)} steps; at most {MAX_EACH} are allowed")
        return ()
    paths = [read_path(reader, item, what, depth=depth, wanted=Wanted.ANY) for depth, item in enumerate(nodes)]
    return tuple(path for path in paths if path is not None)


def _each_nodes(entries: Entries) -> tuple[Node, ...]:
    if "each" not in entries:
        return ()
    node = entries["each"][1]
    items = node.items if isinstance(node, ListNode) else (node,)
    return items if len(items) <= MAX_EACH and not isinstance(node, MapNode) else ()


def _parse_path(entries: Entries) -> ScalarNode | None:
    parse = entries["parse"][1] if "parse" in entries else None
    given = {key.text: value for key, value in parse.entries} if isinstance(parse, MapNode) else {}
    path = given.get("of")
    return path if isinstance(path, ScalarNode) else None
