"""What is pushed, and what becomes of it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

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


class Push(NamedTuple):
    """Something to be done at the gateway.

    Attributes:
        number: which push.
        payload: what is sent.
        grouping: the grouping key.
    """

    number: int
    payload: Payload
    grouping: Mapping[str, str]


class PushResult(NamedTuple):
    """What became of a push.

    Attributes:
        number: which push.
        seconds: how long it took.
        status: the HTTP status; 0 when there was no answer.
        sent: whether the gateway may have got it.
        reason: why it failed; empty when it was acknowledged.
        repeated: whether it was sent twice, so that the answer may be to a repeat.
        retry_after: seconds that the gateway asks to wait.
    """

    number: int
    seconds: float
    status: int
    sent: bool
    reason: str
    repeated: bool = False
    retry_after: float = 0.0
