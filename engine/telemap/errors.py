"""The exceptions that telemap raises.

TelemapError
├── MappingError     a mapping that cannot be used; carries every problem found in it
├── DecodeError      telemetry that is not an array of JSON values
└── PushError        a push that the gateway did not acknowledge
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemap.problem import Problem


class TelemapError(Exception):
    """Base class of telemap's exceptions.

    Attributes:
        lines: the message, and further lines below it.
    """

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


class MappingError(TelemapError):
    """A mapping cannot be used.

    Attributes:
        problems: all problems of the mapping, including warnings, in file order; the message contains the first ones.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        from telemap.problem.choosing import choose  # noqa: PLC0415 - only when something is wrong

        self.problems = tuple(problems)
        chosen, others = choose(self.problems)
        super().__init__(*(problem.text() for problem in chosen), *([others] if others else []))


class DecodeError(TelemapError):
    """Telemetry is not an array of JSON values."""


class PushError(TelemapError):
    """A push was not acknowledged.

    Attributes:
        status: the gateway's HTTP status; 0 if there was no answer.
        sent: whether the gateway may have received it; False if no connection could be made.
        repeated: whether it was sent twice, so that the answer may be to a repeat.
        retry_after: seconds that the gateway asks to wait; 0 if it does not.
    """

    def __init__(self, message: str, *, status: int = 0, sent: bool = True, retry_after: float = 0.0) -> None:
        self.status = status
        self.sent = sent
        self.repeated = False
        self.retry_after = retry_after
        super().__init__(message)
