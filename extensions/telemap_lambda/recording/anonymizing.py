"""Reduce events to their shape: enough to write a mapping, without the content of a function's log.

Log text becomes text of the same kind and length, so that the same paths exist, the same parsers match, and the same
conversions yield numbers. Keys that look like names are kept. Platform events are kept, except for tenants and account
ids in ARNs. The shape of a shape is itself.
"""

from __future__ import annotations

import json
import re
from typing import Any

from telemap.duration_texts import seconds_of
from telemap.model.conversions import to_number, to_unix_time
from telemap.numbers import INVALID
from telemap.runtime.parsing import parse_json, parse_logfmt
from telemap_lambda.recording.key_names import MAX_CHARACTERS as MAX_KEY_CHARACTERS
from telemap_lambda.recording.key_names import is_name

_PLATFORM = "platform."
_TENANT = "tenantId"
_ACCOUNT = re.compile(r"(arn:[\w-]*:[\w-]*:[\w-]*:)\d{12}(?=:|$)")
_NO_ACCOUNT = r"\g<1>000000000000"

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_NO_UUID = "00000000-0000-0000-0000-000000000000"
_NO_TIME = "1970-01-01T00:00:00.000Z"
_DIGIT = re.compile(r"\d")

_PIECE = re.compile(r"""([^\s="]++)=(?:"(?:[^"\\]|\\.)*+"|[^\s"=][^\s"]*+)(?!\S)|\S++""")
"""A whole logfmt pair, with its key, or a word. A value that begins with `=` is the end of base64."""

_LEVEL = re.compile(r"\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)\]?")
"""The level that runtimes write before a line, next to its time and request id."""

_MIN_PAIRS = 2
"""A line with a single pair may be a password that contains `=`."""

_MAX_KEYS = 200
_MAX_CHARACTERS = 1000
_MAX_NESTED = 4
"""Maximum depth of JSON inside JSON strings."""

_MAX_DEPTH = 40

_MAX_NAMES = 60
"""Maximum number of keys that are names; in an object with more, the keys are values."""

_EMPTY = '""'
"""Empty text in logfmt."""


def shape_of_event(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event without log text, tenants and account ids."""
    event_type = event.get("type")
    if isinstance(event_type, str) and event_type.startswith(_PLATFORM):
        return {name: _of_platform(value) for name, value in event.items()}
    return {shape_of_key(name): _of_log(name, value) for name, value in event.items()}


def _of_log(name: str, value: Any) -> Any:
    if name in {"time", "type"}:
        return value
    return shape_of_record(value) if name == "record" else shape(value)


def shape_of_record(record: Any) -> Any:
    """Return the shape of a log record: a line of text, or an object that may have one as its `message`."""
    if isinstance(record, str):
        return _shape_of_line(record)
    shaped = shape(record)
    if isinstance(record, dict) and isinstance(record.get("message"), str) and "message" in shaped:
        shaped["message"] = _shape_of_line(record["message"])
    return shaped


def shape(value: Any, nested: int = 0, depth: int = 0) -> Any:
    """Return a value of the same type without its content."""
    if isinstance(value, str):
        return _shape_of_text(value, nested)
    if isinstance(value, int | float):
        return type(value)(0)  # False for a bool
    if depth >= _MAX_DEPTH:
        return None
    if isinstance(value, list):
        return [shape(one, nested, depth + 1) for one in value]
    if isinstance(value, dict):
        key = shape_of_key if len(value) <= _MAX_NAMES else _no_key
        members = list(value.items())[:_MAX_KEYS]
        return {key(name): shape(one, nested, depth + 1) for name, one in members}
    return None


def shape_of_key(name: str) -> str:
    """Return a key unchanged if it looks like a name, otherwise x's."""
    return name if is_name(name) else _no_key(name)


def _no_key(name: str) -> str:
    return "x" * min(len(name), MAX_KEY_CHARACTERS)


def _shape_of_line(text: str) -> str:
    """Parse a line as mappings do, as JSON or logfmt, and return its shape."""
    shaped = _shape_of_json(text, 0)
    if shaped is not None:
        return shaped
    pairs = _named_pairs(text)
    if pairs:
        return " ".join(f"{name}={_word(value) or _EMPTY}" for name, value in list(pairs.items())[:_MAX_KEYS])
    return _word(text)


def _shape_of_text(text: str, nested: int) -> str:
    """Return the shape of a value: JSON is parsed, anything else is a single word, even if it looks like logfmt."""
    shaped = _shape_of_json(text, nested)
    return _word(text) if shaped is None else shaped


def _shape_of_json(text: str, nested: int) -> str | None:
    fields = parse_json(text) if nested < _MAX_NESTED and "{" in text else None
    if fields is None:
        return None
    before = "" if text.lstrip().startswith("{") else "x" * min(text.index("{"), _MAX_CHARACTERS)
    return before + json.dumps(shape(fields, nested + 1), separators=(",", ":"))


def _named_pairs(text: str) -> dict[str, str]:
    """Return the pairs of a logfmt line whose keys are names; none if the line contains anything but pairs.

    After other words, `hunter=2` may be just another word.
    """
    fields = parse_logfmt(text) if "=" in text else None
    if fields is None:
        return {}
    pairs: dict[str, str] = {}
    for piece in _PIECE.finditer(text):
        key = piece[1]
        if key is None and not _is_before_a_line(piece[0]):
            return {}
        if key is not None and is_name(key):
            pairs[key] = fields.get(key, "")
    return pairs if len(pairs) >= _MIN_PAIRS else {}


def _is_before_a_line(word: str) -> bool:
    """Return whether a word is a runtime's prefix: the level, the time or the request id."""
    return _LEVEL.fullmatch(word) is not None or _word(word) in {_NO_UUID, _NO_TIME}


def _word(text: str) -> str:
    """Return text of the same kind: a number, a duration, a time, a boolean, a UUID, or x's."""
    stripped = text.strip()
    if _UUID.fullmatch(stripped):
        return _NO_UUID
    if stripped.lower() in {"true", "false"}:
        return "false"
    if len(stripped) <= _MAX_CHARACTERS and (to_number(stripped) is not INVALID or seconds_of(stripped) is not None):
        return _DIGIT.sub("0", stripped)
    if type(to_unix_time(stripped)) is float:
        return _NO_TIME
    return "x" * min(len(text), _MAX_CHARACTERS)


def _of_platform(value: Any) -> Any:
    """Remove account ids and tenants."""
    if isinstance(value, str):
        return _ACCOUNT.sub(_NO_ACCOUNT, value)
    if isinstance(value, list):
        return [_of_platform(one) for one in value]
    if isinstance(value, dict):
        return {name: shape(one) if name == _TENANT else _of_platform(one) for name, one in value.items()}
    return value
