"""The kinds of things that a mapping chooses from, and what is parsed as what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import Self

    from telemap.path import Path


class MetricType(Enum):
    """The metric types of the Prometheus text format that telemap makes."""

    COUNTER = "counter"
    GAUGE = "gauge"
    SUMMARY = "summary"
    HISTOGRAM = "histogram"


class Overflow(Enum):
    """What becomes of a sample that would make a series beyond the limit."""

    FOLD = "fold"
    DROP = "drop"


class Operation(Enum):
    """What a sample does to a gauge."""

    SET = "set"
    INC = "inc"
    DEC = "dec"
    ADD = "add"
    SUB = "sub"
    MIN = "min"
    MAX = "max"
    SET_TO_EVENT_TIME = "set_to_event_time"


class ParserRow(NamedTuple):
    """What there is to know of a parser.

    Attributes:
        word: what it is called.
        takes_pattern: whether it is a key with a pattern beside it; else `parse`, or `as`, names it.
        reads_line: whether of an object it reads the `message`; else an object stays as it is.
        words: what it takes and makes, in Markdown.
    """

    word: str
    takes_pattern: bool
    reads_line: bool
    words: str


class Parser(Enum):
    """What makes fields of the text of a record."""

    JSON = ParserRow(
        "json",
        takes_pattern=False,
        reads_line=False,
        words="The text, or what follows its first `{`, as an object.",
    )
    LOGFMT = ParserRow(
        "logfmt",
        takes_pattern=False,
        reads_line=True,
        words="Pairs of `key=value`; values may be in quotes.",
    )
    REGEX = ParserRow(
        "regex",
        takes_pattern=True,
        reads_line=True,
        words="A regular expression of Python's re, searched for in the text; its named groups become fields.",
    )

    row: ParserRow

    def __new__(cls, *row: Any) -> Self:
        """Make a member of its row; its value is the word."""
        member = object.__new__(cls)
        member.row = ParserRow(*row)
        member._value_ = member.row.word
        return member


@dataclass(frozen=True, slots=True)
class Parse:
    """How a source parses text; what comes out is `$.record` for it.

    Attributes:
        path: where the text is.
        regex: with named groups; empty for other parsers.
    """

    parser: Parser
    path: Path
    regex: str = ""
