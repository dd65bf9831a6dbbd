"""Read the text of JSON paths.

A path of names and indexes alone is *plain* and is compiled to direct access. Everything else is left to jsonpath-ng's
extended dialect (`telemap.path.jsonpath`), which is imported when the first path needs it. Both mean the same: names
are looked up in objects only, indexes in arrays only, negative ones count from the end.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from telemap.path import RESERVED, Path, PathFault, Root, Step

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_LENGTH = 1024
"""Longest path, in characters: far longer than people write; jsonpath-ng recurses over its steps."""

_LOOKS_LIKE_PATH = re.compile(r"\$(?:$|key$|parent$|[.\[])|\$parent[.\[]|\.(?:$|[A-Za-z\[*])")

_ROOT = re.compile(r"\$parent\.\$key$|\$key$|\$parent(?=$|[.\[])|\$|\.(?=$|\[)|(?=\.)")
"""How a path begins. What begins with `.` is the item's, and `.` alone is the item."""

_STEP = re.compile(
    r"""
      \. (?P<name> [A-Za-z_][A-Za-z0-9_]* (?: -[A-Za-z0-9_]+ )* )
    | \[ (?: '(?P<single>[^'\\]+)' | "(?P<double>[^"\\]+)" ) \]
    | \[ (?P<index> -?[0-9]{1,9} ) \]
    """,
    re.VERBOSE,
)


class Wanted(Enum):
    """How many nodes a path may find."""

    ONE = "one"
    ANY = "any number"


def looks_like_path(text: str) -> bool:
    """Return whether a text is meant as a path; every other text is a literal."""
    return _LOOKS_LIKE_PATH.match(text) is not None


def parse_path(
    text: str, *, depth: int = 0, wanted: Wanted = Wanted.ONE, examining: Callable[[str], None] | None = None
) -> Path:
    """Read a path.

    Args:
        text: what `looks_like_path`.
        depth: how many steps of `each` are around it.
        wanted: ONE refuses what can find several nodes.
        examining: called with a query before jsonpath-ng reads it, which takes long; may refuse it by a `PathFault`.

    Raises:
        PathFault: it is no path, or one that can find several nodes, or one that begins at an `each` that is not there.
    """
    if len(text) > MAX_LENGTH:
        raise PathFault("path-syntax", f"the path is longer than {MAX_LENGTH:,} characters", "shorten it")
    root, query = _split(text)
    _check_scope(text, root, depth)
    if root in {Root.KEY, Root.PARENT_KEY}:
        return Path(text, root, "$", ())
    steps, every = _plain_steps(query)
    several = "'*'" if every else None
    searches = False
    if steps is None:
        if examining is not None:
            examining(query)
        from telemap.path.jsonpath import examine  # noqa: PLC0415 - takes 25 ms, and most mappings need none of it

        steps, several, searches = examine(query, text)
    if several and wanted is Wanted.ONE:
        raise PathFault(
            "path-many",
            f"path {text!r} can find several nodes ({several}), but one is needed here",
            "select one by its index or with a filter",
        )
    return Path(text, root, query, steps, every, searches)


def _split(text: str) -> tuple[Root, str]:
    """Take off where a path begins; give the rest as a query of its own."""
    match = _ROOT.match(text)
    beginning = match[0] if match else "$"
    root = Root.ITEM if beginning in {"", "."} else Root(beginning)
    return root, "$" + text[len(beginning) :]


def _check_scope(text: str, root: Root, depth: int) -> None:
    """Refuse a path that begins at an `each` that is not there."""
    if root in {Root.ITEM, Root.KEY} and depth < 1:
        raise PathFault(
            "path-scope",
            f"path {text!r} begins at the item of an 'each', but there is no 'each'",
            "begin at the event with '$.'",
        )
    if root in {Root.PARENT, Root.PARENT_KEY} and depth < 2:
        raise PathFault(
            "path-scope",
            f"path {text!r} begins at the previous step of 'each', but there is no such step",
            "begin at the event with '$.', or use a list of paths in 'each'",
        )


def _plain_steps(query: str) -> tuple[tuple[Step, ...] | None, bool]:
    """Read a plain query without jsonpath-ng; None leaves the decision to it.

    Returns:
        The steps, and whether a wildcard follows them.
    """
    bare = query.removesuffix("[*]")
    if bare == query:
        bare = query.removesuffix(".*")
    steps: list[Step] = []
    position = 1
    while position < len(bare):
        match = _STEP.match(bare, position)
        if match is None or match["name"] in RESERVED:
            return None, False
        name = match["name"] or match["single"] or match["double"]
        steps.append(int(match["index"]) if name is None else name)
        position = match.end()
    return tuple(steps), bare != query
