"""Messages of a log, and their times."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Message(NamedTuple):
    """A message of a log.

    Attributes:
        text: without the line feed at its end.
        time: as in events, such as `2026-03-02T08:14:09.404Z`; empty if unknown.
        stream: the name of its log stream; empty if unknown.
        value: the JSON object that the message is, where it was read already; the text may then be empty.
    """

    text: str
    time: str = ""
    stream: str = ""
    value: dict[str, Any] | None = None

    def line(self) -> str:
        """Return the message as text."""
        return self.text if self.text or self.value is None else json.dumps(self.value, ensure_ascii=False)

    def json_object(self) -> dict[str, Any] | None:
        """Return the JSON object that the message is; None if it is something else."""
        if self.value is not None or not self.text.startswith("{"):
            return self.value
        try:
            value = json.loads(self.text)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class Log:
    """A log that was read.

    Attributes:
        source: the form that it was in, for people.
    """

    source: str
    messages: list[Message]


def time_of(value: Any) -> str:
    """Return a point in time as in events; empty if it is none.

    Args:
        value: milliseconds since 1970 as a number or its digits, or ISO 8601; without an offset it is UTC.
    """
    try:
        if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()):
            time = _EPOCH + timedelta(milliseconds=int(value))
        else:
            time = datetime.fromisoformat(value.replace(",", "."))
            time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (AttributeError, OverflowError, ValueError):
        return ""
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03d}Z"


def in_order(messages: Sequence[Message]) -> list[Message]:
    """Return messages from the first to the last: Logs Insights returns the last one first.

    If not all of them have a time, their order is left as it is.
    """
    if not messages or not all(message.time for message in messages):
        return list(messages)
    forward = messages if messages[0].time <= messages[-1].time else messages[::-1]
    return sorted(forward, key=lambda message: message.time)
