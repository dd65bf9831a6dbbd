"""The deliveries. `TELEMAP_DELIVERY` and the address name one.

A new delivery is a class and a case in `open_sink`; nothing else asks which one it is.
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
"""Statuses of gateways that add up by which some families may have been added, and others not."""


class Replace(Sink):
    """Each push replaces the whole group: the next one repairs a failure, and counters lose nothing.

    Args:
        store: what is pushed.
        grouping: the grouping key, whose labels the gateway adds.
        log: for what is logged once.
        deletes: whether the group is deleted at shutdown.
    """

    def __init__(self, store: Store, grouping: Mapping[str, str], log: Log, *, deletes: bool) -> None:
        super().__init__(log, deletes=deletes)
        self._acknowledged = Acknowledged(store)
        self._renderer = Renderer(store, without=frozenset(grouping))

    def begin(self) -> Payload | None:
        """Begin a push of all series as they are now."""
        text = self._renderer.render()
        if not text:
            return None
        self._acknowledged.begin()
        return Payload(Content.ALL, "put", text)

    def settle(self, content: Content, result: PushResult) -> str:
        """Note the result of a push, and return its outcome."""
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
        """Return telemap's own families alone; the rest of the group stays as it was."""
        return Payload(Content.OWN, "post", self._renderer.render_own())

    def restart(self, instance: str) -> None:
        """Start over under another instance id; what was not acknowledged is kept."""
        self._acknowledged.restart(instance)


class Delta(Sink):
    """Each push holds what was counted since the last acknowledged one, for gateways that add up.

    Args:
        store: what is pushed.
        grouping: the grouping key, whose labels the gateway adds.
        log: for what is logged once.
    """

    loss = "increments are lost, because some may have been added"

    def __init__(self, store: Store, grouping: Mapping[str, str], log: Log) -> None:
        super().__init__(log, deletes=False)
        self._acknowledged = Acknowledged(store, keep=True)
        self._renderer = Renderer(store, without=frozenset(grouping))

    def begin(self) -> Payload | None:
        """Begin a push of what was counted since the last one that was acknowledged."""
        text = self._renderer.render_increments(self._acknowledged.series)
        if not text:
            return None
        self._acknowledged.begin()
        return Payload(Content.ALL, "post", text)

    def settle(self, content: Content, result: PushResult) -> str:
        """Note the result of a push, and return its outcome."""
        outcome = _outcome(result)
        if content is Content.ALL:
            self._acknowledged.settle(taken=outcome in {SUCCESS, LOST})
        return outcome

    def restart(self, instance: str) -> None:
        """Start over under another instance id; what was not acknowledged is kept."""
        self._acknowledged.restart(instance)


def open_sink(
    settings: Settings, grouping: Mapping[str, str], store: Store, log: Log, now: Callable[[], float]
) -> Sink:
    """Return the sink that the settings name.

    Args:
        settings: where to push, and what remains at the end.
        grouping: the grouping key, or the labels of the process.
        store: what is pushed.
        log: for what is logged once.
        now: returns Unix time.
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
    """Return what a gateway that adds up has done with increments.

    A refusal by status has added nothing, so that they stay pending; but a 400 or 422 may come after some families were
    added: sending again would count those twice. Where nobody knows, they are sent again: at least once.
    """
    if not result.reason:
        return SUCCESS
    if result.status in _ADDED_IN_PART:
        return LOST
    if result.sent and (result.status == 0 or result.status >= 500):
        return UNKNOWN
    return FAILURE
