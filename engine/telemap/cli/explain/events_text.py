"""Describe what a mapping does with events, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.tracing.event_sentences import (
    NO_RULE,
    drop_sentences,
    malformed_text,
    others_text,
    source_name,
    source_sentences,
)
from telemap.tracing.outcomes import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.tracing.outcomes import EventTrace


def event_lines(number: int, event: Any, trace: EventTrace, *, everything: bool) -> Iterator[str]:
    """Describe what happened to an event.

    Args:
        number: its number in the recording, from 1.
        event: the event.
        trace: what happened to it.
        everything: whether to list sources that do not read its type.
    """
    if trace.event_type is None:
        yield f"event {number}: {malformed_text(event)}"
        return
    time = event.get("time")
    when = f", {time[:40]}" if isinstance(time, str) else ""
    yield f"event {number}: {trace.event_type[:80]}{when}"
    for drop in trace.drops:
        if drop.drops or drop.undecided or everything:
            yield from (f"  {one}" for one in drop_sentences(drop))
    others = [one for one in trace.sources if one.stage is Stage.FROM]
    for one in trace.sources:
        if everything or one.stage is not Stage.FROM:
            yield f"  {source_name(one.isolated)}"
            yield from (f"    {sentence}" for sentence in source_sentences(one))
    if others and not everything:
        yield f"  {others_text(others)}"
    elif not trace.sources and trace.dropped is None:
        yield f"  {NO_RULE}"
