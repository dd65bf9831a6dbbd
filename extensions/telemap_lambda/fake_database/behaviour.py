"""How databases receive samples, or fail to."""

from __future__ import annotations

import enum


class Receiving(enum.Enum):
    """How the database treats requests.

    ROLLS_BACK and KEEPS_GOOD lose every third response, so that some requests are resent, and are then out of order.
    """

    ACCEPTS = "accepts"  # stores all samples, in any order, like VictoriaMetrics
    ROLLS_BACK = "rolls back"  # answers 400 to an out-of-order sample, and stores none of the request, like Prometheus
    KEEPS_GOOD = "keeps good"  # answers 400 to an out-of-order sample, and stores the others, like Mimir and Cortex
    LIMITS = "limits"  # answers every second request with 429 and `Retry-After`, without storing it
    PARTIAL = "partial"  # answers every second request with 503, after storing its first half
    HANGS = "hangs"  # reads the request and never answers
    SILENT = "silent"  # answers 204 and stores nothing
