"""Select the events of a recording and the metrics of a mapping to explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telemap.cli import UsageError
from telemap.cli.files import no_telemetry
from telemap.count_text import count_text
from telemap.errors import DecodeError
from telemap.patterns import matches, matches_any
from telemap.reading.nearness import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from telemap.model import Family, Mapping

_MAX_TYPES: Final = 20


def wanted_families(mapping: Mapping, names: Sequence[str]) -> tuple[Family, ...]:
    """Return the families that match a name or pattern; all if there are no names.

    Raises:
        UsageError: a name matches none.
    """
    for name in names:
        if not any(matches(name, family.name) for family in mapping.families):
            known = [family.name for family in mapping.families]
            similar = [one for one in known if name in one]
            hint = nearest(name, known) or (f"it has {', '.join(similar or known)}" if known else "it has no metrics")
            raise UsageError(f"the mapping has no metric {name!r}; {hint}")
    return tuple(family for family in mapping.families if not names or matches_any(names, family.name))


def wanted_events(
    events: Iterable[Any], name: str, numbers: Sequence[int], types: Sequence[str]
) -> Iterator[tuple[int, Any]]:
    """Yield the selected events of a recording with their numbers, from 1.

    Args:
        events: all events of the recording.
        name: its name.
        numbers: the events to select; empty for all.
        types: event types and patterns to select; empty for all.

    Raises:
        UsageError: the recording has no such events.
        DecodeError: it is empty.
    """
    types_seen: dict[str, None] = {}
    number = found = 0
    for number, event in enumerate(events, 1):
        if types and not _has_type(event, types, types_seen):
            continue
        if not numbers or number in numbers:
            found += 1
            yield number, event
    if not number:
        raise DecodeError(no_telemetry(name))
    if beyond := [one for one in numbers if one > number]:
        raise UsageError(f"no event {beyond[0]}: {name} has {count_text(number, 'event')}")
    if not found:
        known = f"; its types are {', '.join(types_seen)}" if types_seen else ""
        selected = f"event {' or '.join(map(str, numbers))}" if numbers else "event"
        raise UsageError(f"{name} has no {selected} of type {' or '.join(map(repr, types))}{known}")


def _has_type(event: Any, types: Sequence[str], types_seen: dict[str, None]) -> bool:
    event_type = event.get("type") if isinstance(event, dict) else None
    if not isinstance(event_type, str):
        return False
    if len(types_seen) < _MAX_TYPES:
        types_seen[event_type[:80]] = None
    return matches_any(types, event_type)
