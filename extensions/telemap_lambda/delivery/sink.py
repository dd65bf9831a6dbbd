"""The interface of a delivery: the content of a push and the meaning of its result."""

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
"""Status with which a gateway refuses a push that is inconsistent with other pushes."""


class Sink(ABC):
    """The content of a push and the meaning of its result.

    Args:
        log: log for one-time messages.

    Attributes:
        deletes: whether to end at shutdown what this process has pushed.
        overtakes: whether a push that is answered late overwrites later ones.
        loss: message to log when data is lost.
    """

    overtakes: ClassVar[bool] = True
    loss: ClassVar[str] = ""

    def __init__(self, log: Log, *, deletes: bool) -> None:
        self.deletes = deletes
        self._log = log

    @property
    def pending(self) -> bool:
        """Return whether a request is waiting to be resent unchanged."""
        return False

    @abstractmethod
    def begin(self) -> Payload | None:
        """Begin a push; return None if there is nothing to push."""

    @abstractmethod
    def settle(self, content: Content, result: PushResult) -> str:
        """Record the result of a push and return its outcome."""

    def rest(self) -> Payload | None:
        """Return the next payload after an accepted one, or None if that was all."""
        return None

    def own(self) -> Payload | None:
        """Return only telemap's own families after a full push was refused, or None if they are not pushed."""
        return None

    def end(self) -> Payload | None:
        """Return the payload that ends the series of this process, or None if nothing can."""
        return Payload(Content.NOTHING, "delete")

    @abstractmethod
    def restart(self, instance: str) -> None:
        """Start over under another instance ID, keeping unacknowledged data."""
