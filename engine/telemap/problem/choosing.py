"""Choose which problems to show where there are more than anyone reads."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from telemap.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemap.problem import Problem

MAX_SHOWN: Final = 100
"""Most problems of one mapping that are shown: after so many, others have most likely the same cause."""


def choose(problems: Sequence[Problem]) -> tuple[list[Problem], str]:
    """Return the problems to show, errors rather than warnings, in their order; and how many others there are.

    That is in words, which are empty when all are shown.
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
