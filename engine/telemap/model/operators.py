"""Operators and connectives of conditions: one row each."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import Self


class OperandKind(Enum):
    """The kind of an operator's operand."""

    VALUE = auto()
    """Text, a number, a boolean, or a path."""

    VALUES = auto()
    """A list of such values."""

    NUMBER = auto()
    """A number, or a path; other nodes are never compared."""

    REGEX = auto()
    """A regex for text."""

    TRUTH = auto()
    """`true` if the operator must hold, `false` if it must not."""


EQUAL = "equal({node}, {operand})"
"""The template of operators that compare JSON values."""


class OperatorRow(NamedTuple):
    """The definition of an operator.

    Attributes:
        word: its key in a condition.
        operand: the kind of the key's value.
        template: the comparison as a Python expression, with `{node}` for the node or `{exists}` for whether it exists,
            and `{operand}`. It only runs for nodes of the right type: numbers for a number, and text for a regex, which
            is a function here.
        words: when the condition holds, as in "holds if the node ...", in Markdown.
        examples: operands, for editors.
        elsewhere: its names in other tools.
        negated: whether the condition holds if the comparison does not, which includes missing nodes.
    """

    word: str
    operand: OperandKind
    template: str
    words: str
    examples: tuple[Any, ...]
    elsewhere: tuple[str, ...] = ()
    negated: bool = False

    @property
    def any_number(self) -> bool:
        """Return whether the path may find several nodes, because only their existence matters."""
        return "{exists}" in self.template


class Operator(Enum):
    """The operators of conditions."""

    EQUALS = OperatorRow(
        "equals",
        OperandKind.VALUE,
        EQUAL,
        "is equal",
        examples=("success", 200, True, {"path": "$.record.expected"}),
        elsewhere=("eq", "is", "=", "=="),
    )
    NOT_EQUALS = OperatorRow(
        "not_equals",
        OperandKind.VALUE,
        EQUAL,
        "is not equal, or does not exist",
        examples=("success",),
        elsewhere=("ne", "neq", "!="),
        negated=True,
    )
    IN = OperatorRow(
        "in",
        OperandKind.VALUES,
        EQUAL,
        "is one of these",
        examples=(["failure", "error", "timeout"],),
    )
    NOT_IN = OperatorRow(
        "not_in",
        OperandKind.VALUES,
        EQUAL,
        "is none of these, or does not exist",
        examples=(["success"],),
        elsewhere=("nin", "notin"),
        negated=True,
    )
    MATCHES = OperatorRow(
        "matches",
        OperandKind.REGEX,
        "{operand}({node}) is not None",
        "is text in which this regular expression, in Python's syntax, is found",
        examples=(r"^Runtime\.",),
        elsewhere=("regex", "regexp", "pattern", "match", "contains", "like", "=~"),
    )
    EXISTS = OperatorRow(
        "exists",
        OperandKind.TRUTH,
        "{exists}",
        "exists and is not null (`true`), or does not exist or is null (`false`)",
        examples=(True,),
    )
    GT = OperatorRow(
        "gt",
        OperandKind.NUMBER,
        "{node} > {operand}",
        "is a number greater than this",
        examples=(0,),
        elsewhere=(">",),
    )
    GE = OperatorRow(
        "ge",
        OperandKind.NUMBER,
        "{node} >= {operand}",
        "is a number greater than or equal to this",
        examples=(500,),
        elsewhere=("gte", ">="),
    )
    LT = OperatorRow(
        "lt",
        OperandKind.NUMBER,
        "{node} < {operand}",
        "is a number less than this",
        examples=(1000,),
        elsewhere=("<",),
    )
    LE = OperatorRow(
        "le",
        OperandKind.NUMBER,
        "{node} <= {operand}",
        "is a number less than or equal to this",
        examples=({"path": "$.record.limit"},),
        elsewhere=("lte", "<="),
    )

    row: OperatorRow

    def __new__(cls, *row: Any) -> Self:
        """Create a member from its row; its value is the word."""
        member = object.__new__(cls)
        member.row = OperatorRow(*row)
        member._value_ = member.row.word
        return member


class ConnectiveRow(NamedTuple):
    """The definition of a connective.

    Attributes:
        word: its key in a condition.
        takes_list: whether its value is a list of conditions, not a single one.
        words: when the condition holds, as in "holds if ...", in Markdown.
        examples: values of the key, for editors.
        elsewhere: its names in other tools.
    """

    word: str
    takes_list: bool
    words: str
    examples: tuple[Any, ...]
    elsewhere: tuple[str, ...] = ()


class Connective(Enum):
    """The connectives of conditions."""

    ANY = ConnectiveRow(
        "any",
        takes_list=True,
        words="at least one of these conditions holds",
        examples=([{"path": "$.record.level", "equals": "ERROR"}],),
        elsewhere=("or",),
    )
    ALL = ConnectiveRow(
        "all",
        takes_list=True,
        words="all of these conditions hold",
        examples=([{"path": "$.record.level", "equals": "ERROR"}],),
        elsewhere=("and",),
    )
    NOT = ConnectiveRow(
        "not",
        takes_list=False,
        words="this condition does not hold",
        examples=({"path": "$.record.level", "equals": "DEBUG"},),
    )

    row: ConnectiveRow

    def __new__(cls, *row: Any) -> Self:
        """Create a member from its row; its value is the word."""
        member = object.__new__(cls)
        member.row = ConnectiveRow(*row)
        member._value_ = member.row.word
        return member
