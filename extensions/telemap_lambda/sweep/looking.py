"""List a gateway's groups, and list them again before and after deletions."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from telemap_lambda.sweep.listing import Grouping, ListedGroup


@dataclass(frozen=True, slots=True)
class GroupList:
    """The groups on a gateway at a point in time.

    Attributes:
        at: Unix time.
        groups: the groups; can be iterated over once.
    """

    at: float
    groups: Iterable[ListedGroup]


class SweptGateway(Protocol):
    """A gateway whose groups can be listed and deleted."""

    def list_groups(self) -> GroupList:
        """List all groups.

        Raises:
            PushError: the gateway did not answer, or answered with an error; also while iterating.
            ListingError: the answer is not a list of groups; also while iterating.
        """

    def delete(self, grouping: Mapping[str, str]) -> None:
        """Delete a group.

        Raises:
            PushError: the deletion was not acknowledged.
        """


class GroupWatch:
    """Checks groups again right before their deletion.

    A gateway can only list all its groups at once. So a list is used for as long as it took to fetch: with few groups,
    each deletion has its own list; with thousands, fetching lists takes half of the time.

    Args:
        gateway: the gateway.
        groupings: the groups to watch.
    """

    def __init__(self, gateway: SweptGateway, groupings: Collection[Grouping]) -> None:
        self._gateway = gateway
        self._groupings = groupings
        self._seen: Mapping[Grouping, ListedGroup] = {}
        self._at = 0.0
        self._good_until = -math.inf

    def group(self, grouping: Grouping) -> tuple[ListedGroup | None, float]:
        """Return a group's current state (None if it is gone), and the Unix time of the list.

        Raises:
            PushError, ListingError: the groups cannot be listed.
        """
        if time.monotonic() >= self._good_until:
            began = time.monotonic()
            self._at, self._seen = current_groups(self._gateway, self._groupings)
            self._good_until = 2 * time.monotonic() - began
        return self._seen.get(grouping), self._at


def current_groups(
    gateway: SweptGateway, groupings: Collection[Grouping]
) -> tuple[float, Mapping[Grouping, ListedGroup]]:
    """Return the Unix time, and those of some groups that exist.

    Raises:
        PushError, ListingError: the groups cannot be listed.
    """
    listed = gateway.list_groups()
    return listed.at, {group.grouping: group for group in listed.groups if group.grouping in groupings}
