"""Which events of a recording, and which metrics of a mapping, are explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telemap.cli import UsageError
from telemap.cli.files import no_telemetry, read_recording
from telemap.errors import DecodeError
from telemap.patterns import matches, matches_any
from telemap.reading.entries import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemap.model import Family, Mapping

_MOST_TYPES: Final = 20


def wanted_families(mapping: Mapping, names: Sequence[str]) -> tuple[Family, ...]:
    """Return the families of a mapping that are asked for: by name, by a pattern, or all.

    Raises:
        UsageError: there is none of that name.
    """
    for name in names:
        if not any(matches(name, family.name) for family in mapping.families):
            known = [family.name for family in mapping.families]
            fitting = [one for one in known if name in one]
            hint = nearest(name, known) or (f"there are: {', '.join(fitting or known)}" if known else "it has none")
            raise UsageError(f"the mapping has no metric {name!r}; {hint}")
    return tuple(family for family in mapping.families if not names or matches_any(names, family.name))


def wanted_events(name: str, numbers: Sequence[int], types: Sequence[str]) -> Iterator[tuple[int, Any]]:
    """Return the events of a recording that are asked for, each with its number, from 1 on.

    Args:
        name: of the recording.
        numbers: the events that are asked for; all when there is none.
        types: event types, or patterns of them; all when there is none.

    Raises:
        UsageError: the recording cannot be read, or has no such events.
        DecodeError: it is not a recording, or is empty.
    """
    came: dict[str, None] = {}
    number = found = 0
    for number, event in enumerate(read_recording(name), 1):
        if types and not _has_type(event, types, came):
            continue
        if not numbers or number in numbers:
            found += 1
            yield number, event
    if not number:
        raise DecodeError(no_telemetry(name))
    if beyond := [one for one in numbers if one > number]:
        raise UsageError(f"no event {beyond[0]}: {name} has {number}")
    if not found:
        types_there = ", ".join(came) or "none"
        raise UsageError(f"{name} has no such event of type {' or '.join(types)}; it has: {types_there}")


def _has_type(event: Any, types: Sequence[str], came: dict[str, None]) -> bool:
    event_type = event.get("type") if isinstance(event, dict) else None
    if not isinstance(event_type, str):
        return False
    if len(came) < _MOST_TYPES:
        came[event_type[:80]] = None
    return matches_any(types, event_type)
