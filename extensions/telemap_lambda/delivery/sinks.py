"""The deliveries. `TELEMAP_DELIVERY` and the address select one.

A new delivery needs a class and a case in `open_sink`; nothing else depends on which one is in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from telemap.exposition import Renderer
from telemap.store.acknowledged import Acknowledged
from telemap_lambda.delivery.pushes import Content, Payload
from telemap_lambda.delivery.sink import FAILURE, LOST, SUCCESS, UNKNOWN, Sink

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemap.store import Store
    from telemap_lambda.delivery.pushes import PushResult
    from telemap_lambda.log import Log
    from telemap_lambda.settings.model import Settings

_ADDED_IN_PART = frozenset({400, 422})
"""Statuses of an aggregating gateway after which some families may have been added and others not."""


class Replace(Sink):
    """Each push replaces the whole group: the next one makes up for a failure, and counters lose nothing.

    Args:
        store: the series to push.
        grouping: the grouping key, whose labels the gateway adds.
        log: log for one-time messages.
        deletes: whether to delete the group at shutdown.
    """

    def __init__(self, store: Store, grouping: Mapping[str, str], log: Log, *, deletes: bool) -> None:
        super().__init__(log, deletes=deletes)
        self._acknowledged = Acknowledged(store)
        self._renderer = Renderer(store, without=frozenset(grouping))

    def begin(self) -> Payload | None:
        """Begin a push of all series in their current state."""
        text = self._renderer.render()
        if not text:
            return None
        self._acknowledged.begin()
        return Payload(Content.ALL, "put", text)

    def settle(self, content: Content, result: PushResult) -> str:
        """Record the result of a push and return its outcome."""
        taken = not result.reason
        if content is Content.ALL:
            self._acknowledged.settle(taken=taken)
            if taken and result.status == 202:
                self._log.once(
                    "adds-up",
                    "the gateway answers PUT with 202, as gateways that add up do. If this is one, each"
                    " push counts everything again: set TELEMAP_DELIVERY=delta",
                )
        return SUCCESS if taken else FAILURE

    def own(self) -> Payload:
        """Return only telemap's own families; the rest of the group stays unchanged."""
        return Payload(Content.OWN, "post", self._renderer.render_own())

    def restart(self, instance: str) -> None:
        """Start over under another instance ID, keeping unacknowledged data."""
        self._acknowledged.restart(instance)


class Delta(Sink):
    """Each push contains the increments since the last acknowledged one, for aggregating gateways.

    Args:
        store: the series to push.
        grouping: the grouping key, whose labels the gateway adds.
        log: log for one-time messages.
    """

    loss = "increments are lost, because some may have been added"

    def __init__(self, store: Store, grouping: Mapping[str, str], log: Log) -> None:
        super().__init__(log, deletes=False)
        self._acknowledged = Acknowledged(store, keep=True)
        self._renderer = Renderer(store, without=frozenset(grouping))

    def begin(self) -> Payload | None:
        """Begin a push of the increments since the last acknowledged one."""
        text = self._renderer.render_increments(self._acknowledged.series)
        if not text:
            return None
        self._acknowledged.begin()
        return Payload(Content.ALL, "post", text)

    def settle(self, content: Content, result: PushResult) -> str:
        """Record the result of a push and return its outcome."""
        outcome = _outcome(result)
        if content is Content.ALL:
            self._acknowledged.settle(taken=outcome in {SUCCESS, LOST})
        return outcome

    def restart(self, instance: str) -> None:
        """Start over under another instance ID, keeping unacknowledged data."""
        self._acknowledged.restart(instance)


def open_sink(
    settings: Settings, grouping: Mapping[str, str], store: Store, log: Log, now: Callable[[], float]
) -> Sink:
    """Return the configured sink.

    Args:
        settings: where to push, and what to delete at shutdown.
        grouping: the grouping key, or the labels of the process.
        store: the series to push.
        log: log for one-time messages.
        now: callable that returns the Unix time.
    """
    deletes = settings.on_shutdown == "delete"
    if settings.api.keeps_samples:
        from telemap_lambda.delivery.samples import Samples  # noqa: PLC0415 - few functions need it

        return Samples(settings, grouping, store, log, now)
    match settings.delivery:
        case "replace" | "remote-write":
            return Replace(store, grouping, log, deletes=deletes)
        case "delta":
            return Delta(store, grouping, log)
    assert_never(settings.delivery)


def _outcome(result: PushResult) -> str:
    """Return what an aggregating gateway did with increments.

    An error status means that nothing was added, so they stay pending; but a 400 or 422 may come after some families
    were added, and resending would count those twice. If the outcome is unknown, they are resent: at least once.
    """
    if not result.reason:
        return SUCCESS
    if result.status in _ADDED_IN_PART:
        return LOST
    if result.sent and (result.status == 0 or result.status >= 500):
        return UNKNOWN
    return FAILURE
