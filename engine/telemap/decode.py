"""Decode telemetry: the body of a post, or a recording of events."""

from __future__ import annotations

import json
from typing import Any

from telemap.errors import DecodeError


def decode(body: bytes | str) -> list[Any]:
    """Decode the body of a Telemetry API post: a JSON array.

    A number that Python refuses for its length (over 4,300 digits) does not lose the batch: it becomes infinite, and so
    invalid where it is read.

    Raises:
        DecodeError: no JSON, not an array, or nested too deep to be read.
    """
    events = _loads(body)
    if not isinstance(events, list):
        message = f"not an array of events, but {_kind(events)}"
        raise DecodeError(message)
    return events


def decode_recording(text: str) -> list[Any]:
    """Decode recorded events: one JSON array, or JSON objects one a line.

    Raises:
        DecodeError: it is neither; the message names the line.
    """
    if text.lstrip().startswith("["):
        return decode(text)
    events = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                events.append(_loads(line))
            except DecodeError as error:
                message = f"line {number}: {error}"
                raise DecodeError(message) from error
    return events


def _loads(text: bytes | str) -> Any:
    try:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            raise
        except ValueError:  # a whole number of more digits than Python converts, or bytes that are not UTF-8
            return json.loads(text, parse_int=_lenient_int)
    except (ValueError, RecursionError) as error:
        message = f"not JSON: {error}"
        raise DecodeError(message) from error


def _lenient_int(digits: str) -> float:
    try:
        return int(digits)
    except ValueError:
        return float(digits)


def _kind(value: Any) -> str:
    return {dict: "an object", str: "text", bool: "a truth value", type(None): "null"}.get(type(value), "a number")
