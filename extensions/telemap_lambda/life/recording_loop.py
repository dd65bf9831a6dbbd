"""The extension's life when recording without a gateway: nothing is mapped or pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap_lambda.barrier import attempt
from telemap_lambda.lambda_api import INVOKE, SHUTDOWN, LambdaApi, LambdaApiError
from telemap_lambda.telemetry.invocations import Invocations, shutdown_deadline_of
from telemap_lambda.telemetry.posts import Telemetry, next_message

if TYPE_CHECKING:
    from telemap.store import Store
    from telemap_lambda.log import Log
    from telemap_lambda.recording.recorder import Recorder
    from telemap_lambda.telemetry.inbox import Inbox, Message
    from telemap_lambda.world import World

_LAST_POSTS = 0.15
"""Longest wait for telemetry at shutdown; the last report comes some 5 to 40 ms after SHUTDOWN."""

_EXIT_EARLY = 0.3
"""Seconds before the shutdown deadline at which all work ends."""

_RETRY_SECONDS = 1.0


class RecordingLife:
    """Record telemetry until SHUTDOWN.

    Args:
        api: Lambda's API, after registration.
        inbox: telemetry from the listener.
        store: a store that stays empty.
        log: the log.
        world: clock and threads.
        recorder: a recorder that passes nothing on to the store.
    """

    def __init__(
        self, api: LambdaApi, inbox: Inbox, store: Store, log: Log, world: World, recorder: Recorder | None
    ) -> None:
        self._api = api
        self._inbox = inbox
        self._log = log
        self._world = world
        self._invocations = Invocations(world.now)
        self._telemetry = Telemetry(store, self._invocations, lambda _: None, log, snap_start=False, recorder=recorder)

    def run(self) -> int:
        """Run until SHUTDOWN, and return the exit code."""
        self._world.start("events", self._wait_for_events)
        while True:
            message = attempt(lambda: next_message(self._inbox, self._telemetry, None), self._log)
            if isinstance(message, dict) and message["eventType"] == SHUTDOWN:
                self._take_the_last(shutdown_deadline_of(message, self._world.now()) - _EXIT_EARLY)
                return 0
            self._note(message)

    def _take_the_last(self, latest: float) -> None:
        until = self._world.now() + _LAST_POSTS
        while not self._invocations.last_report_in and (left := until - self._world.now()) > 0:
            self._note(next_message(self._inbox, self._telemetry, left))
        while (self._telemetry.is_busy or self._inbox.has_telemetry) and self._world.now() < latest:
            self._note(next_message(self._inbox, self._telemetry, 0.0))
        attempt(self._telemetry.end, self._log)

    def _note(self, message: Message | None) -> None:
        if isinstance(message, bytes):
            self._telemetry.put(message)
        elif isinstance(message, dict):
            self._invocations.begin(str(message.get("requestId")))

    def _wait_for_events(self) -> None:
        """Request the next event at once: no work in an invocation has to finish first."""
        event_type = INVOKE
        while event_type != SHUTDOWN:
            event = attempt(self._next_event, self._log)
            if event is None:
                self._world.sleep(_RETRY_SECONDS)
            else:
                event_type = event["eventType"]
                self._inbox.put(event)

    def _next_event(self) -> dict[str, Any] | None:
        try:
            return self._api.next_event()
        except LambdaApiError as error:
            self._log.once("next", f"waiting for the next event: {error}")
            return None
