"""Closed lists of words that plans contain, too: one row for each word."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import Self

    from telemap.path import Path


class MetricTypeRow(NamedTuple):
    """The definition of a metric type.

    Attributes:
        word: its name after `type` and in the text format.
        keys: its keys of metrics and rules that not all types accept.
        counts: whether it never decreases, and counts 1 for a sample without a value.
        measures: whether its samples are measurements, so that its name should have their unit.
        lines: exposition lines of a series, without those of finite buckets.
        own_label: the label that the text format adds to its samples, if any.
        words: the description, in Markdown.
    """

    word: str
    keys: frozenset[str]
    counts: bool
    measures: bool
    lines: int
    own_label: str
    words: str


class MetricType(Enum):
    """The metric types of the Prometheus text format that telemap supports."""

    COUNTER = MetricTypeRow(
        "counter",
        keys=frozenset({"init"}),
        counts=True,
        measures=False,
        lines=1,
        own_label="",
        words="adds up, and never goes down; its name ends in `_total`",
    )
    GAUGE = MetricTypeRow(
        "gauge",
        keys=frozenset({"op", "expire"}),
        counts=False,
        measures=False,
        lines=1,
        own_label="",
        words="the last value, or the result of `op`",
    )
    SUMMARY = MetricTypeRow(
        "summary",
        keys=frozenset({"init"}),
        counts=False,
        measures=True,
        lines=2,
        own_label="quantile",
        words="sum and count of values; no quantiles",
    )
    HISTOGRAM = MetricTypeRow(
        "histogram",
        keys=frozenset({"init", "buckets"}),
        counts=False,
        measures=True,
        lines=3,
        own_label="le",
        words="sum, count, and counts by bucket",
    )

    row: MetricTypeRow

    def __new__(cls, *row: Any) -> Self:
        """Create a member from its row; its value is the word."""
        member = object.__new__(cls)
        member.row = MetricTypeRow(*row)
        member._value_ = member.row.word
        return member


class OverflowRow(NamedTuple):
    """The definition of a way to handle samples beyond a limit.

    Attributes:
        word: after `overflow`.
        loses: whether samples are lost.
        fate: what happens to samples beyond the limit, for messages.
        words: what happens to a sample, in Markdown.
    """

    word: str
    loses: bool
    fate: str
    words: str


class Overflow(Enum):
    """What happens to a sample whose series would exceed the limit."""

    FOLD = OverflowRow(
        "fold",
        loses=False,
        fate="go to series of __overflow__",
        words="adds the sample to a series with `__overflow__` for its open labels",
    )
    DROP = OverflowRow("drop", loses=True, fate="are dropped", words="drops the sample")

    row: OverflowRow

    def __new__(cls, *row: Any) -> Self:
        """Create a member from its row; its value is the word."""
        member = object.__new__(cls)
        member.row = OverflowRow(*row)
        member._value_ = member.row.word
        return member


class ParserRow(NamedTuple):
    """The definition of a parser.

    Attributes:
        word: its name.
        takes_pattern: whether it is a key with a pattern; others are named by `parse` or `as`.
        accepts_objects: whether it accepts an object without a text to parse, and leaves it unchanged; others need the
            `message` of an object.
        makes_text: whether all fields of its result are text.
        words: its input and result, in Markdown.
    """

    word: str
    takes_pattern: bool
    accepts_objects: bool
    makes_text: bool
    words: str


class Parser(Enum):
    """Parsers, which turn the text of a record into fields."""

    JSON = ParserRow(
        "json",
        takes_pattern=False,
        accepts_objects=True,
        makes_text=False,
        words="the text, or the part from its first `{`, as an object; of an object, also its `message`",
    )
    EMF = ParserRow(
        "emf",
        takes_pattern=False,
        accepts_objects=False,
        makes_text=False,
        words="a document in CloudWatch's embedded metric format, see [below](#embedded-metric-format)",
    )
    LOGFMT = ParserRow(
        "logfmt",
        takes_pattern=False,
        accepts_objects=False,
        makes_text=True,
        words="pairs of `key=value`; values may be in quotes",
    )
    LOG = ParserRow(
        "log",
        takes_pattern=False,
        accepts_objects=True,
        makes_text=False,
        words="a line or an object of any logger; `level` becomes `trace`, `debug`, `info`, `warn`, `error` or `fatal`",
    )
    REGEX = ParserRow(
        "regex",
        takes_pattern=True,
        accepts_objects=False,
        makes_text=True,
        words="a regular expression in Python's syntax, searched for in the text; its named groups become fields",
    )

    row: ParserRow

    def __new__(cls, *row: Any) -> Self:
        """Create a member from its row; its value is the word."""
        member = object.__new__(cls)
        member.row = ParserRow(*row)
        member._value_ = member.row.word
        return member


@dataclass(frozen=True, slots=True)
class Parse:
    """How a rule parses text; the result is `$.record` for the rule.

    Attributes:
        path: the path of the text.
        regex: a regex with named groups; empty for other parsers.
    """

    parser: Parser
    path: Path
    regex: str = ""
