"""The counts of a store, in addition to its series."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from telemap.event_types import EVENT_TYPES, OTHER

UNDECIDED: Final = {
    "cut_off": "its regexes were cut off, because they took too long",
    "several": "a test found several nodes where it wants one",
}
"""Why a rule of `drop` is undecided about an event."""


@dataclass(slots=True)
class Counts:
    """Counts of events.

    Attributes:
        events: applied events by type; types that the Telemetry API does not have are counted together.
        unmatched: events that match no rule's `from`.
        dropped: events that were not applied, by reason.
        undecided: events about which a rule of `drop` was undecided, and which were applied, by reason.
    """

    events: dict[str, int] = field(default_factory=dict)
    unmatched: int = 0
    dropped: dict[str, int] = field(default_factory=lambda: {"malformed": 0, "rule": 0})
    undecided: dict[str, int] = field(default_factory=lambda: dict.fromkeys(UNDECIDED, 0))

    def count_unmatched(self, _event: object) -> None:
        """Count an event that matches no rule's `from`."""
        self.unmatched += 1

    def name(self, event_type: str) -> str:
        """Return the name under which events of a type are counted, and add it to `events`."""
        name = event_type if event_type in EVENT_TYPES else OTHER
        self.events.setdefault(name, 0)
        return name
