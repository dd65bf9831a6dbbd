"""Warnings: what a mapping may say, and most likely does not mean. They do not stop the mapping.

`family` and `mapping` say what is looked at, when; each other module knows one kind of doubt. What is known of events,
from `schema/telemetry-event.schema.json`, is in `telemap.events.event_shape`.
"""

from __future__ import annotations

from telemap.check.advice.family import advise_drop_rule, advise_family
from telemap.check.advice.mapping import advise_mapping
from telemap.check.drafts import SourceDraft

__all__ = ["SourceDraft", "advise_drop_rule", "advise_family", "advise_mapping"]
