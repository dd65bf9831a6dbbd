"""Play recorded events as telemetry, with current timestamps."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from telemap_lambda.sandbox.recording import stamped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from telemap_lambda.sandbox.agent import Agent
    from telemap_lambda.sandbox.conditions import Conditions
    from telemap_lambda.sandbox.recording import Invocation
    from telemap_lambda.sandbox.telemetry import Telemetry


class Playback:
    """Emits events, and simulates the duration of functions.

    Args:
        agent: The extension; once it fails, nothing waits any more.
        telemetry: Where to emit events.
        conditions: Limits the duration of functions.

    """

    def __init__(self, agent: Agent, telemetry: Telemetry, conditions: Conditions) -> None:
        self._agent = agent
        self._telemetry = telemetry
        self._longest = conditions.max_duration_seconds
        self._until_asked = conditions.until_asked

    def emit(self, events: Iterable[object], age_seconds: float = 0.0) -> None:
        """Emit events as if they had happened `age_seconds` ago."""
        for event in events:
            self._telemetry.emit(stamped(event, datetime.now(UTC) - timedelta(seconds=age_seconds)))

    def play(self, invocation: Invocation, asked: int) -> float:
        """Emit the events of an invocation; return the monotonic time at which the function finished.

        Args:
            invocation: The invocation.
            asked: How often the extension had asked for an event before it.

        """
        self.emit(invocation.events[:-1])
        if self._until_asked:
            self._agent.wait(lambda: self._agent.asked_since(asked), self._longest)
        else:
            self.pause(min(invocation.duration_seconds, self._longest))
        done_at = time.monotonic()
        self.emit(invocation.events[-1:])
        return done_at

    def play_together(self, invocations: Sequence[Invocation]) -> float:
        """Emit the interleaved events of concurrent invocations, and their reports in reverse order."""
        sequences = [(*one.before, *one.events) for one in invocations]
        for turn in range(max(map(len, sequences))):
            for events in sequences:
                self.emit(events[turn : turn + 1])
        self.pause(min(max(one.duration_seconds for one in invocations), self._longest))
        done_at = time.monotonic()
        for one in reversed(invocations):
            self.emit(one.after)
        return done_at

    def pause(self, seconds: float) -> None:
        """Wait, unless the extension has failed."""
        self._agent.wait(lambda: False, seconds)
