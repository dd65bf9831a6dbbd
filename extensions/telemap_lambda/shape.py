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
from telemap.runtime.parsing import parse_json, parse_logfmt
from telemap.runtime.values import INVALID, to_number, to_unix_time

_PLATFORM = "platform."
_TENANT = "tenantId"
_ACCOUNT = re.compile(r"(arn:[\w-]*:[\w-]*:[\w-]*:)\d{12}(?=:|$)")
_NO_ACCOUNT = r"\g<1>000000000000"

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_NO_UUID = "00000000-0000-0000-0000-000000000000"
_NO_TIME = "1970-01-01T00:00:00.000Z"
_DIGIT = re.compile(r"\d")

_NAME = re.compile(r"[A-Za-z_][\w.-]{0,63}", re.ASCII)
"""A key that is a name; others, such as an address of mail, may be what the function is about."""

_MOST_DIGITS = 3
"""A key with more digits is no name, but has a number in it: `order-104711`."""

_MOST_KEYS = 200
_MOST_CHARACTERS = 1000
_MOST_NESTED = 4
"""Most texts in texts that are taken apart: JSON in JSON."""

_MOST_DEPTH = 40

_EMPTY = '""'
"""How logfmt writes text of no characters."""


def shape_of_event(event: dict[str, Any]) -> dict[str, Any]:
    """Give an event without values of log text, tenants and account ids."""
    event_type = event.get("type")
    if isinstance(event_type, str) and event_type.startswith(_PLATFORM):
        return {name: _of_platform(value) for name, value in event.items()}
    return {name: value if name in {"time", "type"} else shape(value) for name, value in event.items()}


def shape(value: Any, nested: int = 0, depth: int = 0) -> Any:
    """Give a value of the same type that says nothing else."""
    if isinstance(value, str):
        return _shape_of_text(value, nested)
    if isinstance(value, int | float):
        return type(value)(0)  # of a truth value it is False
    if depth >= _MOST_DEPTH:
        return None
    if isinstance(value, list):
        return [shape(one, nested, depth + 1) for one in value]
    if isinstance(value, dict):
        members = list(value.items())[:_MOST_KEYS]
        return {shape_of_key(name): shape(one, nested, depth + 1) for name, one in members}
    return None


def shape_of_key(name: str) -> str:
    """Give a key that is a name as it is, and x's for all others."""
    is_name = _NAME.fullmatch(name) is not None and len(_DIGIT.findall(name)) <= _MOST_DIGITS
    return name if is_name else "x" * min(len(name), 64)


def _shape_of_text(text: str, nested: int) -> str:
    """Take JSON and logfmt apart as mappings do; the rest of a text is one word."""
    fields = parse_json(text) if nested < _MOST_NESTED and "{" in text else None
    if fields is not None:
        before = "" if text.lstrip().startswith("{") else "x" * min(text.index("{"), _MOST_CHARACTERS)
        return before + json.dumps(shape(fields, nested + 1), separators=(",", ":"))
    pairs = parse_logfmt(text) if "=" in text else None
    named = {name: _word(value) for name, value in (pairs or {}).items() if shape_of_key(name) == name}
    if named:
        return " ".join(f"{name}={word or _EMPTY}" for name, word in list(named.items())[:_MOST_KEYS])
    return _word(text)


def _word(text: str) -> str:
    """Give text of the same kind: a number, a length of time, a time, a truth value, a UUID, or x's."""
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
