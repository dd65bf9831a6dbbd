"""Answer `convert`: turn a pasted log into events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telemap.playground.arguments import Arguments
    from telemap.playground.state import State


def convert(_state: State, arguments: Arguments) -> dict[str, Any]:
    """Answer with events, and a note on what they were; with nulls if there is nothing to convert."""
    from telemap.cloudwatch import convert as converted  # noqa: PLC0415 - most sessions paste no log

    text = arguments.text("text")
    arguments.end()
    conversion = converted(text)
    return {"text": conversion and conversion.text, "note": conversion and conversion.note}
