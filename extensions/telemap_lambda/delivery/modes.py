"""How a push hands over what was counted: the whole group each time, or what was added since the last one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Literal

from telemap.store.acknowledged import Acknowledged

if TYPE_CHECKING:
    from telemap.exposition import Renderer
    from telemap.store import Store
    from telemap_lambda.delivery.pusher import PushResult
    from telemap_lambda.log import Log

SUCCESS = "success"
FAILURE = "failure"
UNKNOWN = "unknown"
LOST = "lost"

_ADDED_IN_PART = frozenset({400, 422})
"""Statuses of gateways that add up by which some families may have been added, and others not."""


class Delivery(ABC):
    """What is pushed, and what it means when it was taken or not.

    Args:
        store: what is pushed.
        renderer: writes it.
        log: for what people should know once.
    """

    method: ClassVar[Literal["put", "post"]]
    adds_up: ClassVar[bool]

    def __init__(self, store: Store, renderer: Renderer, log: Log) -> None:
        self._acknowledged = Acknowledged(store, keep=self.adds_up)
        self._renderer = renderer
        self._log = log

    def begin(self) -> str:
        """Give the text of a push; empty when there is nothing to push."""
        text = self._text()
        if text:
            self._acknowledged.begin()
        return text

    @abstractmethod
    def settle(self, result: PushResult) -> str:
        """Take note of what became of the push, and name the outcome."""

    def restart(self, instance: str) -> None:
        """Begin anew under another instance id; what was not acknowledged is kept."""
        self._acknowledged.restart(instance)

    @abstractmethod
    def _text(self) -> str: ...


class Replace(Delivery):
    """Each push replaces the whole group: what fails is repaired by the next, and counters lose nothing."""

    method = "put"
    adds_up = False

    def settle(self, result: PushResult) -> str:
        """Take note of what became of the push, and name the outcome."""
        taken = not result.reason
        self._acknowledged.settle(taken=taken)
        if taken and result.status == 202:
            self._log.once(
                "adds-up",
                "the gateway answers 202 to PUT, as gateways do that add up what they are sent: if this is one, each"
                " push counts again what the ones before it did; set TELEMAP_DELIVERY=delta",
            )
        return SUCCESS if taken else FAILURE

    def _text(self) -> str:
        return self._renderer.render()


class Delta(Delivery):
    """Each push holds what was added since the last one that was taken, for gateways that add up."""

    method = "post"
    adds_up = True

    def settle(self, result: PushResult) -> str:
        """Take note of what became of the push, and name the outcome."""
        outcome = _outcome(result)
        self._acknowledged.settle(taken=outcome in {SUCCESS, LOST})
        return outcome

    def _text(self) -> str:
        return self._renderer.render_increments(self._acknowledged.series)


def _outcome(result: PushResult) -> str:
    """Tell what a gateway that adds up has done with increments.

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
