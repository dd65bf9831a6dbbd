"""`telemap sweep` as a scheduled Lambda function.

It is configured by the extension's variables for the gateway, and by `TELEMAP_SWEEP_OLDER_THAN` and
`TELEMAP_SWEEP_JOB`.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Protocol

from telemap.durations import duration
from telemap_lambda.log import Log
from telemap_lambda.sweep import DEFAULT_OLDER_THAN, Outcome, Rule, SweepError, SweepSettingsError, sweep
from telemap_lambda.sweep.pushgateway import swept_pushgateway

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHARE_OF_TIME = 0.8
"""Share of the function's timeout to spend on deletions, so that it finishes before the timeout."""

_MAX_LINES = 10
"""Maximum number of failures to log."""


class LambdaContext(Protocol):
    """The part of Lambda's context object that is used."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function's timeout."""


def handler(event: object, context: LambdaContext | None) -> dict[str, int]:  # noqa: ARG001 - as Lambda calls it
    """Sweep the gateway that the environment specifies.

    Args:
        event: unused.
        context: limits the time; None for no limit.

    Returns:
        The number of groups, and of old ones by outcome.

    Raises:
        SweepError: nothing could be deleted; Lambda then counts an error.
    """
    rule = _rule(os.environ)
    seconds = context.get_remaining_time_in_millis() / 1000 * _SHARE_OF_TIME if context else math.inf
    with swept_pushgateway(os.environ) as gateway:
        result = sweep(gateway, rule, seconds=seconds)
    counts = result.counts()
    problems = [one for one in result.swept if one.outcome in {Outcome.FAILED, Outcome.UNDATED}]
    log = Log()
    for one in problems[:_MAX_LINES]:
        log.warning(f"the group {dict(one.grouping)} was not deleted: {one.reason}")
    if counts["failed"] + counts["left"] > 0 == counts["deleted"]:
        why = next((one.reason for one in problems if one.outcome is Outcome.FAILED), "there was not enough time")
        raise SweepError(f"none of {counts['failed'] + counts['left']} old groups could be deleted: {why}")
    return counts


def _rule(environ: Mapping[str, str]) -> Rule:
    text = environ.get("TELEMAP_SWEEP_OLDER_THAN", "")
    older_than = duration(text) if text else DEFAULT_OLDER_THAN
    if older_than is None or older_than < 0:
        raise SweepSettingsError(f"TELEMAP_SWEEP_OLDER_THAN: {text[:60]!r} is not a duration such as 90m or 2h")
    return Rule(older_than, environ.get("TELEMAP_SWEEP_JOB", ""))
