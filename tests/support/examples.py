"""How many examples a test has: as many as the profile says, or a share where each takes long."""

from __future__ import annotations

from hypothesis import settings


def examples(share: float) -> settings:
    """Return settings with a share of the examples that the loaded profile has."""
    return settings(max_examples=max(1, round(share * settings().max_examples)))


def rounds(usual: int) -> int:
    """Return how often a loop over random examples runs: `usual` times, or more or less often by the loaded profile."""
    return max(1, round(usual * settings().max_examples / settings.get_profile("telemap").max_examples))
