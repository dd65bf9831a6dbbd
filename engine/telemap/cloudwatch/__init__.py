"""Turn a log from CloudWatch into events as the Telemetry API sends them, in any form in which people copy such a log.

A log is what `aws logs tail`, `filter-log-events`, `get-log-events` and `sam logs` print, an export to S3, what Logs
Insights or the console copy or download as CSV and JSON, or the plain lines that the console shows after a test.
Messages of the platform (START, END, REPORT, INIT_START, ...) become `platform.*` events; all others are what the
function or an extension printed, which a log does not tell apart, and become `function` events.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from telemap.cloudwatch.events import EventWriter
from telemap.cloudwatch.json_logs import NoLogError, json_log
from telemap.cloudwatch.messages import Log, in_order
from telemap.cloudwatch.recorded import recorded_events
from telemap.cloudwatch.tables import csv_log
from telemap.cloudwatch.text_logs import text_log

__all__ = ["Conversion", "convert"]

_MAPPING: Final = re.compile(r"^version:[ \t]*['\"]?\d.*^(?:metrics|include|defaults|drop):", re.MULTILINE | re.DOTALL)
"""What a mapping begins with."""

_SHOWN: Final = 4096
"""Characters in which a mapping is recognised."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """A log as events.

    Attributes:
        text: the events, one JSON object per line.
        events: how many there are.
        note: what was converted, and what had to be assumed.
    """

    text: str
    events: int
    note: str


def convert(text: str) -> Conversion | None:
    """Convert a log; return None for a recording, which needs no conversion, and for what is no log.

    Args:
        text: what was pasted, or a file's content; the end may be missing.
    """
    log = _log_in(text.removeprefix("\ufeff"))
    if log is None or not log.messages:
        return None
    messages = in_order(log.messages)
    events = recorded_events(messages)
    if events:
        note = f"{_count(len(events), 'event')} recorded by TELEMAP_RECORD, from {log.source}"
    else:
        writer = EventWriter(messages)
        events = writer.events()
        note = ". ".join([f"{_count(len(messages), 'message')} of {log.source}", *writer.notes()])
    return Conversion("".join(f"{json.dumps(event, ensure_ascii=False)}\n" for event in events), len(events), note)


def _log_in(text: str) -> Log | None:
    if not text.strip() or _MAPPING.search(text[:_SHOWN]):
        return None
    if text.lstrip().startswith(("{", "[")):
        try:
            found = json_log(text)
        except NoLogError:
            return None
        if found is not None or _is_json(text):
            return found
    return csv_log(text) or text_log(text)


_JSON: Final = re.compile(r"\s*(?:\[\s*(?:[\[{\]\"]|\Z)|\{\s*(?:[\"}]|\Z))")
"""The beginning of an array of values, or of an object: log lines such as `[INFO]` begin otherwise."""

_WHOLE_LINE: Final = re.compile(r"\s*\{[^\n]*\}[ \t\r]*(?:\n|\Z)")


def _is_json(text: str) -> bool:
    """Return whether a text is JSON that is no log, as far as it is JSON: a recording, whole or not."""
    return _JSON.match(text) is not None and (
        _WHOLE_LINE.match(text) is None or re.search(r'"type"\s*:\s*"(?:function|extension)"', text) is not None
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else f'{noun}s'}"
