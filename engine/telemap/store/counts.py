"""What a store counts beside its series."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from telemap.event_types import EVENT_TYPES, OTHER

UNDECIDED: Final = {
    "cut_off": "its regexes were cut off, because they took too long",
    "several": "a test found several nodes where it wants one",
}
"""Why a rule of `drop` cannot decide about an event."""


@dataclass(slots=True)
class Counts:
    """Counts of events.

    Attributes:
        events: events that were applied, by type; types that the Telemetry API does not have are counted together.
        unmatched: events that no source's `from` fits.
        dropped: what came and was not applied, by reason.
        undecided: events that a rule of `drop` could not decide about and let pass, by reason.
    """

    events: dict[str, int] = field(default_factory=dict)
    unmatched: int = 0
    dropped: dict[str, int] = field(default_factory=lambda: {"malformed": 0, "rule": 0})
    undecided: dict[str, int] = field(default_factory=lambda: dict.fromkeys(UNDECIDED, 0))

    def count_unmatched(self, _event: object) -> None:
        """Count an event that no source's `from` fits."""
        self.unmatched += 1

    def name(self, event_type: str) -> str:
        """Return the name that events of a type are counted by; from then on it is in `events`."""
        name = event_type if event_type in EVENT_TYPES else OTHER
        self.events.setdefault(name, 0)
        return name
