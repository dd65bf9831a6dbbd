"""The result of a sweep."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap_lambda.sweep.listing import Grouping


class Outcome(enum.Enum):
    """The outcome for an old or undated group that the rule covers."""

    OLD = "old"  # would have been deleted without `dry_run`
    DELETED = "deleted"
    PUSHED_AGAIN = "pushed_again"  # in the meantime, so it was kept
    GONE = "gone"  # deleted by someone else in the meantime
    UNDATED = "undated"  # the gateway does not report its push time, and so it is kept
    FAILED = "failed"
    LEFT = "left"  # for lack of time


@dataclass(frozen=True, slots=True)
class Swept:
    """A group and its outcome; `age` is in seconds, None if unknown."""

    grouping: Grouping
    age: float | None
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SweepResult:
    """The result of a sweep.

    Attributes:
        groups: the number of groups on the gateway.
        covered: the number of groups that the rule covers, including young ones.
        swept: the old and undated groups among them.
    """

    groups: int
    covered: int
    swept: tuple[Swept, ...]

    def counts(self) -> dict[str, int]:
        """Count the groups by outcome."""
        by_outcome = Counter(swept.outcome for swept in self.swept)
        return {"groups": self.groups, "covered": self.covered} | {one.value: by_outcome[one] for one in Outcome}
