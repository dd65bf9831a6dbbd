"""Sinks: how what was counted is delivered. `TELEMAP_DELIVERY` and the address name one.

A new delivery is a class and a case in `open_sink`; nothing else asks which one it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, TypeAlias, assert_never

from telemap.exposition import Renderer
from telemap.store.acknowledged import Acknowledged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemap.store import Store
    from telemap_lambda.delivery.pusher import PushResult
    from telemap_lambda.log import Log
    from telemap_lambda.settings.model import Settings

SUCCESS = "success"
FAILURE = "failure"
UNKNOWN = "unknown"
LOST = "lost"

REFUSED_STATUS = 400
"""The status by which a gateway says that a push does not fit with what others have pushed."""

_ADDED_IN_PART = frozenset({400, 422})
"""Statuses of gateways that add up by which some families may have been added, and others not."""

Method: TypeAlias = Literal["put", "post", "write", "delete"]


class Content(Enum):
    """What a push holds."""

    ALL = "all"
    OWN = "own"
    NOTHING = "nothing"


class Payload(NamedTuple):
    """What is to be sent.

    Attributes:
        content: what it holds.
        method: `put` replaces the group; `post` replaces families of a group, or adds at gateways that add up; `write`
            adds samples with their own times; `delete` removes the group.
        text: an exposition, of `put` and `post`.
        body: of `write`.
        is_new: whether it was made of the store just now; else it was sent before, or goes on with what was.
    """

    content: Content
    method: Method
    text: str = ""
    body: bytes = b""
    is_new: bool = True


class Sink(ABC):
    """What a push holds, and what its outcome means.

    Args:
        log: for what is logged once.

    Attributes:
        deletes: whether what this process has pushed is ended at shutdown.
        overtakes: whether a push that is answered late takes effect over what came after.
        loss: what is logged when something is lost.
    """

    overtakes: ClassVar[bool] = True
    loss: ClassVar[str] = ""

    def __init__(self, log: Log, *, deletes: bool) -> None:
        self.deletes = deletes
        self._log = log

    @property
    def pending(self) -> bool:
        """Return whether something is to be sent again as it is."""
        return False

    @abstractmethod
    def begin(self) -> Payload | None:
        """Begin a push; None when there is nothing to push."""

    @abstractmethod
    def settle(self, content: Content, result: PushResult) -> str:
        """Note the result of a push, and return its outcome."""

    def rest(self) -> Payload | None:
        """Return what is to be sent next, when something was taken; None when that was all."""
        return None

    def own(self) -> Payload | None:
        """Return telemap's own families alone, for when all of them were refused; None where they are not pushed."""
        return None

    def end(self) -> Payload | None:
        """Return what ends the series of this process; None when nothing can."""
        return Payload(Content.NOTHING, "delete")

    @abstractmethod
    def restart(self, instance: str) -> None:
        """Start over under another instance id; what was not acknowledged is kept."""


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
