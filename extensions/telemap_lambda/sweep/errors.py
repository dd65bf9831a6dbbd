"""Exceptions of a sweep.

TelemapError
├── ListingError               the answer is not a list of groups
└── SweepError                 the gateway cannot be swept
    └── SweepSettingsError     because a setting is invalid
"""

from __future__ import annotations

from telemap.errors import TelemapError


class ListingError(TelemapError):
    """An answer is not that of a Pushgateway's `/api/v1/metrics`."""


class SweepError(TelemapError):
    """The gateway cannot be swept."""


class SweepSettingsError(SweepError):
    """A setting cannot be used; the message names it."""
