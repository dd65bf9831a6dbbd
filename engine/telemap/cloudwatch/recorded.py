"""Find the events that `TELEMAP_RECORD=log` has written into a log, which are better than what the log itself tells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.cloudwatch.messages import Message

KEY: Final = "telemapRecord"
"""The one key of a recorded line; `telemap_lambda.recording.log_lines` writes them."""


def recorded_events(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Return the recorded events, each once, by process in the order of their numbers."""
    processes: dict[str, dict[int, dict[str, Any]]] = {}
    for message in messages:
        if not message.text.startswith(f'{{"{KEY}"') and f'"{KEY}"' not in message.text[:40]:
            continue
        try:
            fields = json.loads(message.text)[KEY]
            process, number, event = fields["process"], fields["number"], fields.get("event")
        except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
            continue
        if isinstance(process, str) and isinstance(number, int) and isinstance(event, dict):
            processes.setdefault(process, {}).setdefault(number, event)
    return [event for numbered in processes.values() for _, event in sorted(numbered.items())]
