"""Read paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check.findings import is_number
from telemap.path import Path, PathFault
from telemap.path.parse import Wanted, looks_like_path, parse_path

if TYPE_CHECKING:
    from telemap.check.findings import Findings
    from telemap.document.nodes import Node


def read_path(findings: Findings, node: Node, what: str, *, depth: int, wanted: Wanted = Wanted.ONE) -> Path | None:
    """Read a path.

    Args:
        findings: where problems go.
        node: the scalar that should be one.
        what: how messages call it.
        depth: how many steps of `each` are around it.
        wanted: how many nodes it may find.
    """
    text = findings.text(node, what, wanted="a path")
    if text is None:
        return None
    if not looks_like_path(text) or is_number(node):
        hint = "put it in quotes: YAML reads a number" if looks_like_path(text) else "a path begins with '$.'"
        findings.error("wrong-value", node, f"{what} must be a path, {text!r} is none", hint)
        return None
    try:
        return parse_path(text, depth=depth, wanted=wanted)
    except PathFault as fault:
        findings.error(fault.code, node, str(fault), fault.help)
        return None


def read_paths(findings: Findings, node: Node, what: str, *, depth: int) -> tuple[Path, ...]:
    """Read a list of paths that each find one node."""
    items = findings.items(node, what) or ()
    paths = [read_path(findings, item, f"a path of {what}", depth=depth) for item in items]
    return tuple(path for path in paths if path is not None)
