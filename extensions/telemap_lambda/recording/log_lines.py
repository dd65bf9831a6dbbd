"""Recorded events as lines of a log, which `telemap record` finds again in what CloudWatch gives out.

A line is one JSON object with one key, so that Lambda takes it for a line in either log format:

    {"telemapRecord":{"process":"5f0c9a3e","number":17,"event":{...}}}

Process and number tell what is there twice, what is missing, and in which order it came. The last line has `end`, the
reason why a recording ended before its process did, in place of `event`.
"""

from __future__ import annotations

import json
from typing import Any, Final

KEY: Final = "telemapRecord"

_BEGINNING: Final = f'{{"{KEY}":'

_EXTENSION = "extension"
"""The event type under which Lambda sends back what extensions print."""


def write_event(process: str, number: int, text: str) -> str:
    """Write the line of an event.

    Args:
        process: which process recorded it.
        number: which of its events it is, from 1 on.
        text: the event as JSON, in ASCII.
    """
    return f'{_BEGINNING}{{"process":"{process}","number":{number},"event":{text}}}}}\n'


def write_end(process: str, number: int, reason: str) -> str:
    """Write the line that says why there is no more."""
    rest = json.dumps({"process": process, "number": number, "end": reason}, separators=(",", ":"))
    return f"{_BEGINNING}{rest}}}\n"


def is_recorded_line(event: Any) -> bool:
    """Return whether an event is a recorded line that has come back: text, or an object in Lambda's JSON log format."""
    if type(event) is not dict or event.get("type") != _EXTENSION:
        return False
    record = event.get("record")
    return record.startswith(_BEGINNING) if type(record) is str else type(record) is dict and KEY in record
