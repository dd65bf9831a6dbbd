"""Delete groups if they are still old, and check that they are gone."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from telemap.errors import PushError
from telemap_lambda.sweep.errors import ListingError
from telemap_lambda.sweep.looking import GroupWatch, current_groups
from telemap_lambda.sweep.result import Outcome, Swept

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from telemap_lambda.sweep.listing import Grouping, ListedGroup
    from telemap_lambda.sweep.looking import SweptGateway
    from telemap_lambda.sweep.rule import Rule

_MAX_UNANSWERED = 3
"""Number of consecutive deletions without an answer after which the gateway is considered down."""

_PAUSES = (0.0, 0.02, 0.1, 0.5, 1.0)
"""Seconds to wait before each check: a Pushgateway answers 202, and deletes a moment later."""


def delete_all(gateway: SweptGateway, rule: Rule, old: Mapping[Grouping, Swept], until: float) -> Iterator[Swept]:
    """Delete groups, as long as the gateway answers.

    Args:
        gateway: the gateway.
        rule: which groups are old.
        old: the old groups, as found.
        until: when to stop, in monotonic seconds; the remaining groups are left.
    """
    watch = GroupWatch(gateway, old)
    unanswered = 0
    for grouping, found in old.items():
        if time.monotonic() >= until:
            yield replace(found, outcome=Outcome.LEFT)
        elif unanswered >= _MAX_UNANSWERED:
            yield replace(found, outcome=Outcome.FAILED, reason="the gateway no longer answers")
        else:
            try:
                outcome = _delete(gateway, rule, watch, grouping)
            except (PushError, ListingError) as error:
                answered = isinstance(error, PushError) and error.status > 0
                unanswered = 0 if answered else unanswered + 1
                yield replace(found, outcome=Outcome.FAILED, reason=str(error))
            else:
                unanswered = 0
                yield replace(found, outcome=outcome)


def _delete(gateway: SweptGateway, rule: Rule, watch: GroupWatch, grouping: Grouping) -> Outcome:
    """Delete a group if it is still old.

    Raises:
        PushError, ListingError: the group could not be checked or deleted.
    """
    group, at = watch.group(grouping)
    if group is None:
        return Outcome.GONE
    if not rule.is_old(group, at):
        return Outcome.PUSHED_AGAIN
    gateway.delete(dict(grouping))
    return Outcome.DELETED


def confirm(gateway: SweptGateway, done: Sequence[Swept], before: Mapping[Grouping, ListedGroup]) -> Sequence[Swept]:
    """Check that deleted groups are gone, or were pushed again.

    Args:
        gateway: the gateway.
        done: the outcome for each group.
        before: the groups, as found.
    """
    still = {swept.grouping for swept in done if swept.outcome is Outcome.DELETED}
    for pause in _PAUSES:
        if not still:
            break
        time.sleep(pause)
        try:
            _, seen = current_groups(gateway, still)
        except (PushError, ListingError):  # each deletion was acknowledged, which has to suffice
            return done
        still = {grouping for grouping, group in seen.items() if group.last_seen == before[grouping].last_seen}
    reason = "the gateway confirmed the deletion, but the group still exists"
    return [replace(one, outcome=Outcome.FAILED, reason=reason) if one.grouping in still else one for one in done]
