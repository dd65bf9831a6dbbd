"""How many examples a property test has: as many as the profile says, or a share where each takes long."""

from __future__ import annotations

from hypothesis import settings


def examples(share: float) -> settings:
    """Return settings with a share of the examples that the loaded profile has."""
    return settings(max_examples=max(1, round(share * settings().max_examples)))
