"""Split posts as Lambda does if a record is longer than a post may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_RECORD = b'"record":'
_CLOSED = b"}]"


def bodies(events: Sequence[bytes], longest: int, *, framed: bool) -> list[bytes]:
    """Return the bodies of the posts for a batch: one, unless an event is too long.

    Args:
        events: The events as JSON, with `record` last.
        longest: Maximum length of an event in bytes.
        framed: Split as Lambda does: a piece ends with `}]`, and the next one begins with `[` and the envelope of the
            split record, before the remaining bytes (see DataDog/datadog-lambda-extension, pull request 1357).
            Otherwise split the bytes.

    """
    whole = b"[" + b",".join(events) + b"]"
    if all(len(event) <= longest for event in events):
        return [whole]
    if not framed:
        return [whole[at : at + longest] for at in range(0, len(whole), longest)]
    return list(_framed(events, longest))


def _framed(events: Sequence[bytes], longest: int) -> Iterator[bytes]:
    ready: list[bytes] = []
    for event in events:
        head, key, value = event.partition(_RECORD)
        envelope = head + key
        while len(value) > longest and key:
            yield b"[" + b",".join([*ready, envelope + value[:longest]]) + _CLOSED
            ready, value = [], value[longest:]
        ready.append(envelope + value)
    yield b"[" + b",".join(ready) + b"]"
