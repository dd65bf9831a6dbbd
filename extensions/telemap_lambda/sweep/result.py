"""What a sweep did."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap_lambda.sweep.listing import Grouping


class Outcome(enum.Enum):
    """What became of a group that the rule covers and that is not young."""

    OLD = "old"  # it would have been deleted, were it not for `dry_run`
    DELETED = "deleted"
    PUSHED_AGAIN = "pushed_again"  # meanwhile, and so kept
    GONE = "gone"  # somebody else deleted it meanwhile
    UNDATED = "undated"  # the gateway does not say when it was pushed, and so it is kept
    FAILED = "failed"
    LEFT = "left"  # for lack of time


@dataclass(frozen=True, slots=True)
class Swept:
    """One group and what became of it; `age` in seconds, None when it is not known."""

    grouping: Grouping
    age: float | None
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep did.

    Attributes:
        groups: how many groups the gateway had.
        covered: how many of them the rule covers, young ones too.
        swept: those that are not young.
    """

    groups: int
    covered: int
    swept: tuple[Swept, ...]

    def counts(self) -> dict[str, int]:
        """Count the groups by what became of them."""
        by_outcome = Counter(swept.outcome for swept in self.swept)
        return {"groups": self.groups, "covered": self.covered} | {one.value: by_outcome[one] for one in Outcome}
