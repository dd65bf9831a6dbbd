"""The pushes of one process: what each holds, and what becomes of it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from telemap.exposition import Renderer
from telemap_lambda.delivery.pacing import Pacing
from telemap_lambda.delivery.pusher import Method, Push, Pusher, PushResult
from telemap_lambda.delivery.sinks import FAILURE, LOST, SUCCESS, UNKNOWN, open_sink

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemap.store import Store
    from telemap.store.own_metrics import OwnMetrics
    from telemap_lambda.delivery.endpoints import Endpoints
    from telemap_lambda.log import Log
    from telemap_lambda.settings.model import Settings
    from telemap_lambda.world import World

START_OVER_SECONDS = 3600.0
"""Time without an acknowledged push after which a process starts over: no group comes back after it was swept."""

_REFUSED = 400
"""The status by which a gateway says that a push does not fit with what others have pushed."""


class _Content(Enum):
    """What a push holds."""

    ALL = "all"
    OWN = "own"
    NOTHING = "nothing"


class Flush:
    """The pushes of one process.

    Args:
        settings: when to push, where, and how.
        grouping: the grouping key.
        store: what to push.
        own: counts pushes.
        report: takes results, in the pusher's thread; they come back here by `take`.
        log: says when pushing begins to fail, and when it works again.
        world: its clock, its threads and its randomness.
        endpoints: the gateway, and where its credentials are read.

    Attributes:
        busy: whether a push is under way.
        number: of the last push, from 1 on.
        overtaken: whether one that was given up was answered since the last push began.
        pacing: when a push may begin.
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
        self.pacing = Pacing(settings, world.now)
        self._settings = settings
        self._grouping = dict(grouping)
        self._renderer = Renderer(store, without=frozenset(grouping))
        self._sink = open_sink(settings, store, self._renderer, log)
        self._own = own
        self._report = report
        self._log = log
        self._world = world
        self._endpoints = endpoints
        self._pusher: Pusher | None = None
        self.number = 0
        self._content = _Content.ALL
        self._given_up: set[int] = set()
        self._new_events = 0
        self._events_in_push = 0
        self._alive_at = world.now()

    def prepare(self) -> None:
        """Load what a push needs, in the background."""
        if self._pusher is None:
            self._pusher = self._new_pusher()

    def _new_pusher(self) -> Pusher:
        return Pusher(self._settings, self._report, self._log, self._world, self._endpoints, self._pusher)

    @property
    def ready(self) -> bool:
        """Return whether a push can begin at once: the HTTP client is loaded and the secret is read, or cannot be."""
        return self._pusher is not None and self._pusher.ready

    @property
    def stale(self) -> bool:
        """Return whether a push that was given up may still be answered, and its text be applied."""
        return bool(self._given_up)

    def count_events(self, number: int) -> None:
        """Take note of telemetry that was applied."""
        self._new_events += number

    def due(self) -> bool:
        """Return whether to push at an invocation, once no push is under way."""
        return self.pacing.due(self._new_events)

    def due_by_timer(self) -> bool:
        """Return whether to push when the timer of managed instances says so."""
        return self._new_events > 0 and not self.busy and self.pacing.possible()

    def start(self) -> None:
        """Begin a push of all series as they are now."""
        if self._world.now() - self._alive_at >= START_OVER_SECONDS:
            self.start_over()
        self._events_in_push = self._new_events
        text = self._sink.begin()
        if text:
            self._push(_Content.ALL, self._sink.method, text)
        else:
            self._new_events = 0

    def start_over(self) -> None:
        """Become a new instance, with a group of its own; where there is no such group, there is nothing to do."""
        self._alive_at = self._world.now()
        if "instance" in self._grouping:
            self._grouping["instance"] = self._world.random_id()
            self._sink.restart(self._grouping["instance"])

    @property
    def deletes(self) -> bool:
        """Return whether the group is to be deleted at shutdown."""
        return self._sink.deletes

    def delete(self) -> None:
        """Begin to remove the group."""
        self._push(_Content.NOTHING, "delete", "")

    def abandon(self) -> None:
        """Give up a push that hangs; the next one gets a connection of its own."""
        self._settle(PushResult(self.number, self._settings.push_timeout, 0, sent=True, reason="it took too long"))
        self._given_up.add(self.number)
        self._pusher = self._new_pusher()

    def end(self) -> None:
        """Report what is lost, when the last push was not acknowledged."""
        if self.pacing.failures or (self.busy and self._content is _Content.ALL):
            self._log.warning(
                f"the last push was not acknowledged: {self._new_events} events may be lost to the gateway"
            )
        elif self.busy:
            self._log.warning("the gateway did not confirm in time that the group is deleted")

    def take(self, result: PushResult) -> None:
        """Take note of what became of a push."""
        if result.number in self._given_up:
            self._given_up.remove(result.number)
            self.overtaken = self.overtaken or result.sent
        else:
            self._settle(result)

    def _settle(self, result: PushResult) -> None:
        self.busy = False
        if self._content is not _Content.ALL:
            if result.reason:
                self._log.once(self._content.value, f"a push failed ({self._content.value}): {result.reason}")
            return
        outcome = self._sink.settle(result)
        self._log.debug(f"push {result.number}: {outcome} after {result.seconds * 1000:.0f} ms")
        self._own.count_push(outcome, result.seconds, self._world.now())
        if outcome == SUCCESS:
            self._succeeded()
        elif outcome == FAILURE and result.status == _REFUSED:
            self._refused(result.reason)
        else:
            self._failed(outcome, result.reason)

    def _push(self, content: _Content, method: Method, text: str) -> None:
        self.prepare()
        assert self._pusher is not None  # noqa: S101 - prepare has made it
        self.busy = True
        self.overtaken = False
        self._content = content
        self.number += 1
        self._pusher.push(Push(self.number, method, text, dict(self._grouping)))

    def _succeeded(self) -> None:
        if self.pacing.failures:
            self._log.warning("pushing works again")
        self.pacing.succeeded()
        self._alive_at = self._world.now()
        self._new_events -= self._events_in_push

    def _failed(self, outcome: str, reason: str) -> None:
        if outcome == LOST:
            self._new_events -= self._events_in_push
            self._log.once("lost", f"increments are lost, because some may have been added: {reason}")
        elif outcome == UNKNOWN:
            self._log.once("unknown", f"increments are sent again and may be counted twice: {reason}")
        elif not self.pacing.failures:
            self._log.warning(f"a push failed, the next one will make up for it: {reason}")
        self.pacing.failed()

    def _refused(self, reason: str) -> None:
        """Push telemap's own families alone, so that the failure can be seen; the rest of the group stays as it was."""
        self._log.once(
            "refused", f"the gateway refuses these metrics, so only those about telemap are pushed: {reason}"
        )
        self.pacing.refused()
        self._push(_Content.OWN, "post", self._renderer.render_own())
