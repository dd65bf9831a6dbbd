"""How long the loop waits: for a push while a function runs, and for telemetry at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap_lambda.telemetry.invocations import Invocations

ASK_EARLY = 0.1
"""Seconds before an invocation's deadline by which the next event must be requested."""

_LAST_REPORT = 0.5
"""Longest wait for the last report at shutdown. Lambda posts it some 5 to 40 ms after SHUTDOWN; a process with
little CPU time sees it later."""

_LAST_POST = 0.1
"""Longest wait for a last post at shutdown if no report is known to be missing: before any INVOKE, and on managed
instances. Lambda buffers telemetry for 25 ms before posting it."""

_HOLD_MARGIN = 0.02
"""Seconds before the end of the hold at which waiting stops: requesting the next event takes a moment, too."""


def hold_until(invocations: Invocations, hold: float, deadline: float) -> float:
    """Return the Unix time at which to stop waiting for a push.

    Args:
        invocations: the invocations, for when the function is done.
        hold: seconds to hold the sandbox after that; 0 to not wait at all.
        deadline: the invocation's deadline, in Unix time.
    """
    given_up = invocations.done_by + max(hold - _HOLD_MARGIN, hold / 2) if hold else 0.0
    return min(deadline - ASK_EARLY, given_up)


def last_wait(invocations: Invocations) -> float:
    """Return the seconds to wait for telemetry at shutdown."""
    if invocations.last_report_in:
        return 0.0
    return _LAST_REPORT if invocations.report_awaited else _LAST_POST
