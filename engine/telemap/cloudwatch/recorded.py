"""Find the events that `TELEMAP_RECORD=log` has written into a log, which are better than what the log itself tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.cloudwatch.messages import Message

KEY: Final = "telemapRecord"
"""The one key of a recorded line; `telemap_lambda.recording.log_lines` writes them."""

_BEGINNING: Final = 40
"""Characters within which the key stands, also in JSON that is indented."""


def recorded_events(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Return the recorded events, each once, by process in the order of their numbers."""
    processes: dict[str, dict[int, dict[str, Any]]] = {}
    for message in messages:
        if message.value is None and f'"{KEY}"' not in message.text[:_BEGINNING]:
            continue
        try:
            fields = (message.json_object() or {})[KEY]
            process, number, event = fields["process"], fields["number"], fields.get("event")
        except (LookupError, TypeError, AttributeError):
            continue
        if isinstance(process, str) and isinstance(number, int) and isinstance(event, dict):
            processes.setdefault(process, {}).setdefault(number, event)
    return [event for numbered in processes.values() for _, event in sorted(numbered.items())]
