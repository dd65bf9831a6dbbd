"""How tests compare, and how they are put together: one row for each word."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import Self


class OperandKind(Enum):
    """What an operator compares with."""

    VALUE = auto()
    """Text, a number, a truth value, or a path."""

    VALUES = auto()
    """A list of such values."""

    NUMBER = auto()
    """A number, or a path; what is no number is never compared."""

    REGEX = auto()
    """A regex for text."""

    TRUTH = auto()
    """Whether what the operator says is to hold, or is not."""


EQUAL = "equal({node}, {operand})"
"""The template of operators that compare JSON values."""


class OperatorRow(NamedTuple):
    """What there is to know of an operator.

    Attributes:
        word: its key in a test.
        operand: what stands under the key.
        template: the comparison as an expression of Python, with `{node}` for what the path found, or `{exists}` for
            whether it found anything, and `{operand}` for what that is compared with. Where the operand is a number the
            node is one, where it is a regex, which is a function here, the node is text: that is tested before.
        words: when the test holds, said of the node, in Markdown.
        examples: of operands, for editors.
        elsewhere: what other tools call it.
        negated: whether the test holds where the comparison does not, so also where nothing is found.
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
        """Return whether the path may find any number of nodes, because it only matters whether it finds any."""
        return "{exists}" in self.template


class Operator(Enum):
    """How a test compares."""

    EQUALS = OperatorRow(
        "equals",
        OperandKind.VALUE,
        EQUAL,
        "Is the same. Unquoted `true`, `false` and numbers compare with JSON values of that type, all else as text.",
        examples=("success", 200, True, {"path": "$.record.expected"}),
        elsewhere=("eq", "is", "=", "=="),
    )
    NOT_EQUALS = OperatorRow(
        "not_equals",
        OperandKind.VALUE,
        EQUAL,
        "Is not the same, or not there.",
        examples=("success",),
        elsewhere=("ne", "neq", "!="),
        negated=True,
    )
    IN = OperatorRow(
        "in",
        OperandKind.VALUES,
        EQUAL,
        "Is one of these.",
        examples=(["failure", "error", "timeout"],),
    )
    NOT_IN = OperatorRow(
        "not_in",
        OperandKind.VALUES,
        EQUAL,
        "Is none of these, or not there.",
        examples=(["success"],),
        elsewhere=("nin", "notin"),
        negated=True,
    )
    MATCHES = OperatorRow(
        "matches",
        OperandKind.REGEX,
        "{operand}({node}) is not None",
        "Is text in which this regular expression of Python's re is found.",
        examples=(r"^Runtime\.",),
        elsewhere=("regex", "regexp", "match", "contains", "like", "=~"),
    )
    EXISTS = OperatorRow(
        "exists",
        OperandKind.TRUTH,
        "{exists}",
        "`true`: is there and not null. `false`: is not there, or null.",
        examples=(True,),
    )
    GT = OperatorRow(
        "gt",
        OperandKind.NUMBER,
        "{node} > {operand}",
        "Is a number greater than this.",
        examples=(0,),
        elsewhere=(">",),
    )
    GE = OperatorRow(
        "ge",
        OperandKind.NUMBER,
        "{node} >= {operand}",
        "Is a number greater than or equal to this.",
        examples=(500,),
        elsewhere=("gte", ">="),
    )
    LT = OperatorRow(
        "lt",
        OperandKind.NUMBER,
        "{node} < {operand}",
        "Is a number less than this.",
        examples=(1000,),
        elsewhere=("<",),
    )
    LE = OperatorRow(
        "le",
        OperandKind.NUMBER,
        "{node} <= {operand}",
        "Is a number less than or equal to this.",
        examples=({"path": "$.record.limit"},),
        elsewhere=("lte", "<="),
    )

    row: OperatorRow

    def __new__(cls, *row: Any) -> Self:
        """Make a member of its row; its value is the word."""
        member = object.__new__(cls)
        member.row = OperatorRow(*row)
        member._value_ = member.row.word
        return member


class ConnectiveRow(NamedTuple):
    """What there is to know of a connective.

    Attributes:
        word: its key in a test.
        takes_list: whether a list of tests stands under the key; else one test.
        words: when the test holds, in Markdown.
        examples: of what stands under the key, for editors.
        elsewhere: what other tools call it.
    """

    word: str
    takes_list: bool
    words: str
    examples: tuple[Any, ...]
    elsewhere: tuple[str, ...] = ()


class Connective(Enum):
    """How a test is made of other tests."""

    ANY = ConnectiveRow(
        "any",
        takes_list=True,
        words="At least one of these tests holds.",
        examples=([{"path": "$.record.level", "equals": "ERROR"}],),
        elsewhere=("or",),
    )
    ALL = ConnectiveRow(
        "all",
        takes_list=True,
        words="All of these tests hold.",
        examples=([{"path": "$.record.level", "equals": "ERROR"}],),
        elsewhere=("and",),
    )
    NOT = ConnectiveRow(
        "not",
        takes_list=False,
        words="This test does not hold.",
        examples=({"path": "$.record.level", "equals": "DEBUG"},),
    )

    row: ConnectiveRow

    def __new__(cls, *row: Any) -> Self:
        """Make a member of its row; its value is the word."""
        member = object.__new__(cls)
        member.row = ConnectiveRow(*row)
        member._value_ = member.row.word
        return member
