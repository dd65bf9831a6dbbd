"""Split the text of a JSON path into the names of its steps, as far as possible."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEP = re.compile(
    r"""
      (?P<deep> \.\. ) (?P<deep_name> [A-Za-z_][\w-]* )
    | \. (?P<bare> [A-Za-z_][\w-]* ) (?! , )
    | \.? \[ \s* (?: '(?P<single> [^'\\]+ )' | "(?P<double> [^"\\]+ )" ) \s* \]
    | \.? (?P<members> \[ \s* (?: \* | -?\d+ | -?\d* \s* : [\s\d:-]* ) \s* \] | \.\* (?! \. \. ) )
    | \.? (?P<filter> \[ \s* \? )
    """,
    re.VERBOSE,
)

_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""

_IN_FILTER = re.compile(rf"(?P<open>\[)|(?P<close>\])|{_QUOTED}|[^\[\]'\"]+")

_QUOTED_OR_NAME = re.compile(rf"(?P<name>\[(?:{_QUOTED})\])|{_QUOTED}")

_TESTED = re.compile(
    r"""
    (?: ^ | & )  [\s(!]*
    (?: @ (?P<below> (?: \.[A-Za-z_][\w-]* | \[ (?: '[^']+' | "[^"]+" | -?\d+ | \* ) \] )+ )
      | (?P<bare> [A-Za-z_][\w-]* (?: \.[A-Za-z_][\w-]* )* ) )
    """,
    re.VERBOSE,
)
"""A path that a filter compares, from the item: at the start or after an `&`."""


class PathStep(NamedTuple):
    """One step of a path.

    Attributes:
        end: the offset after it.
        name: the name of the member; empty for array items and for any member.
        deep: whether the name may be at any depth.
        tested: the paths that a filter compares, starting with `.` or `[`.
    """

    end: int
    name: str = ""
    deep: bool = False
    tested: tuple[str, ...] = ()


def path_steps(text: str, position: int = 1) -> Iterator[PathStep]:
    """Return the steps of a valid path, up to the first unknown one."""
    while position < len(text) and (match := _STEP.match(text, position)):
        position = match.end()
        if match["filter"]:
            position, tested = _filter(text, position)
            yield PathStep(position, tested=tested)
        else:
            name = match["deep_name"] or match["bare"] or match["single"] or match["double"] or ""
            yield PathStep(position, name, deep=match["deep"] is not None)


def _filter(text: str, start: int) -> tuple[int, tuple[str, ...]]:
    """Return the end of a filter, and the paths that it compares."""
    depth = 1
    position = start
    while depth and position < len(text) and (match := _IN_FILTER.match(text, position)):
        position = match.end()
        depth += (match["open"] is not None) - (match["close"] is not None)
    # An `&` in quotes is not an operator, so texts are emptied, except names in brackets.
    inner = _QUOTED_OR_NAME.sub(lambda match: match["name"] or "''", text[start : position - 1])
    tested = (match["below"] or f".{match['bare']}" for match in _TESTED.finditer(inner))
    return position, tuple(tested)
