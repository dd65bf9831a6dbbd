"""The shape of events: what a mapping can be built from, without what a function wrote into its log.

Log text becomes text of the same kind and length, so that the same paths lead somewhere, the same parsers fit, and the
same conversions give numbers. Keys stay as they are where they look like names. Platform events stay whole, but for
account ids in ARNs and for tenants. The shape of a shape is itself.
"""

from __future__ import annotations

import json
import re
from typing import Any

from telemap.durations import duration
from telemap.model.conversions import to_number, to_unix_time
from telemap.numbers import INVALID
from telemap.runtime.parsing import parse_json, parse_logfmt
from telemap_lambda.recording.key_names import MOST_CHARACTERS as MOST_CHARACTERS_OF_A_KEY
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
"""A whole pair of logfmt, with its key, or else a word. A value that begins with `=` is the end of base64."""

_LEVEL = re.compile(r"\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)\]?")
"""What runtimes write before a line, beside its time and its request id."""

_LEAST_PAIRS = 2
"""A line of one pair may be a password with `=` in it."""

_MOST_KEYS = 200
_MOST_CHARACTERS = 1000
_MOST_NESTED = 4
"""Most texts in texts that are taken apart: JSON in JSON."""

_MOST_DEPTH = 40

_MOST_NAMES = 60
"""Most keys of an object that has names; with more of them its keys are values."""

_EMPTY = '""'
"""How logfmt writes text of no characters."""


def shape_of_event(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event without values of log text, tenants and account ids."""
    event_type = event.get("type")
    if isinstance(event_type, str) and event_type.startswith(_PLATFORM):
        return {name: _of_platform(value) for name, value in event.items()}
    return {shape_of_key(name): _of_log(name, value) for name, value in event.items()}


def _of_log(name: str, value: Any) -> Any:
    if name in {"time", "type"}:
        return value
    return shape_of_record(value) if name == "record" else shape(value)


def shape_of_record(record: Any) -> Any:
    """Return the shape of a log record, which is a line of text, or has one as its `message`."""
    if isinstance(record, str):
        return _shape_of_line(record)
    shaped = shape(record)
    if isinstance(record, dict) and isinstance(record.get("message"), str) and "message" in shaped:
        shaped["message"] = _shape_of_line(record["message"])
    return shaped


def shape(value: Any, nested: int = 0, depth: int = 0) -> Any:
    """Return a value of the same type that says nothing else."""
    if isinstance(value, str):
        return _shape_of_text(value, nested)
    if isinstance(value, int | float):
        return type(value)(0)  # of a truth value it is False
    if depth >= _MOST_DEPTH:
        return None
    if isinstance(value, list):
        return [shape(one, nested, depth + 1) for one in value]
    if isinstance(value, dict):
        key = shape_of_key if len(value) <= _MOST_NAMES else _no_key
        members = list(value.items())[:_MOST_KEYS]
        return {key(name): shape(one, nested, depth + 1) for name, one in members}
    return None


def shape_of_key(name: str) -> str:
    """Return a key that is a name as it is, and x's for all others."""
    return name if is_name(name) else _no_key(name)


def _no_key(name: str) -> str:
    return "x" * min(len(name), MOST_CHARACTERS_OF_A_KEY)


def _shape_of_line(text: str) -> str:
    """Take a line apart as mappings do: JSON, or else logfmt."""
    shaped = _shape_of_json(text, 0)
    if shaped is not None:
        return shaped
    pairs = _named_pairs(text)
    if pairs:
        return " ".join(f"{name}={_word(value) or _EMPTY}" for name, value in list(pairs.items())[:_MOST_KEYS])
    return _word(text)


def _shape_of_text(text: str, nested: int) -> str:
    """Take JSON in a value apart; all else in it is one word, also what might be logfmt."""
    shaped = _shape_of_json(text, nested)
    return _word(text) if shaped is None else shaped


def _shape_of_json(text: str, nested: int) -> str | None:
    fields = parse_json(text) if nested < _MOST_NESTED and "{" in text else None
    if fields is None:
        return None
    before = "" if text.lstrip().startswith("{") else "x" * min(text.index("{"), _MOST_CHARACTERS)
    return before + json.dumps(shape(fields, nested + 1), separators=(",", ":"))


def _named_pairs(text: str) -> dict[str, str]:
    """Return the pairs of a line of logfmt that have names; none of a line that has more in it than pairs.

    Behind words for people, `hunter=2` may be one more of these.
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
    return pairs if len(pairs) >= _LEAST_PAIRS else {}


def _is_before_a_line(word: str) -> bool:
    """Return whether a runtime wrote a word: the level, the time, the request id."""
    return _LEVEL.fullmatch(word) is not None or _word(word) in {_NO_UUID, _NO_TIME}


def _word(text: str) -> str:
    """Return text of the same kind: a number, a length of time, a time, a truth value, a UUID, or x's."""
    stripped = text.strip()
    if _UUID.fullmatch(stripped):
        return _NO_UUID
    if stripped.lower() in {"true", "false"}:
        return "false"
    if len(stripped) <= _MOST_CHARACTERS and (to_number(stripped) is not INVALID or duration(stripped) is not None):
        return _DIGIT.sub("0", stripped)
    if type(to_unix_time(stripped)) is float:
        return _NO_TIME
    return "x" * min(len(text), _MOST_CHARACTERS)


def _of_platform(value: Any) -> Any:
    """Leave out account ids and tenants."""
    if isinstance(value, str):
        return _ACCOUNT.sub(_NO_ACCOUNT, value)
    if isinstance(value, list):
        return [_of_platform(one) for one in value]
    if isinstance(value, dict):
        return {name: shape(one) if name == _TENANT else _of_platform(one) for name, one in value.items()}
    return value
