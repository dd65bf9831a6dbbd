"""The kinds of things that a mapping chooses from, and what is parsed as what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


class ParseFormat(Enum):
    """What the text of a record is parsed as."""

    JSON = "json"
    LOGFMT = "logfmt"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class Parse:
    """How a source parses text; what comes out is `$.record` for it.

    Attributes:
        path: where the text is.
        regex: with named groups; empty for other formats.
    """

    format: ParseFormat
    path: Path
    regex: str = ""
