"""The mapping of the editor, loaded from its text."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, NoReturn

from telemap.compiler import compile as compile_mapping
from telemap.document.loader import parse_document
from telemap.document.nodes import ListNode, MapNode
from telemap.errors import MappingError
from telemap.load import check_document, read_included
from telemap.problem import Problem, Severity
from telemap.problem.formats import as_record
from telemap.resources import SHIPPED, relative_to
from telemap.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from telemap.document.nodes import Document, Node
    from telemap.model import Mapping
    from telemap.plan import Plan


class GivenMapping:
    """A mapping as far as its text is valid.

    Args:
        name: its name in problems.
        text: its text, without halves of surrogate pairs.
        folder: the folder that must contain the files that it includes; None if it may include no files.

    Attributes:
        mapping: None if it has errors.
        plan: the compiled mapping, likewise.
        problems: all of them, in file order.
        reads_files: whether it includes files, which may change.
    """

    def __init__(self, name: str, text: str, folder: str | None) -> None:
        self.name = name
        self.text = text
        self.mapping: Mapping | None = None
        self.plan: Plan | None = None
        self._documents: dict[str, Document] = {}
        self.reads_files = False
        try:
            self._load(_refuse_file if folder is None else partial(read_included, root=folder))
        except MappingError as error:
            self.problems: Sequence[Problem] = error.problems

    def _load(self, read: Callable[[str, str], Document]) -> None:
        """Load and compile the mapping, as `telemap validate` does.

        Raises:
            MappingError: it has errors.
        """
        document = self._documents[self.name] = parse_document(self.text.encode(), self.name)

        def read_and_keep(written: str, including: str) -> Document:
            name = relative_to(including, written)
            if name.startswith(SHIPPED):
                found = _shipped(name)
            else:
                self.reads_files = True
                found = read(written, including)
            return self._documents.setdefault(found.name, found)

        mapping = check_document(document, read_and_keep)
        plan = compile_mapping(mapping)
        Store(plan, env={})
        self.mapping, self.plan, self.problems = mapping, plan, mapping.warnings

    def document(self, name: str) -> Document:
        """Return one of the documents that it consists of.

        Raises:
            MappingError: there is none of this name.
        """
        if name not in self._documents:
            raise MappingError([Problem("file-unreadable", Severity.ERROR, "no such document", name)])
        return self._documents[name]

    def problem_documents(self) -> list[dict[str, Any]]:
        """Return the problems as `telemap validate --format json` lists them, each with its section's address."""
        return [{**as_record(one), "url": f"reference/problems.html#{one.code}"} for one in self.problems]


@cache
def _shipped(name: str) -> Document:
    """Read a shipped mapping, which never changes, once: YAML takes longer than all the rest."""
    return read_included(name, "")


def _refuse_file(written: str, including: str) -> NoReturn:
    """Refuse to read an included file.

    Raises:
        MappingError: always.
    """
    message = "there are no files here: only shipped mappings can be included, such as telemap:platform"
    name = relative_to(including, written)
    raise MappingError([Problem("file-unreadable", Severity.ERROR, message, name)])


def metric_names(root: Node) -> list[str]:
    """Return the names of the metrics in a document, those of groups included, as they are written."""
    top = dict(_entries(root))
    groups = top.get("groups")
    holders = [top, *(dict(_entries(one)) for one in (groups.items if isinstance(groups, ListNode) else ()))]
    return [name for holder in holders if "metrics" in holder for name, _ in _entries(holder["metrics"])]


def _entries(node: Node) -> Iterator[tuple[str, Node]]:
    for key, value in node.entries if isinstance(node, MapNode) else ():
        yield key.text, value
