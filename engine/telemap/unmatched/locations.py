"""Places in events of one type, and the paths to them."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple, TypeAlias

from telemap.document.quoting import single_quoted
from telemap.model import Parser
from telemap.path import RESERVED


class Every(Enum):
    """A step to every member of an array, or of an object whose keys are values rather than names."""

    ITEM = "[*]"
    ENTRY = ".*"


Place: TypeAlias = tuple[str | Every, ...]

RECORD: Place = ("record",)
MESSAGE: Place = ("record", "message")
"""The text of a line in Lambda's JSON log format."""


class Form(NamedTuple):
    """How a record is parsed: the value of `parse`.

    Attributes:
        parser: None if it is not parsed.
        place: of the text.
        regex: for the parser of that name.
    """

    parser: Parser | None = None
    place: Place = RECORD
    regex: str = ""

    @property
    def text(self) -> str:
        """Return the value of `parse` as YAML; empty if there is none."""
        if self.parser is None:
            return ""
        word = self.parser.value
        if self.regex:
            return f"{{{word}: {single_quoted(self.regex)}}}"
        return word if self.place == RECORD else f"{{as: {word}, of: {path_text(self.place)}}}"


AS_IT_IS = Form()
JSON = Form(Parser.JSON)
JSON_IN_MESSAGE = Form(Parser.JSON, MESSAGE)
LOGFMT = Form(Parser.LOGFMT)

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Paths(NamedTuple):
    """The paths with which a source reads a place.

    Attributes:
        each: path of the items; empty if the source runs once per event.
        value: path of the value.
    """

    each: str
    value: str


def path_text(place: Place) -> str:
    """Return a place as one path."""
    return "$" + "".join(map(_step, place))


def paths_to(place: Place) -> Paths:
    """Return a place as paths of a source: `each` leads to the last array or object of which every member is read."""
    repeated = [at for at, step in enumerate(place, 1) if isinstance(step, Every)]
    if not repeated:
        return Paths("", path_text(place))
    rest = "".join(map(_step, place[repeated[-1] :]))
    item = rest if rest.startswith(".") else f".{rest}"
    return Paths(path_text(place[: repeated[-1]]), item)


def names_in(place: Place) -> list[str]:
    """Return the names on the way to a place."""
    return [step for step in place if isinstance(step, str)]


def _step(step: str | Every) -> str:
    if isinstance(step, Every):
        return step.value
    if _BARE.fullmatch(step) and step not in RESERVED:
        return f".{step}"
    quote = '"' if "'" in step else "'"
    return f"[{quote}{step}{quote}]"
