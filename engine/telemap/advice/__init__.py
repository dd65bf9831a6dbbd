"""Warn of probable mistakes in valid mappings.

`family` and `mapping` run after a file has been read; each other module finds one kind of mistake. `telemap.events`
knows the events, from `schema/telemetry-event.schema.json`.
"""

from __future__ import annotations

from telemap.advice.mapping import Advisor

__all__ = ["Advisor"]
