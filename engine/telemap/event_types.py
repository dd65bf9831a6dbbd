"""The event types of the Telemetry API.

Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

from __future__ import annotations

EVENT_TYPES = frozenset(
    {
        "platform.initStart",
        "platform.initRuntimeDone",
        "platform.initReport",
        "platform.start",
        "platform.runtimeDone",
        "platform.report",
        "platform.restoreStart",
        "platform.restoreRuntimeDone",
        "platform.restoreReport",
        "platform.extension",
        "platform.telemetrySubscription",
        "platform.logsDropped",
        "function",
        "extension",
    }
)

LOG_TYPES = frozenset({"function", "extension"})
"""The types whose record is what a program prints."""

OTHER = "other"
"""Stands for all other types where a label has a closed set of values."""
