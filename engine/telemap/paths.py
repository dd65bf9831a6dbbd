"""JSON paths: which text is one, and what a plain one means.

A path of names and indexes alone is *plain* and is compiled to direct access. Everything else is left to jsonpath-ng's
extended dialect (`telemap.jsonpath`), which is imported when the first path needs it. Both mean the same: names are
looked up in objects only, indexes in arrays only, negative ones count from the end.
"""

from __future__ import annotations

import re

from telemap.path import Path, PathFault, Step

MAX_LENGTH = 1024
"""Longest path, in characters: no honest one comes near, and jsonpath-ng recurses over its steps."""

_LOOKS_LIKE_PATH = re.compile(r"\$(?:$|key$|parent(?:$|[.\[])|[.\[])|\.(?:$|[A-Za-z\[*])")

_STEP = re.compile(
    r"""
      \. (?P<name> [A-Za-z_][A-Za-z0-9_]* (?: -[A-Za-z0-9_]+ )* )
    | \[ (?: '(?P<single>[^'\\]+)' | "(?P<double>[^"\\]+)" ) \]
    | \[ (?P<index> -?[0-9]{1,9} ) \]
    """,
    re.VERBOSE,
)

_RESERVED = frozenset({"where", "wherenot", "null", "true", "false"})
"""Bare names that jsonpath-ng reads as words of its own; it decides about paths with them."""


def looks_like_path(text: str) -> bool:
    """Tell whether a text is meant as a path; every other text is a literal."""
    return _LOOKS_LIKE_PATH.match(text) is not None


def parse_path(text: str) -> Path:
    """Read a path that is to find one node.

    Raises:
        PathFault: it is no path, or one that can find several nodes, or one that begins at the item of an `each`.
    """
    if text.startswith((".", "$key", "$parent")):
        raise PathFault(
            "path-scope",
            f"path {text!r} begins at the item of an 'each', and there is none around it",
            "begin at the event, with '$.'",
        )
    if len(text) > MAX_LENGTH:
        raise PathFault("path-syntax", f"the path is longer than {MAX_LENGTH:,} characters", "shorten it")
    steps = _plain_steps(text)
    if steps is None:
        from telemap.jsonpath import examine  # noqa: PLC0415 - costs a start 25 ms, and most mappings need none of it

        steps = examine(text)
    return Path(text, steps)


def _plain_steps(text: str) -> tuple[Step, ...] | None:
    """Read a plain path without jsonpath-ng; None leaves the decision to it."""
    steps: list[Step] = []
    position = 1
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None or match["name"] in _RESERVED:
            return None
        name = match["name"] or match["single"] or match["double"]
        steps.append(int(match["index"]) if name is None else name)
        position = match.end()
    return tuple(steps)
