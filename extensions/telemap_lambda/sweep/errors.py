"""What can go wrong with a sweep, as a tree.

TelemapError
├── ListingError               an answer that is no list of groups
└── SweepError                 groups cannot be swept at all
    └── SweepSettingsError     because of how it was asked for
"""

from __future__ import annotations

from telemap.errors import TelemapError


class ListingError(TelemapError):
    """An answer is not what a Pushgateway's `/api/v1/metrics` gives."""


class SweepError(TelemapError):
    """Groups cannot be swept at all."""


class SweepSettingsError(SweepError):
    """A setting cannot be used; the message names it."""
