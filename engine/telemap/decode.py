"""Decode the body of a telemetry post."""

from __future__ import annotations

import json
from typing import Any

from telemap.errors import DecodeError
from telemap.json_decoder import Decoder

_DECODER = Decoder()


def decode(body: bytes | str) -> list[Any]:
    """Decode the body of a Telemetry API post: a JSON array.

    A number that Python refuses for its length (over 4,300 digits) becomes infinite, so that the batch is not lost; it
    is invalid where a mapping reads it.

    Raises:
        DecodeError: the body is not JSON, not an array, or nested too deeply.
    """
    events = _value_at_once(body) or _loads(body)
    if not isinstance(events, list):
        raise DecodeError(f"not an array of events, but {_kind(events)}")
    return events


def decode_value(body: bytes | str) -> Any:
    """Decode a JSON value.

    Raises:
        ValueError: the body is not JSON.
        RecursionError: it is nested too deeply.
    """
    value = _value_at_once(body)
    return json.loads(body) if value is None else value


def _value_at_once(body: bytes | str) -> Any:
    """Decode a value in UTF-8 without surrounding white space, as posts are; None for anything else.

    `json.loads` first detects the encoding and skips white space, which takes as long as a small event.
    """
    try:
        text = body if isinstance(body, str) else body.decode()
        events, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return events if end == len(text) else None


def _loads(text: bytes | str) -> Any:
    try:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            raise
        except ValueError:  # a number of more digits than Python converts, or bytes that are not UTF-8
            return json.loads(text, parse_int=lenient_int)
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"not JSON: {error}") from error


def lenient_int(digits: str) -> float:
    """Convert the digits of a whole number; infinite if there are more than Python converts."""
    try:
        return int(digits)
    except ValueError:
        return float(digits)


def _kind(value: Any) -> str:
    return {dict: "an object", str: "a string", bool: "a boolean", type(None): "null"}.get(type(value), "a number")
