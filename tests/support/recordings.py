"""Recordings, and how to read them as tests want to."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from telemap.errors import DecodeError
from telemap.recording import read_events

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = [{"type": "function", "record": {"n": number}} for number in range(5)]
LINES = "".join(json.dumps(event) + "\n" for event in EVENTS)


def events_of(content: str | bytes) -> list[Any]:
    return list(read_events(io.BytesIO(content if isinstance(content, bytes) else content.encode())))


def pouring(content: bytes, sizes: list[int]) -> Callable[[int], bytes]:
    """Return what reads so many bytes at a time, as a pipe does whose writer is slow; the last size goes on."""
    stream = io.BytesIO(content)
    remaining = list(sizes)

    def read(most: int) -> bytes:
        return stream.read(min(remaining.pop(0) if len(remaining) > 1 else remaining[0], most))

    return read


def until_fault(content: bytes) -> tuple[list[Any], str]:
    """Return the events before a fault, and what it is."""
    found: list[Any] = []

    def read() -> None:
        for event in read_events(io.BytesIO(content)):
            found.append(event)  # noqa: PERF402 - what comes before the fault counts

    with pytest.raises(DecodeError) as raised:
        read()
    return found, str(raised.value)
