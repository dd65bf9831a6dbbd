"""Closed lists of words that plans hold too: one row for each word, which all else reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import Self

    from telemap.path import Path


class MetricTypeRow(NamedTuple):
    """What there is to know of a metric type.

    Attributes:
        word: what `type` calls it, as the text format does.
        keys: those keys of metrics and sources that some types take and others do not.
        counts: whether it counts: it never goes down, and a sample without a value counts one.
        measures: whether samples are measurements of the same thing, so that the name should state their unit.
        lines: how many lines of exposition a series has, those of buckets with a bound aside.
        own_label: the label that the text format itself gives to its samples, if any.
        words: what it is, in Markdown.
    """

    word: str
    keys: frozenset[str]
    counts: bool
    measures: bool
    lines: int
    own_label: str
    words: str


class MetricType(Enum):
    """The metric types of the Prometheus text format that telemap makes."""

    COUNTER = MetricTypeRow(
        "counter",
        keys=frozenset({"init"}),
        counts=True,
        measures=False,
        lines=1,
        own_label="",
        words="Adds up, and never goes down; its name ends in `_total`.",
    )
    GAUGE = MetricTypeRow(
        "gauge",
        keys=frozenset({"op", "expire"}),
        counts=False,
        measures=False,
        lines=1,
        own_label="",
        words="The last value, or what `op` says.",
    )
    SUMMARY = MetricTypeRow(
        "summary",
        keys=frozenset({"init"}),
        counts=False,
        measures=True,
        lines=2,
        own_label="quantile",
        words="Sum and count of values; no quantiles.",
    )
    HISTOGRAM = MetricTypeRow(
        "histogram",
        keys=frozenset({"init", "buckets"}),
        counts=False,
        measures=True,
        lines=3,
        own_label="le",
        words="Sum, count, and counts by bucket.",
    )

    row: MetricTypeRow

    def __new__(cls, *row: Any) -> Self:
        """Make a member of its row; its value is the word."""
        member = object.__new__(cls)
        member.row = MetricTypeRow(*row)
        member._value_ = member.row.word
        return member


class OverflowRow(NamedTuple):
    """What there is to know of a way to handle what is beyond a limit.

    Attributes:
        word: after `overflow`.
        loses: whether samples are lost.
        fate: what is said of samples beyond the limit.
        words: what becomes of a sample, in Markdown.
    """

    word: str
    loses: bool
    fate: str
    words: str


class Overflow(Enum):
    """What becomes of a sample that would make a series beyond the limit."""

    FOLD = OverflowRow(
        "fold",
        loses=False,
        fate="go to series of __overflow__",
        words="Put the sample into a series with `__overflow__` for its open labels.",
    )
    DROP = OverflowRow("drop", loses=True, fate="are dropped", words="Drop the sample.")

    row: OverflowRow

    def __new__(cls, *row: Any) -> Self:
        """Make a member of its row; its value is the word."""
        member = object.__new__(cls)
        member.row = OverflowRow(*row)
        member._value_ = member.row.word
        return member


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
