"""How long soaks and fuzzing last: seconds in `make test`, minutes in `make soak`."""

from __future__ import annotations

import os
from typing import Final

INVOCATIONS: Final = int(os.environ.get("SOAK_INVOCATIONS", "1500"))
"""Invocations of the process that lives longest; all else is in proportion."""

LIVES: Final = max(INVOCATIONS // 300, 5)
EVENTS: Final = 20 * INVOCATIONS
FUZZ_ROUNDS: Final = max(INVOCATIONS // 8, 100)

SEED: Final = int(os.environ.get("SOAK_SEED", "4"))
"""What all random choices come from; every failure can be had again by it."""
