"""Take the text of a JSON path apart into the names of its steps, as far as possible."""

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
"""What a filter tests: a path from the item on, at the beginning or after an `&`."""


class PathStep(NamedTuple):
    """One step of a path.

    Attributes:
        end: offset of what follows it.
        name: of the member that it leads to; empty for members of an array, or any member.
        deep: whether the name may be anywhere below.
        tested: paths of the items that a filter tests, each as it begins, with `.` or `[`.
    """

    end: int
    name: str = ""
    deep: bool = False
    tested: tuple[str, ...] = ()


def path_steps(text: str, position: int = 1) -> Iterator[PathStep]:
    """Return the steps of a path that is sound, up to one that leads who knows where."""
    while position < len(text) and (match := _STEP.match(text, position)):
        position = match.end()
        if match["filter"]:
            position, tested = _filter(text, position)
            yield PathStep(position, tested=tested)
        else:
            name = match["deep_name"] or match["bare"] or match["single"] or match["double"] or ""
            yield PathStep(position, name, deep=match["deep"] is not None)


def _filter(text: str, start: int) -> tuple[int, tuple[str, ...]]:
    """Return where a filter ends, and the paths that it tests."""
    depth = 1
    position = start
    while depth and position < len(text) and (match := _IN_FILTER.match(text, position)):
        position = match.end()
        depth += (match["open"] is not None) - (match["close"] is not None)
    # An `&` in quotes begins no test: texts are emptied, names in brackets are not.
    inner = _QUOTED_OR_NAME.sub(lambda match: match["name"] or "''", text[start : position - 1])
    tested = (match["below"] or f".{match['bare']}" for match in _TESTED.finditer(inner))
    return position, tuple(tested)
