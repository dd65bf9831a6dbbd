"""A reader of a mapping's nodes, with counts over all its files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from telemap.keys.places import place_of_key
from telemap.model import MetricType
from telemap.reading.node_reader import NO_WORDS, NodeReader

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from telemap.check.limits_of_all_files import Totals
    from telemap.document.nodes import Document, Node, ScalarNode
    from telemap.problem.place import Span
    from telemap.reading.entries import Entries, Misplaced


class MappingReader(NodeReader):
    """Reads the nodes of one file of a mapping, and collects its problems.

    Attributes:
        totals: counts over all files of the mapping.
        readings: results for nodes that are read again for each rule that inherits them.
        faulty_paths: invalid paths, each reported once, although a label is read for each rule.
        objects: all objects that were read.
        new_fields: the paths of `new_fields`.
    """

    def __init__(self, document: Document, totals: Totals) -> None:
        super().__init__(document, totals.suggestions)
        self.totals = totals
        self.readings: dict[tuple[Hashable, ...], Any] = {}
        self.faulty_paths: set[Span] = set()
        self.objects: list[Entries] = []
        self.new_fields: tuple[str, ...] = ()

    def entries(
        self,
        node: Node,
        what: str,
        keys: frozenset[str],
        others: Mapping[str, str] = NO_WORDS,
        *,
        hint: str | None = None,
        misplaced: Callable[[ScalarNode, Node], Misplaced | None] | None = None,
    ) -> Entries | None:
        """Read an object with known keys, and record it."""
        places = misplaced or partial(place_of_key, keys)
        entries = super().entries(node, what, keys, others, hint=hint, misplaced=places)
        if entries is not None:
            self.objects.append(entries)
        return entries

    def refuse_unread_keys(self) -> None:
        """Report keys that were never read, so that no key is silently ignored."""
        for entries in self.objects:
            for name in entries.keys() - entries.read:
                self.error("unknown-key", entries[name][0], f"{name!r} has no effect here", "remove it")

    def key_for_type(
        self, key: ScalarNode, what: str, metric_type: MetricType | None, help_: str | None = None
    ) -> None:
        """Report a key that metrics of a type cannot have.

        Args:
            key: a key that only some types accept.
            what: the metric or its rule in messages.
            metric_type: None if it is unknown.
            help_: the fix, if several types accept the key.
        """
        if metric_type is None or key.text in metric_type.row.keys:
            return
        others = [one.value for one in MetricType if key.text in one.row.keys]
        kind = f"a {metric_type.value}"
        if len(others) == 1:
            kind = f"not a {others[0]}"
            help_ = f"remove {key.text!r}, or write 'type: {others[0]}'"
        self.error("key-not-for-type", key, f"{what} is {kind} and cannot have {key.text!r}", help_)
