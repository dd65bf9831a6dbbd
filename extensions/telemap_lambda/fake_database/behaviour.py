"""The ways in which databases receive samples, and fail to."""

from __future__ import annotations

import enum


class Receiving(enum.Enum):
    """How the database treats requests.

    ROLLS_BACK and KEEPS_GOOD lose every third answer, so that some requests come again, and are out of order then.
    """

    ACCEPTS = "accepts"  # stores all samples, in any order, as VictoriaMetrics does
    ROLLS_BACK = "rolls back"  # answers 400 to a sample out of order, and stores nothing of the request, as Prometheus
    KEEPS_GOOD = "keeps good"  # answers 400 to a sample out of order, and stores the others, as Mimir and Cortex do
    LIMITS = "limits"  # answers every second request with 429 and `Retry-After`, before storing it
    PARTIAL = "partial"  # answers every second request with 503, after storing the first half of it
    HANGS = "hangs"  # reads the request and never answers
    SILENT = "silent"  # answers 204 and stores nothing
