"""Read the text of JSON paths.

A path with only names and indexes is *plain*, and is compiled to direct access. All others are complex, and left to
jsonpath-ng's extended dialect (`telemap.path.jsonpath`), which is imported for the first one. Both have the same
meaning: names are looked up in objects only, indexes in arrays only, and negative indexes count from the end.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from telemap.path import RESERVED, Path, PathFault, Root, Step

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_LENGTH = 1024
"""Maximum length of a path in characters: far more than people write; jsonpath-ng recurses over its steps."""

_LOOKS_LIKE_PATH = re.compile(r"\$(?:$|key$|parent$|[.\[])|\$parent[.\[]|\.(?:$|[A-Za-z\[*])")

_ROOT = re.compile(
    r"(?P<up>\$parent(?:\.\$parent)*)(?:(?P<key>\.\$key$)|(?=$|[.\[]))|(?P<own>\$key$)|(?P<event>\$)|\.(?=$|\[)|(?=\.)"
)
"""The start of a path. `.` is the item of `each`, and starts a path within it."""

_STEP = re.compile(
    r"""
      \. (?P<name> [A-Za-z_][A-Za-z0-9_]* (?: -[A-Za-z0-9_]+ )* )
    | \[ (?: '(?P<single>[^'\\]+)' | "(?P<double>[^"\\]+)" ) \]
    | \[ (?P<index> -?[0-9]{1,9} ) \]
    """,
    re.VERBOSE,
)


class Wanted(Enum):
    """The number of nodes that a path may find."""

    ONE = "one"
    ANY = "any number"


def looks_like_path(text: str) -> bool:
    """Return whether a text is a path; any other text is literal."""
    return _LOOKS_LIKE_PATH.match(text) is not None


def parse_path(
    text: str, *, depth: int = 0, wanted: Wanted = Wanted.ONE, examining: Callable[[str], None] | None = None
) -> Path:
    """Read a path.

    Args:
        text: a text that `looks_like_path`.
        depth: the number of steps of the surrounding `each`.
        wanted: with ONE, paths that can find several nodes are errors.
        examining: called with a query before jsonpath-ng parses it, which is slow; may raise `PathFault`.

    Raises:
        PathFault: it is invalid, can find several nodes, or starts at an `each` that does not exist.
    """
    if len(text) > MAX_LENGTH:
        raise PathFault("path-syntax", f"the path is longer than {MAX_LENGTH:,} characters", "shorten it")
    root, up, query = _split(text)
    _check_scope(text, root, up, depth)
    if root is Root.KEY:
        return Path(text, root, "$", (), up=up)
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
    return Path(text, root, query, steps, every, searches, up)


def _split(text: str) -> tuple[Root, int, str]:
    """Split a path into its root, the number of `$parent` in front of it, and a query from there."""
    match = _ROOT.match(text)
    if match is None:
        return Root.EVENT, 0, "$" + text[1:]
    is_key = match["key"] or match["own"]
    root = Root.KEY if is_key else Root.EVENT if match["event"] else Root.ITEM
    return root, (match["up"] or "").count("$parent"), "$" + text[match.end() :]


def _check_scope(text: str, root: Root, up: int, depth: int) -> None:
    """Refuse a path that starts at an `each` that does not exist."""
    if root is not Root.EVENT and not up and depth < 1:
        raise PathFault(
            "path-scope",
            f"path {text!r} begins at the item of an 'each', but there is no 'each'",
            "begin at the event with '$.'",
        )
    if up and depth <= up:
        where = "the previous step of 'each'" if up == 1 else f"{up} steps of 'each' before the last"
        others = max(0, depth - 1)
        only = "no such step" if not others else "only one before the last" if others == 1 else f"only {others}"
        raise PathFault(
            "path-scope",
            f"path {text!r} begins at {where}, but there is {only}",
            "begin at the event with '$.', or use a list of paths in 'each'",
        )


def _plain_steps(query: str) -> tuple[tuple[Step, ...] | None, bool]:
    """Read a plain query; return None for queries that jsonpath-ng has to parse.

    Returns:
        The steps, and whether a wildcard follows.
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
