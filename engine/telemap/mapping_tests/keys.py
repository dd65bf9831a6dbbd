"""The keys of a test file."""

from __future__ import annotations

from typing import Final

from telemap.store.series import SKIP_REASONS

TOP: Final = frozenset({"version", "mapping", "tests"})
TEST: Final = frozenset({"env", "events", "batches", "expect"})
BATCH: Final = frozenset({"at", "events"})
EVENT: Final = frozenset({"time", "type", "record"})
EXPECT: Final = frozenset({"series", "only", "absent", "exposition", "skips", "overflows", "events"})
VALUE: Final = frozenset({"value", "tolerance"})
FILE: Final = frozenset({"file"})
EVENTS: Final = ("malformed", "dropped", "unmatched")
"""Reasons why no family read an event."""

REASONS: Final = SKIP_REASONS
"""Reasons why a sample was skipped."""

OTHER_WORDS: Final = {
    "input": "events",
    "inputs": "events",
    "input_series": "events",
    "environment": "env",
    "outputs": "expect",
    "expected": "expect",
    "assert": "expect",
    "exp_samples": "series",
    "metrics": "series",
    "samples": "series",
    "skipped": "skips",
}
"""Keys of other tools' tests, with the corresponding key."""
