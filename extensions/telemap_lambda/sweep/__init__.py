"""Delete the groups of ended sandboxes from a Pushgateway.

A sandbox that ends leaves its group on the gateway, so that its final values are scraped. An idle sandbox lives for up
to about 45 minutes without a push, so a group that has not been pushed for hours belongs to an ended one.
"""

from __future__ import annotations

from telemap_lambda.sweep.errors import ListingError, SweepError, SweepSettingsError
from telemap_lambda.sweep.result import Outcome, SweepResult, Swept
from telemap_lambda.sweep.rule import DEFAULT_OLDER_THAN, Rule
from telemap_lambda.sweep.sweeping import sweep

__all__ = [
    "DEFAULT_OLDER_THAN",
    "ListingError",
    "Outcome",
    "Rule",
    "SweepError",
    "SweepResult",
    "SweepSettingsError",
    "Swept",
    "sweep",
]
