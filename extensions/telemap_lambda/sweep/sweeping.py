"""Sweep a gateway: find old groups, check them again, delete them, and confirm that they are gone."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

from telemap.errors import PushError
from telemap_lambda.sweep.deletion import confirm, delete_all
from telemap_lambda.sweep.errors import ListingError, SweepError
from telemap_lambda.sweep.result import Outcome, SweepResult, Swept
from telemap_lambda.sweep.rule import age_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemap_lambda.sweep.listing import Grouping, ListedGroup
    from telemap_lambda.sweep.looking import SweptGateway
    from telemap_lambda.sweep.rule import Rule

_UNDATED = "the gateway does not report its push time"


class _Found(NamedTuple):
    """The first list: the number of groups and of covered groups, and the old and undated ones."""

    groups: int
    covered: int
    old: Mapping[Grouping, ListedGroup]
    undated: Mapping[Grouping, ListedGroup]
    at: float


def sweep(gateway: SweptGateway, rule: Rule, *, dry_run: bool = False, seconds: float = math.inf) -> SweepResult:
    """Delete old groups.

    Args:
        gateway: the gateway.
        rule: which groups to delete.
        dry_run: only report which.
        seconds: time limit; groups that are not reached by then are left.

    Raises:
        SweepError: the gateway's groups cannot be listed.
    """
    until = time.monotonic() + seconds
    try:
        found = _find(gateway, rule)
    except (PushError, ListingError) as error:
        raise SweepError(f"the gateway's groups cannot be read: {error}") from error
    old = {key: Swept(key, age_of(group, found.at), Outcome.OLD) for key, group in found.old.items()}
    if dry_run:
        done = list(old.values())
    else:
        done = list(confirm(gateway, list(delete_all(gateway, rule, old, until)), found.old))
    undated = [Swept(key, None, Outcome.UNDATED, _UNDATED) for key in found.undated]
    return SweepResult(found.groups, found.covered, (*done, *undated))


def _find(gateway: SweptGateway, rule: Rule) -> _Found:
    """List the groups for the first time.

    Raises:
        PushError, ListingError: the groups cannot be listed.
    """
    listed = gateway.list_groups()
    groups = covered = 0
    old: dict[Grouping, ListedGroup] = {}
    undated: dict[Grouping, ListedGroup] = {}
    for group in listed.groups:
        groups += 1
        if not rule.covers(group):
            continue
        covered += 1
        if group.last_seen is None:
            undated[group.grouping] = group
        elif rule.is_old(group, listed.at):
            old[group.grouping] = group
    return _Found(groups, covered, old, undated, listed.at)
