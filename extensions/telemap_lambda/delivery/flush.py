"""The pushes of one process: their content and their outcome."""

from __future__ import annotations

from operator import sub
from typing import TYPE_CHECKING

from telemap_lambda.delivery.pacing import Pacing
from telemap_lambda.delivery.pusher import Pusher
from telemap_lambda.delivery.pushes import Content, Push, PushResult
from telemap_lambda.delivery.sink import LOST, REFUSED_STATUS, SUCCESS, UNKNOWN
from telemap_lambda.delivery.sinks import open_sink

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemap.store import Store
    from telemap.store.own_metrics import OwnMetrics
    from telemap_lambda.delivery.endpoints import Endpoints
    from telemap_lambda.delivery.pushes import Payload
    from telemap_lambda.log import Log
    from telemap_lambda.settings.model import Settings
    from telemap_lambda.world import World

START_OVER_SECONDS = 3600.0
"""Time without an acknowledged push before a process starts over, so that no swept group reappears."""


class Flush:
    """The pushes of one process.

    Args:
        settings: when, where and how to push.
        grouping: the grouping key.
        store: the series to push.
        own: telemap's own metrics, which count pushes.
        report: callback for results, called in the pusher's thread; they return here through `take`.
        log: log for when pushes start to fail and when they work again.
        world: the clock, threads and randomness.
        endpoints: the gateway and the sources of its credentials.

    Attributes:
        busy: whether a push is in progress.
        number: number of the last push, starting at 1.
        asked_to_wait: seconds the gateway asked to wait when the last push failed.
        overtaken: whether an abandoned push has been answered since the last push began.
        pacing: rules for when a push may begin.
    """

    def __init__(
        self,
        settings: Settings,
        grouping: Mapping[str, str],
        store: Store,
        own: OwnMetrics,
        report: Callable[[PushResult], None],
        log: Log,
        world: World,
        endpoints: Endpoints,
    ) -> None:
        self.busy = False
        self.overtaken = False
        self.asked_to_wait = 0.0
        self.pacing = Pacing(settings, world.now)
        self._settings = settings
        self._grouping = dict(grouping)
        self._sink = open_sink(settings, grouping, store, log, world.now)
        self._own = own
        self._report = report
        self._log = log
        self._world = world
        self._endpoints = endpoints
        self._pusher: Pusher | None = None
        self.number = 0
        self._content = Content.ALL
        self._given_up: set[int] = set()
        self._new_events = 0
        self._events_in_push = 0
        self._at_risk = 0  # events that an abandoned push may undo
        self._alive_at = self._began_at = self._world.moment()

    def prepare(self) -> None:
        """Load in the background what a push needs."""
        if self._pusher is None:
            self._pusher = self._new_pusher()

    def _new_pusher(self) -> Pusher:
        return Pusher(self._settings, self._report, self._log, self._world, self._endpoints, self._pusher)

    @property
    def ready(self) -> bool:
        """Return whether a push can begin at once: HTTP client loaded, and secret read or found unreadable."""
        return self._pusher is not None and self._pusher.ready

    @property
    def stale(self) -> bool:
        """Return whether an abandoned push may still take effect and overwrite later ones."""
        return bool(self._given_up) and self._sink.overtakes

    @property
    def repeatable(self) -> bool:
        """Return whether a push may safely arrive twice, so that an unanswered one is resent unchanged."""
        return not self._sink.overtakes

    @property
    def pending(self) -> bool:
        """Return whether a push is waiting to be resent because it may have arrived."""
        return not self.busy and self._sink.pending

    def count_events(self, number: int) -> None:
        """Count telemetry events that were applied."""
        self._new_events += number

    def due(self) -> bool:
        """Return whether to push at an invocation, once no push is in progress."""
        return self.pacing.due(self._new_events)

    def due_by_timer(self) -> bool:
        """Return whether to push when the timer of managed instances fires."""
        return self._new_events > 0 and not self.busy and self.pacing.possible()

    def start(self) -> None:
        """Begin a push of all series in their current state."""
        self._begin()
        payload = self._sink.begin()
        if payload:
            self._push(payload)
        else:
            self._new_events = 0

    def _begin(self) -> None:
        """Note that a push begins, and become a new instance if the group may have been swept."""
        self._began_at = self._world.moment()
        if max(map(sub, self._began_at, self._alive_at)) >= START_OVER_SECONDS:
            self.start_over()

    def start_over(self) -> None:
        """Become a new instance with its own group; do nothing if the grouping key has no instance."""
        self._alive_at = self._world.moment()
        if "instance" in self._grouping:
            self._grouping["instance"] = self._world.random_id()
            self._sink.restart(self._grouping["instance"])

    @property
    def deletes(self) -> bool:
        """Return whether to delete the group at shutdown."""
        return self._sink.deletes

    def delete(self) -> None:
        """Begin to delete the group or end its series."""
        payload = self._sink.end()
        if payload:
            self._push(payload)

    def abandon(self) -> None:
        """Abandon a push that hangs; the next one gets its own connection."""
        self._settle(PushResult(self.number, self._settings.push_timeout, 0, sent=True, reason="it took too long"))
        self._given_up.add(self.number)
        self._pusher = self._new_pusher()

    def end(self) -> None:
        """Log what may be lost if the last push was not acknowledged."""
        if self.pacing.failures or (self.busy and self._content is Content.ALL):
            events = self._new_events + self._at_risk
            self._log.warning(f"the last push was not acknowledged: {events} events may be lost to the gateway")
        elif self.busy:
            self._log.warning("the gateway did not confirm in time that the group is deleted")

    def take(self, result: PushResult) -> None:
        """Process the result of a push."""
        if result.number in self._given_up:
            self._given_up.remove(result.number)
            self.overtaken = self.overtaken or (result.sent and self._sink.overtakes)
        else:
            self._settle(result)

    def _settle(self, result: PushResult) -> None:
        self.busy = False
        self.asked_to_wait = result.retry_after
        outcome = self._sink.settle(self._content, result)
        if self._content is not Content.ALL:
            if result.reason:
                self._log.once(self._content.value, f"a push failed ({self._content.value}): {result.reason}")
            elif payload := self._sink.rest():
                self._push(payload)
            return
        self._log.debug(f"push {result.number}: {outcome} after {result.seconds * 1000:.0f} ms")
        self._own.count_push(outcome, result.seconds, result.status)
        if outcome == SUCCESS:
            self._succeeded()
        elif outcome == LOST or result.status == REFUSED_STATUS:
            self._refused(outcome, result.reason)
        else:
            self._failed(outcome, result)

    def _push(self, payload: Payload) -> None:
        self.prepare()
        assert self._pusher is not None  # noqa: S101 - set by prepare
        if payload.is_new:
            self._events_in_push = self._new_events
        self.busy = True
        self.overtaken = False
        self._content = payload.content
        self.number += 1
        self._pusher.push(Push(self.number, payload, dict(self._grouping)))

    def _succeeded(self) -> None:
        """Continue with the rest of the push, or with data newer than a resent push."""
        rest = self._sink.rest()
        if rest is None or rest.is_new:
            if self.pacing.failures:
                self._log.warning("pushing works again")
            self.pacing.succeeded()
            self._own.set_last_success(self._world.now())  # after `rest` is built: a push has the time before its own
            self._alive_at = self._began_at  # the response may be read hours after the gateway sent it
            self._new_events -= self._events_in_push
            self._at_risk = self._at_risk + self._events_in_push if self._given_up else 0
        if rest:
            self._push(rest)

    def _failed(self, outcome: str, result: PushResult) -> None:
        if outcome == UNKNOWN:
            self._log.once("unknown", f"increments are sent again and may be counted twice: {result.reason}")
        elif not self.pacing.failures:
            self._log.warning(f"a push failed, the next one will make up for it: {result.reason}")
        self.pacing.failed(result.retry_after)

    def _refused(self, outcome: str, reason: str) -> None:
        """Push only telemap's own families, so that the failure is visible; everything else pushed stays unchanged."""
        if outcome == LOST:
            self._new_events -= self._events_in_push
            self._log.once("lost", f"{self._sink.loss}: {reason}")
        else:
            self._log.once(
                "refused", f"the gateway refuses these metrics, so only those about telemap are pushed: {reason}"
            )
        self._begin()
        payload = self._sink.own()
        if payload is None:
            self.pacing.failed()
            return
        self.pacing.refused()
        self._push(payload)
