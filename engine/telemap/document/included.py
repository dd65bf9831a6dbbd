"""Read files that a mapping includes: a mapping may come from anywhere, and so may the names in it.

Problems show lines of files. So that nobody makes CI show those of a file with passwords by including it, only files
that are mappings are shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from telemap.document.loader import read_document
from telemap.document.nodes import ListNode, MapNode, ScalarNode
from telemap.errors import MappingError
from telemap.problem import Problem, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from telemap.document.nodes import Document, Node
    from telemap.problem.place import Place

_VERSION = re.compile(r"""^[ \t{]*+["']?version["']?[ \t]*:[ \t]*1(?:\.0*)?[ \t]*(?:[,#}].*)?$""", re.MULTILINE)
_CONTENT = re.compile(r"""^[ \t{]*+["']?(?:metrics|groups|include)["']?[ \t]*:""", re.MULTILINE)
_MAX_CHARACTERS = 1024 * 1024

_WITHIN = "here, only files in this folder and below it can be read"

_CONTENT_KEYS = {"metrics", "groups", "include"}


def read_included(path: Path, name: str, root: Path | None) -> Document:
    """Read an included file into a document.

    Args:
        path: the file.
        name: its name in problems.
        root: the folder that it must be in, links followed; any when None.

    Raises:
        MappingError: it cannot be read, is elsewhere, or is not a mapping; or it is one that is not plain YAML.
    """
    require_within(path, name, root)
    try:
        document = read_document(path, name)
    except MappingError as error:
        if any(problem.place is not None for problem in error.problems) and not _looks_like_mapping(path):
            _refuse_other(name)
        raise
    if not _is_mapping(document.root):
        _refuse_other(name)
    return document


def require_within(path: Path, name: str, root: Path | None, place: Place | None = None) -> None:
    """Require that a file is in a folder or below it, links followed.

    Raises:
        MappingError: it is elsewhere.
    """
    if root is not None and not _is_within(path, root):
        message = f"the file is outside of {root}" if place is None else f"{name} is outside of {root}"
        file = place.file if place else name
        raise MappingError([Problem("file-unreadable", Severity.ERROR, message, file, place, _WITHIN)])


def _is_within(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError):  # a NUL in the name; links in a circle
        return False


def _is_mapping(root: Node) -> bool:
    """Return whether a document has what makes it a mapping, however much else is wrong with it."""
    if not isinstance(root, MapNode):
        return False
    values = {key.text: value for key, value in root.entries}
    version = values.get("version")
    if isinstance(version, ScalarNode) and version.text in {"1", "1.0"} and not _CONTENT_KEYS.isdisjoint(values):
        return True
    return any(_has_metric(node) for node in (root, *_items(values.get("groups"))))


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, ListNode) else ()


def _has_metric(node: Node) -> bool:
    """Return whether the top level or a group has metrics."""
    entries = node.entries if isinstance(node, MapNode) else ()
    metrics = next((value for key, value in entries if key.text == "metrics"), None)
    return isinstance(metrics, MapNode) and any(_is_metric(one) for _, one in metrics.entries)


def _is_metric(node: Node) -> bool:
    keys = {key.text for key, _ in node.entries} if isinstance(node, MapNode) else set()
    return "type" in keys and not keys.isdisjoint({"help", "from", "rules"})


def _looks_like_mapping(path: Path) -> bool:
    """Return the same of a text that is not YAML to its end."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            text = file.read(_MAX_CHARACTERS)
    except OSError:
        return False
    return _VERSION.search(text) is not None and _CONTENT.search(text) is not None


def _refuse_other(name: str) -> NoReturn:
    _refuse(
        name,
        "the file is not a mapping",
        "an included mapping needs 'version: 1', and 'metrics', 'groups' or 'include'",
    )


def _refuse(name: str, message: str, help_: str | None = None) -> NoReturn:
    raise MappingError([Problem("file-unreadable", Severity.ERROR, message, name, help=help_)])
