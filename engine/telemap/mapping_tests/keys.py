"""The keys of a test file, by the node that they stand in."""

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
"""What may become of an event that no family sees."""

REASONS: Final = SKIP_REASONS
"""Why a sample is not taken."""

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
"""Words of other tools' tests, with what they are called here."""
