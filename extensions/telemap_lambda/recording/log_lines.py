"""Write recorded events as log lines, which `telemap record` extracts from CloudWatch logs.

A line is a JSON object with a single key, so that Lambda treats it as one line in either log format:

    {"telemapRecord":{"process":"5f0c9a3e","number":17,"event":{...}}}

Process and number reveal duplicates, gaps and the order. If a recording ends before its process, the last line has
`end`, the reason, instead of `event`.
"""

from __future__ import annotations

import json
from typing import Any, Final

KEY: Final = "telemapRecord"

_BEGINNING: Final = f'{{"{KEY}":'

_EXTENSION = "extension"
"""The event type of what extensions print."""


def write_event(process: str, number: int, text: str) -> str:
    """Write the line of an event.

    Args:
        process: the id of the recording process.
        number: the number of the event in its process, starting at 1.
        text: the event as ASCII JSON.
    """
    return f'{_BEGINNING}{{"process":"{process}","number":{number},"event":{text}}}}}\n'


def write_end(process: str, number: int, reason: str) -> str:
    """Write the line that says why the recording ended."""
    rest = json.dumps({"process": process, "number": number, "end": reason}, separators=(",", ":"))
    return f"{_BEGINNING}{rest}}}\n"


def is_recorded_line(event: Any) -> bool:
    """Return whether an event is a recorded line that returned as telemetry, as text or in Lambda's JSON log format."""
    if type(event) is not dict or event.get("type") != _EXTENSION:
        return False
    record = event.get("record")
    return record.startswith(_BEGINNING) if type(record) is str else type(record) is dict and KEY in record
