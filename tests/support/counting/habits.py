"""How the sandboxes of a run live: by many settings, and to every kind of end."""

from __future__ import annotations

from counting.lives import Habits

PROMPT = {"TELEMAP_PUSH_INTERVAL_MS": "0"}
AT_THE_END = {"TELEMAP_FLUSH": "end", "TELEMAP_PUSH_INTERVAL_MS": "0"}
ADAPTIVE = {"TELEMAP_FLUSH": "adaptive", "TELEMAP_PUSH_INTERVAL_MS": "50"}

BRIEF = (Habits(1), Habits(1, settings=PROMPT), Habits(1, settings=AT_THE_END), Habits(1, settings=ADAPTIVE))
"""One invocation, then SHUTDOWN."""

MIXED = (
    *BRIEF,
    Habits(3),
    Habits(4, settings=ADAPTIVE),
    Habits(2, "timeout", PROMPT),
    Habits(6, "taken", PROMPT),
    Habits(3, "refused"),
)

AGAIN = (
    Habits(1, settings=PROMPT),
    Habits(4, settings=ADAPTIVE),
    Habits(6, "taken", PROMPT),
    Habits(3, "refused"),
)
"""Some of them, for what a run plays once more after a disturbance."""

IDLE: tuple[dict[str, str], ...] = ({}, PROMPT, AT_THE_END)
"""Settings of sandboxes that live through a whole run, idle for most of it."""
