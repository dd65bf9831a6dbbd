"""Look at a gateway's groups, and again before and after they are deleted."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from telemap_lambda.sweep.listing import Grouping, ListedGroup


@dataclass(frozen=True, slots=True)
class Look:
    """What is on a gateway at a moment.

    Attributes:
        at: Unix time.
        groups: to be gone through once.
    """

    at: float
    groups: Iterable[ListedGroup]


class SweptGateway(Protocol):
    """A gateway whose groups can be told and deleted."""

    def look(self) -> Look:
        """Tell all groups.

        Raises:
            PushError: it did not answer, or not well; also while the groups are gone through.
            ListingError: what it answered is no list of groups.
        """

    def delete(self, grouping: Mapping[str, str]) -> None:
        """Delete a group.

        Raises:
            PushError: it was not acknowledged.
        """


class Watch:
    """Looks again right before a deletion.

    The gateway can only tell all of its groups at once. So a look is good for as long as it took itself: on a gateway
    with few groups each deletion has its own, on one with thousands looking takes half of the time.

    Args:
        gateway: what to look at.
        groupings: the groups that are watched.
    """

    def __init__(self, gateway: SweptGateway, groupings: Collection[Grouping]) -> None:
        self._gateway = gateway
        self._groupings = groupings
        self._seen: Mapping[Grouping, ListedGroup] = {}
        self._at = 0.0
        self._good_until = -math.inf

    def group(self, grouping: Grouping) -> tuple[ListedGroup | None, float]:
        """Return a group as it is now, None when it is gone, and the Unix time of the look.

        Raises:
            PushError, ListingError: the look failed.
        """
        if time.monotonic() >= self._good_until:
            began = time.monotonic()
            self._at, self._seen = look_at(self._gateway, self._groupings)
            self._good_until = 2 * time.monotonic() - began
        return self._seen.get(grouping), self._at


def look_at(gateway: SweptGateway, groupings: Collection[Grouping]) -> tuple[float, Mapping[Grouping, ListedGroup]]:
    """Look for some groups; give the Unix time, and those that are there.

    Raises:
        PushError, ListingError: the look failed.
    """
    look = gateway.look()
    return look.at, {group.grouping: group for group in look.groups if group.grouping in groupings}
