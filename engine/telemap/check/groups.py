"""Read `groups`, which say once what the rules of several metrics have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from telemap.check.drafts import GroupDraft
from telemap.check.paths import ANY_DEPTH
from telemap.check.selection import read_group_when, read_selection
from telemap.check.sources import read_own_labels
from telemap.document.nodes import ScalarNode
from telemap.keys import tables as keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.check.mapping_reader import MappingReader
    from telemap.document.nodes import Node
    from telemap.reading.entries import Entries


class WrittenMetric(NamedTuple):
    """A metric as written: its key, its node, and its group if it has one."""

    key: ScalarNode
    node: Node
    group: GroupDraft | None


def written_metrics(reader: MappingReader, entries: Entries) -> Iterator[WrittenMetric]:
    """Yield the metrics of a file in the order of its text, those of groups included."""
    for name in list(entries):
        if name == "metrics":
            yield from _metrics(reader, entries, "'metrics'", None)
        elif name == "groups":
            for number, node in enumerate(reader.items(entries["groups"][1], "'groups'") or (), 1):
                yield from _metrics_of_group(reader, node, f"group {number}")


def _metrics(reader: MappingReader, entries: Entries, what: str, group: GroupDraft | None) -> Iterator[WrittenMetric]:
    node = entries["metrics"][1]
    if isinstance(node, ScalarNode) and node.is_null and entries.foreign:
        return  # metrics one level too high were reported as unknown keys
    for key, value in reader.pairs(node, what) or ():
        yield WrittenMetric(key, value, group)


def _metrics_of_group(reader: MappingReader, node: Node, what: str) -> Iterator[WrittenMetric]:
    entries = reader.entries(node, what, keys.GROUP, keys.GROUP_ELSEWHERE)
    if entries is None:
        return
    when_node = entries["when"][1] if "when" in entries else None
    group = GroupDraft(
        node=node,
        what=what,
        selection=read_selection(reader, what, entries),
        when_node=when_node,
        labels=read_own_labels(reader, entries, what),
    )
    if when_node is not None:
        # Also if each of its rules has an `each` of its own, or there is none.
        read_group_when(reader, when_node, what, ANY_DEPTH)
    if "metrics" in entries:
        yield from _metrics(reader, entries, f"'metrics' of {what}", group)
    elif entries.lacks("metrics"):
        reader.error("missing-key", node, f"{what} needs 'metrics'", "move the metrics that it is for into it")
