"""Warnings: what a mapping may say, and most likely does not mean. They do not stop the mapping.

`family` and `mapping` run when a file is read, on what was read from it; each other module knows one kind of doubt.
What is known of events, from `schema/telemetry-event.schema.json`, is in `telemap.events`.
"""

from __future__ import annotations

from telemap.advice.mapping import Advisor

__all__ = ["Advisor"]
