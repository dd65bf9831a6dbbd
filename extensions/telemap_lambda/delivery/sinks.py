"""Sinks: how what was counted is delivered. `TELEMAP_DELIVERY` names one.

A new delivery is a class here and a case in `open_sink`; nothing else asks which one it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Literal, assert_never

from telemap.store.acknowledged import Acknowledged

if TYPE_CHECKING:
    from telemap.exposition import Renderer
    from telemap.store import Store
    from telemap_lambda.delivery.pusher import PushResult
    from telemap_lambda.log import Log
    from telemap_lambda.settings.model import Settings

SUCCESS = "success"
FAILURE = "failure"
UNKNOWN = "unknown"
LOST = "lost"

_ADDED_IN_PART = frozenset({400, 422})
"""Statuses of gateways that add up by which some families may have been added, and others not."""


class Sink(ABC):
    """What a push holds, and what its outcome means.

    Args:
        settings: where to push, and what remains at the end.
        store: what is pushed.
        renderer: writes it.
        log: for what is logged once.

    Attributes:
        method: how pushes are sent.
        adds_up: whether the gateway adds up what it is sent, so that each push holds increments.
        deletes: whether the group of this process is deleted at shutdown.
    """

    method: ClassVar[Literal["put", "post"]]
    adds_up: ClassVar[bool]

    def __init__(self, settings: Settings, store: Store, renderer: Renderer, log: Log) -> None:
        self.deletes = settings.on_shutdown == "delete" and not self.adds_up
        self._acknowledged = Acknowledged(store, keep=self.adds_up)
        self._renderer = renderer
        self._log = log

    def begin(self) -> str:
        """Begin a push.

        Returns:
            Its text; empty when there is nothing to push.
        """
        text = self._text()
        if text:
            self._acknowledged.begin()
        return text

    @abstractmethod
    def settle(self, result: PushResult) -> str:
        """Note the result of the push, and return its outcome."""

    def restart(self, instance: str) -> None:
        """Start over under another instance id; what was not acknowledged is kept."""
        self._acknowledged.restart(instance)

    @abstractmethod
    def _text(self) -> str: ...


class Replace(Sink):
    """Each push replaces the whole group: the next one repairs a failure, and counters lose nothing."""

    method = "put"
    adds_up = False

    def settle(self, result: PushResult) -> str:
        """Note the result of the push, and return its outcome."""
        taken = not result.reason
        self._acknowledged.settle(taken=taken)
        if taken and result.status == 202:
            self._log.once(
                "adds-up",
                "the gateway answers PUT with 202, as gateways that add up do. If this is one, each"
                " push counts everything again: set TELEMAP_DELIVERY=delta",
            )
        return SUCCESS if taken else FAILURE

    def _text(self) -> str:
        return self._renderer.render()


class Delta(Sink):
    """Each push holds what was counted since the last acknowledged one, for gateways that add up."""

    method = "post"
    adds_up = True

    def settle(self, result: PushResult) -> str:
        """Note the result of the push, and return its outcome."""
        outcome = _outcome(result)
        self._acknowledged.settle(taken=outcome in {SUCCESS, LOST})
        return outcome

    def _text(self) -> str:
        return self._renderer.render_increments(self._acknowledged.series)


def open_sink(settings: Settings, store: Store, renderer: Renderer, log: Log) -> Sink:
    """Return the sink that the settings name."""
    match settings.delivery:
        case "replace":
            return Replace(settings, store, renderer, log)
        case "delta":
            return Delta(settings, store, renderer, log)
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
