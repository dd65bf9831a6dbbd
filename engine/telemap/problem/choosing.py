"""Choose the problems to show if there are many."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from telemap.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemap.problem import Problem

MAX_SHOWN: Final = 100
"""Maximum number of problems shown for one mapping: further ones probably have the same cause."""


def choose(problems: Sequence[Problem]) -> tuple[list[Problem], str]:
    """Return the problems to show, in order and preferably errors, and a text with the number of others.

    The text is empty if all are shown.
    """
    if len(problems) <= MAX_SHOWN:
        return list(problems), ""
    chosen = sorted(islice(_errors_first(problems), MAX_SHOWN))
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    left_errors = errors - sum(problems[number].severity is Severity.ERROR for number in chosen)
    left = [(left_errors, "error"), (len(problems) - MAX_SHOWN - left_errors, "warning")]
    words = " and ".join(f"{count:,} more {kind}{'s' if count > 1 else ''}" for count, kind in left if count)
    return [problems[number] for number in chosen], words


def _errors_first(problems: Sequence[Problem]) -> Iterator[int]:
    for severity in (Severity.ERROR, Severity.WARNING):
        yield from (number for number, problem in enumerate(problems) if problem.severity is severity)
