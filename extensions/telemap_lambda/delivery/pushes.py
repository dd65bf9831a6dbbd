"""Pushes and their results."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Method: TypeAlias = Literal["put", "post", "write", "delete"]


class Content(Enum):
    """The content of a push."""

    ALL = "all"
    OWN = "own"
    NOTHING = "nothing"


class Payload(NamedTuple):
    """The data to send.

    Attributes:
        content: kind of content.
        method: `put` replaces the group; `post` replaces families of a group, or adds to them on an aggregating
            gateway; `write` adds samples with their own timestamps; `delete` removes the group.
        text: exposition for `put` and `post`.
        body: request body for `write`.
        is_new: whether it was just built from the store, rather than resent or continuing an earlier payload.
    """

    content: Content
    method: Method
    text: str = ""
    body: bytes = b""
    is_new: bool = True


class Push(NamedTuple):
    """A push to the gateway.

    Attributes:
        number: number of the push.
        payload: data to send.
        grouping: the grouping key.
    """

    number: int
    payload: Payload
    grouping: Mapping[str, str]


class PushResult(NamedTuple):
    """The result of a push.

    Attributes:
        number: number of the push.
        seconds: duration.
        status: HTTP status; 0 if there was no response.
        sent: whether the gateway may have received it.
        reason: reason for the failure; empty if the push was acknowledged.
        repeated: whether it was sent twice, so that the response may be to the repeat.
        retry_after: seconds the gateway asks to wait.
    """

    number: int
    seconds: float
    status: int
    sent: bool
    reason: str
    repeated: bool = False
    retry_after: float = 0.0
