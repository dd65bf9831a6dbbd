"""What a sample does to a gauge: one row for each word of `op`."""

from __future__ import annotations

import math
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from telemap.model.kinds import MetricType


class Mix(Enum):
    """Operations of one kind: the sources of a gauge may mix them, and no others."""

    SETTING = auto()
    ADDING = auto()
    LEAST = auto()
    GREATEST = auto()


class Amount(Enum):
    """Where the number comes from that an operation works with."""

    VALUE = auto()
    VALUE_OR_ONE = auto()
    EVENT_TIME = auto()


class Add(NamedTuple):
    """The amount is added or taken away, where the sum stays finite.

    Attributes:
        sign: `+` or `-`.
    """

    sign: str


class Replace(NamedTuple):
    """The amount may take the place of what is there.

    Attributes:
        statements: of Python, with `{}` for the amount; `cell[0]` is what is there, and `x` is free.
    """

    statements: tuple[str, ...]


Change: TypeAlias = Add | Replace


class GaugeOperationRow(NamedTuple):
    """What there is to know of an operation.

    Attributes:
        word: after `op`.
        change: what a sample does to its series.
        mix: which others it goes with in one gauge.
        amount: the number that it works with.
        start: the value that a series begins with.
        effect: what is said of a series that has a sample, before its amount.
        words: what a sample does, in Markdown.
    """

    word: str
    change: Change
    mix: Mix
    amount: Amount
    start: float
    effect: str
    words: str


class GaugeOperation(Enum):
    """What a sample does to a gauge."""

    SET = GaugeOperationRow(
        "set",
        Replace(("cell[0] = {}",)),
        Mix.SETTING,
        Amount.VALUE,
        start=0.0,
        effect="is set to",
        words="Set to the value.",
    )
    INC = GaugeOperationRow(
        "inc",
        Add("+"),
        Mix.ADDING,
        Amount.VALUE_OR_ONE,
        start=0.0,
        effect="goes up by",
        words="Add the value, or 1.",
    )
    DEC = GaugeOperationRow(
        "dec",
        Add("-"),
        Mix.ADDING,
        Amount.VALUE_OR_ONE,
        start=0.0,
        effect="goes down by",
        words="Take away the value, or 1.",
    )
    ADD = GaugeOperationRow(
        "add",
        Add("+"),
        Mix.ADDING,
        Amount.VALUE,
        start=0.0,
        effect="goes up by",
        words="Add the value.",
    )
    SUB = GaugeOperationRow(
        "sub",
        Add("-"),
        Mix.ADDING,
        Amount.VALUE,
        start=0.0,
        effect="goes down by",
        words="Take away the value.",
    )
    MIN = GaugeOperationRow(
        "min",
        Replace(("x = {}", "if x < cell[0]: cell[0] = x")),
        Mix.LEAST,
        Amount.VALUE,
        start=math.inf,
        effect="goes down, unless it is less, to",
        words="Keep the smallest value.",
    )
    MAX = GaugeOperationRow(
        "max",
        Replace(("x = {}", "if x > cell[0]: cell[0] = x")),
        Mix.GREATEST,
        Amount.VALUE,
        start=-math.inf,
        effect="goes up, unless it is more, to",
        words="Keep the largest value.",
    )
    SET_TO_EVENT_TIME = GaugeOperationRow(
        "set_to_event_time",
        Replace(("cell[0] = {}",)),
        Mix.SETTING,
        Amount.EVENT_TIME,
        start=0.0,
        effect="is set to",
        words="Set to the event's time, in Unix seconds.",
    )

    row: GaugeOperationRow

    def __new__(cls, *row: Any) -> Self:
        """Make a member of its row; its value is the word."""
        member = object.__new__(cls)
        member.row = GaugeOperationRow(*row)
        member._value_ = member.row.word
        return member


def add_up(metric_type: MetricType, operations: Iterable[GaugeOperation]) -> bool:
    """Return whether samples add up: those of several series to one value, those of several processes to a total."""
    takes_operations = "op" in metric_type.row.keys
    return not takes_operations or all(isinstance(operation.row.change, Add) for operation in operations)
