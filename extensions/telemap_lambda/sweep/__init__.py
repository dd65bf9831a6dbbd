"""Delete the groups of sandboxes that are gone from a Pushgateway.

A sandbox that ends leaves its group there, so that its last numbers are scraped. An idle one lives for up to about 45
minutes without a push, so what has not been pushed for hours has nobody left.
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
