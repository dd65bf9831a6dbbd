"""Which groups are to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap_lambda.sweep.listing import ListedGroup

DEFAULT_OLDER_THAN = 2 * 60 * 60.0


@dataclass(frozen=True, slots=True)
class Rule:
    """Which groups are to go.

    Attributes:
        older_than: seconds since the last push.
        job: only groups of this job, telemap's or not; empty for all groups of telemap's.
    """

    older_than: float = DEFAULT_OLDER_THAN
    job: str = ""

    def covers(self, group: ListedGroup) -> bool:
        """Return whether a group is swept when it is old."""
        return group.job == self.job if self.job else group.is_telemap

    def is_old(self, group: ListedGroup, at: float) -> bool:
        """Return whether a group is old. A push that was refused is a sign of life too: somebody will try again."""
        age = age_of(group, at)
        return age is not None and age >= self.older_than


def age_of(group: ListedGroup, at: float) -> float | None:
    """Return the seconds since a group was last pushed; None when that is not known."""
    return None if group.last_seen is None else max(0.0, at - group.last_seen)
