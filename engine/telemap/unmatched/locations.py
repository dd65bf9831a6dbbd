"""Places: where values are in the events of one type, and how paths lead there."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple, TypeAlias

from telemap.model import Parser
from telemap.path import RESERVED


class Every(Enum):
    """A step to every member: of an array, or of an object whose keys are no names but values."""

    ITEM = "[*]"
    ENTRY = ".*"


Place: TypeAlias = tuple[str | Every, ...]

RECORD: Place = ("record",)
MESSAGE: Place = ("record", "message")
"""Where Lambda's JSON log format puts the text of a line."""


class Form(NamedTuple):
    """As what the text of a record is parsed: the value of `parse`, in the mapping's words.

    Attributes:
        parser: None where nothing is parsed.
        place: where the text is.
    """

    parser: Parser | None = None
    place: Place = RECORD

    @property
    def text(self) -> str:
        """Return what stands after `parse:`; empty where nothing is parsed."""
        if self.parser is None:
            return ""
        word = self.parser.value
        return word if self.place == RECORD else f"{{as: {word}, of: {path_text(self.place)}}}"


AS_IT_IS = Form()
JSON = Form(Parser.JSON)
JSON_IN_MESSAGE = Form(Parser.JSON, MESSAGE)
LOGFMT = Form(Parser.LOGFMT)

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Paths(NamedTuple):
    """The paths by which a source reads a place.

    Attributes:
        each: what the source runs for; empty for once an event.
        value: of one value.
    """

    each: str
    value: str


def path_text(place: Place) -> str:
    """Write a place as one path."""
    return "$" + "".join(map(_step, place))


def paths_to(place: Place) -> Paths:
    """Write a place as a source reads it: with `each` up to its last step to every member."""
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
