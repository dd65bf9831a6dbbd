"""Which groups to delete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap_lambda.sweep.listing import ListedGroup

DEFAULT_OLDER_THAN = 2 * 60 * 60.0


@dataclass(frozen=True, slots=True)
class Rule:
    """Which groups to delete.

    Attributes:
        older_than: minimum seconds since the last push.
        job: only groups of this job, telemap's or not; empty for all of telemap's groups.
    """

    older_than: float = DEFAULT_OLDER_THAN
    job: str = ""

    def covers(self, group: ListedGroup) -> bool:
        """Return whether a group is deleted once it is old."""
        return group.job == self.job if self.job else group.is_telemap

    def is_old(self, group: ListedGroup, at: float) -> bool:
        """Return whether a group is old. Refused pushes count as pushes, because the process will try again."""
        age = age_of(group, at)
        return age is not None and age >= self.older_than


def age_of(group: ListedGroup, at: float) -> float | None:
    """Return the seconds since the last push to a group; None if unknown."""
    return None if group.last_seen is None else max(0.0, at - group.last_seen)
