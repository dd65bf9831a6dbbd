"""A reader of the nodes of a mapping: it also counts what all files of the mapping come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.reading.node_reader import NodeReader

if TYPE_CHECKING:
    from telemap.check.limits_of_all_files import Totals
    from telemap.document.nodes import Document
    from telemap.problem.place import Span


class MappingReader(NodeReader):
    """The problems of one file of a mapping, and the reading of its nodes.

    Attributes:
        totals: what this file and the others of the same mapping come to.
        faulty_paths: paths with a fault: one problem is enough, though a label is read for each source.
    """

    def __init__(self, document: Document, totals: Totals) -> None:
        super().__init__(document)
        self.totals = totals
        self.faulty_paths: set[Span] = set()
