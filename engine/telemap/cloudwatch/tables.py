"""Read a log that is CSV: what the console downloads, and what Logs Insights exports."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import Final

from telemap.cloudwatch.messages import Log, Message, time_of

_HEAD: Final = re.compile(r'[^\n]*(?<![^,\n])"?@?message"?(?=[,\r\n])[^\n]*\n')
"""The first line, which names the columns."""

_LONGEST: Final = 16 * 1024 * 1024
"""Longest message. CloudWatch takes 1 MB."""


def csv_log(text: str) -> Log | None:
    """Return the messages of a log; None if it is no CSV with a column of messages."""
    head = _HEAD.match(text)
    if head is None or ("," not in head[0] and head[0].strip().strip('"') not in {"message", "@message"}):
        return None
    csv.field_size_limit(_LONGEST)
    messages = []
    try:
        for row in csv.DictReader(StringIO(text, newline="")):
            message = row.get("@message") or row.get("message") or ""
            time = row.get("@timestamp") or row.get("timestamp") or ""
            stream = row.get("@logStream") or row.get("logStreamName") or ""
            messages.append(Message(message.rstrip("\r\n\t "), time_of(time), stream))
    except csv.Error:  # a message that is longer
        if not messages:
            return None
    return Log("a log in CSV", messages)
