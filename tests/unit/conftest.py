"""Property tests find the same examples each time: a failure is a change of the code, never of the dice."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("telemap", derandomize=True, database=None, deadline=None, max_examples=100)
settings.load_profile("telemap")
