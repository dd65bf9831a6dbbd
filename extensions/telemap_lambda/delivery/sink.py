"""How what was counted is delivered: what a push holds, and what its outcome means."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from telemap_lambda.delivery.pushes import Content, Payload

if TYPE_CHECKING:
    from telemap_lambda.delivery.pushes import PushResult
    from telemap_lambda.log import Log

SUCCESS = "success"
FAILURE = "failure"
UNKNOWN = "unknown"
LOST = "lost"

REFUSED_STATUS = 400
"""The status by which a gateway says that a push does not fit with what others have pushed."""


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
