"""Read the environment; the engine does so only here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def environment() -> Mapping[str, str]:
    """Return the environment variables of this process, for `${env:NAME}` and proxies."""
    return os.environ
