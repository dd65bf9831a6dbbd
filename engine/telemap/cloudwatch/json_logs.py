"""Read a log that is JSON: of the AWS command line, of Logs Insights, or in Lambda's JSON log format."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any, Final

from telemap.cloudwatch.messages import Log, Message, time_of
from telemap.errors import DecodeError
from telemap.recording import EventReader

_LISTS: Final = {
    "events": "the output of 'aws logs'",
    "logEvents": "a log that a subscription delivers",
    "results": "a result of Logs Insights",
}
"""Keys of objects that hold the messages, and what these objects are."""

_CUT_LIST: Final = re.compile(rf'"({"|".join(_LISTS)})"\s*:\s*(?=\[)')

_LOG_EVENT: Final = frozenset({"eventId", "id", "ingestionTime", "logStreamName", "message", "timestamp"})
"""The keys of a message in the output of the AWS command line, and in what subscriptions deliver."""

_OF_LOGGERS: Final = frozenset({"_aws", "level", "log_level", "message", "msg", "telemapRecord", "timestamp"})
"""Keys of which a line in a JSON log has one at least."""

_LAMBDA_S: Final = "a log in Lambda's JSON log format"

_LOG_TYPES: Final = frozenset({"function", "extension"})


class NoLogError(Exception):
    """A text is a recording already."""


def json_log(text: str) -> Log | None:
    """Return the messages of a log; None if it is none, or none in JSON.

    Raises:
        NoLogError: it is a recording.
    """
    texts: list[str] = []
    values = _values_in(text, texts)
    if values and _is_recording(values):
        raise NoLogError
    if not values and (cut := _CUT_LIST.search(text)):  # one object, whose end is missing
        return _log_of({cut[1]: _values_in(text[cut.end() :])})
    for value in values[:1]:
        found = _log_of(value)
        if found is not None and len(values) == 1:
            return found
    rows = [row for row in map(_message_of_row, values) if row is not None]
    if rows:
        return Log("a log in JSON", rows)
    return _log_of_lines(values, texts)


def _values_in(text: str, texts: list[str] | None = None) -> list[Any]:
    """Return the values in a text, in arrays or not, as far as it is JSON.

    Args:
        text: the text.
        texts: gets the text of each value.

    Raises:
        NoLogError: there is an event that no log has; the rest is then not read, for a recording may be large.
    """
    values: list[Any] = []
    reader = EventReader(BytesIO(text.encode(errors="surrogatepass")).read, keep_spans=texts is not None)
    try:
        for value in reader:
            if isinstance(value, dict) and str(value.get("type")) in _LOG_TYPES and "record" in value:
                raise NoLogError
            values.append(value)
    except DecodeError:
        if values and not _ends_within(text):
            return []
    if texts is not None:
        texts += [text[begin:end] for begin, end in reader.spans or []]
    return values


def _ends_within(text: str) -> bool:
    """Return whether a text is an array or an object over several lines, whose end may be missing."""
    return re.match(r"\s*(?:\[|\{\s*\n)", text) is not None


def _log_of(value: Any) -> Log | None:
    """Return the messages in an object that has them in a list."""
    if not isinstance(value, dict):
        return None
    for key, source in _LISTS.items():
        rows = value.get(key)
        if isinstance(rows, list):
            stream = value.get("logStream", "")
            messages = [row for row in map(_message_of_row, rows) if row is not None]
            if messages or not rows:
                return Log(source, [row._replace(stream=row.stream or str(stream)) for row in messages])
    return None


def _message_of_row(row: Any) -> Message | None:
    """Return the message in a row; None if it is none."""
    if isinstance(row, list):  # of Logs Insights: a list of fields
        fields = [field for field in row if isinstance(field, dict)]
        row = {str(field.get("field")): field.get("value") for field in fields}
    if not isinstance(row, dict):
        return None
    text = row.get("@message")
    if text is not None:
        text = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
        return Message(text.rstrip("\r\n\t "), time_of(row.get("@timestamp")), str(row.get("@logStream") or ""))
    text = row.get("message")
    if isinstance(text, str) and isinstance(row.get("timestamp"), int) and row.keys() <= _LOG_EVENT:
        return Message(text.rstrip("\r\n\t "), time_of(row["timestamp"]), str(row.get("logStreamName") or ""))
    return None


def _is_recording(values: list[Any]) -> bool:
    """Return whether there is nothing but events."""
    events = [value for value in values if isinstance(value, dict) and isinstance(value.get("type"), str)]
    return len(events) == len(values) and all("record" in event or not event.keys() & _OF_LOGGERS for event in events)


def _log_of_lines(values: list[Any], texts: list[str]) -> Log | None:
    """Return the lines of a log: events of the platform in Lambda's JSON log format, and what the function logged."""
    objects = [value for value in values if isinstance(value, dict)]
    others = [value for value in objects if not isinstance(value.get("type"), str) or "record" not in value]
    if not others or len(objects) < len(values):
        return None
    if not all(value.keys() & _OF_LOGGERS for value in others):
        return None
    messages = [
        Message(_written(text), _time_in(value), value=value) for value, text in zip(objects, texts, strict=False)
    ]
    return Log(_LAMBDA_S if len(others) < len(objects) else "a log with lines of JSON", messages)


def _written(text: str) -> str:
    """Return the text of an object; nothing if it is not known, after characters that are not in UTF-8."""
    return text if text.startswith("{") and text.endswith("}") else ""


def _time_in(value: dict[str, Any]) -> str:
    return next((time for key in ("time", "timestamp") if (time := time_of(value.get(key)))), "")
