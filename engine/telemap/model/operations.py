"""Operations on gauges: one row for each word of `op`."""

from __future__ import annotations

import math
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from telemap.model.kinds import MetricType


class Mix(Enum):
    """Groups of operations that the rules of one gauge may mix."""

    SETTING = auto()
    ADDING = auto()
    LEAST = auto()
    GREATEST = auto()


class Amount(Enum):
    """The origin of an operation's amount."""

    VALUE = auto()
    VALUE_OR_ONE = auto()
    EVENT_TIME = auto()


class Add(NamedTuple):
    """Adds or subtracts the amount, if the sum is finite.

    Attributes:
        sign: `+` or `-`.
    """

    sign: str


class Replace(NamedTuple):
    """May replace the value by the amount.

    Attributes:
        statements: Python statements, with `{}` for the amount and `cell[0]` for the value; `x` is unused.
    """

    statements: tuple[str, ...]


Change: TypeAlias = Add | Replace


class GaugeOperationRow(NamedTuple):
    """The definition of an operation.

    Attributes:
        word: after `op`.
        change: the effect of a sample on its series.
        mix: the group of operations with which it can be mixed.
        amount: the origin of its amount.
        start: the initial value of a series.
        effect: the text before the amount in descriptions of a sample.
        words: the description, in Markdown.
    """

    word: str
    change: Change
    mix: Mix
    amount: Amount
    start: float
    effect: str
    words: str


class GaugeOperation(Enum):
    """The operations on gauges."""

    SET = GaugeOperationRow(
        "set",
        Replace(("cell[0] = {}",)),
        Mix.SETTING,
        Amount.VALUE,
        start=0.0,
        effect="is set to",
        words="sets the gauge to the value",
    )
    INC = GaugeOperationRow(
        "inc",
        Add("+"),
        Mix.ADDING,
        Amount.VALUE_OR_ONE,
        start=0.0,
        effect="goes up by",
        words="adds the value, or 1 if there is none",
    )
    DEC = GaugeOperationRow(
        "dec",
        Add("-"),
        Mix.ADDING,
        Amount.VALUE_OR_ONE,
        start=0.0,
        effect="goes down by",
        words="subtracts the value, or 1 if there is none",
    )
    ADD = GaugeOperationRow(
        "add",
        Add("+"),
        Mix.ADDING,
        Amount.VALUE,
        start=0.0,
        effect="goes up by",
        words="adds the value",
    )
    SUB = GaugeOperationRow(
        "sub",
        Add("-"),
        Mix.ADDING,
        Amount.VALUE,
        start=0.0,
        effect="goes down by",
        words="subtracts the value",
    )
    MIN = GaugeOperationRow(
        "min",
        Replace(("x = {}", "if x < cell[0]: cell[0] = x")),
        Mix.LEAST,
        Amount.VALUE,
        start=math.inf,
        effect="sets the minimum to",
        words="keeps the smallest value",
    )
    MAX = GaugeOperationRow(
        "max",
        Replace(("x = {}", "if x > cell[0]: cell[0] = x")),
        Mix.GREATEST,
        Amount.VALUE,
        start=-math.inf,
        effect="sets the maximum to",
        words="keeps the largest value",
    )
    SET_TO_EVENT_TIME = GaugeOperationRow(
        "set_to_event_time",
        Replace(("cell[0] = {}",)),
        Mix.SETTING,
        Amount.EVENT_TIME,
        start=0.0,
        effect="is set to",
        words="sets the gauge to the event's `time`, in Unix seconds",
    )

    row: GaugeOperationRow

    def __new__(cls, *row: Any) -> Self:
        """Create a member from its row; its value is the word."""
        member = object.__new__(cls)
        member.row = GaugeOperationRow(*row)
        member._value_ = member.row.word
        return member


def add_up(metric_type: MetricType, operations: Iterable[GaugeOperation]) -> bool:
    """Return whether samples can be added up over several series and processes."""
    takes_operations = "op" in metric_type.row.keys
    return not takes_operations or all(isinstance(operation.row.change, Add) for operation in operations)
