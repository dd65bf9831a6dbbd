"""Read paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.check import limits_of_all_files as totals
from telemap.model import FirstOf
from telemap.path import Path, PathFault
from telemap.path.parse import Wanted, looks_like_path, parse_path
from telemap.reading.scalars import is_number

if TYPE_CHECKING:
    from telemap.check.mapping_reader import MappingReader
    from telemap.document.nodes import Node
    from telemap.reading.entries import Entries

MAX_STEPS = 64
"""Maximum number of steps of a path: far more than people write; each is a line of generated code."""

ANY_DEPTH = 1000
"""More steps of `each` than allowed; stands for an unknown number of steps."""

_NAMES = re.compile(r"\.[^\W\d]")
"""The start of text that looks like a path below `each`, but is invalid: only ASCII letters may follow the `.`."""


def read_path(reader: MappingReader, node: Node, what: str, *, depth: int, wanted: Wanted = Wanted.ONE) -> Path | None:
    """Read a path.

    Args:
        reader: collects the problems.
        node: the node that should be a path.
        what: its name in messages.
        depth: the number of steps of the surrounding `each`.
        wanted: the number of nodes that it may find.
    """
    text = reader.text(node, what, wanted="a path")
    if text is None:
        return None
    if not looks_like_path(text) or is_number(node):
        reader.error("wrong-value", node, f"{what} must be a path, not {text!r}", path_hint(text, depth))
        return None
    if node.span in reader.faulty_paths:
        reader.errors += 1
        return None
    try:
        path = parse_path(text, depth=depth, wanted=wanted, examining=reader.totals.examine)
        _bound(reader, node, path, counts=depth != ANY_DEPTH)
    except PathFault as fault:
        reader.faulty_paths.add(node.span)
        _report(reader, node, fault)
        return None
    return path


def _report(reader: MappingReader, node: Node, fault: PathFault) -> None:
    """Report a problem with a path; report only once that all paths together are too long."""
    reported = reader.totals.reported
    if fault.code == "too-complex" and "paths" in reported:
        reader.errors += 1
        return
    if fault.code == "too-complex":
        reported.add("paths")
    reader.error(fault.code, node, str(fault), fault.help)


def path_hint(text: str, depth: int) -> str:
    """Return how to write a path, for text that is none.

    Args:
        text: the text.
        depth: the number of steps of the surrounding `each`.
    """
    if looks_like_path(text):
        return "put it in quotes: YAML reads it as a number"
    if _NAMES.match(text):
        return f"write {below_item(text)!r}"
    from telemap.foreign.paths import meant_path  # noqa: PLC0415 - only when something is wrong

    path = meant_path(text, in_each=0 < depth < ANY_DEPTH)
    return "a path begins with '$.'" if path is None else f"write {path!r}"


def below_item(text: str) -> str:
    """Return the path for a name below `each` that does not start with an ASCII letter."""
    name = re.split(r"[.\[]", text[1:], maxsplit=1)[0]
    return f".['{name}']{text[1 + len(name) :]}"


def _bound(reader: MappingReader, node: Node, path: Path, *, counts: bool) -> None:
    """Limit the steps of a path, and of all paths together if it belongs to a rule."""
    steps = path.query.count(".") + path.query.count("[") if path.steps is None else len(path.steps)
    if path.steps is not None and steps > MAX_STEPS:
        raise PathFault("path-syntax", f"the path has {steps} steps; at most {MAX_STEPS} are allowed", "shorten it")
    if counts:
        count_steps(reader, node, steps)


def count_steps(reader: MappingReader, node: Node, steps: int) -> None:
    """Count the steps of a rule's paths; report if all rules together have too many."""
    reader.totals.steps += steps
    if reader.totals.passes("steps", reader.totals.steps, totals.MAX_STEPS):
        message = (
            f"the paths of all rules have more than {totals.MAX_STEPS:,} steps, counting inherited labels for each"
        )
        reader.error("too-complex", node, message)


def read_paths(reader: MappingReader, node: Node, what: str, *, depth: int) -> tuple[Path, ...]:
    """Read a list of paths, each of which finds one node."""
    items = reader.items(node, what) or ()
    paths = [read_path(reader, item, f"a path of {what}", depth=depth) for item in items]
    return tuple(path for path in paths if path is not None)


def read_origin_paths(reader: MappingReader, entries: Entries, what: str, depth: int) -> FirstOf | None:
    """Read `path` or `first_of`."""
    if "path" in entries:
        path = read_path(reader, entries["path"][1], f"'path' of {what}", depth=depth)
        return None if path is None else FirstOf((path,))
    paths = read_paths(reader, entries["first_of"][1], f"'first_of' of {what}", depth=depth)
    return FirstOf(paths) if paths else None
