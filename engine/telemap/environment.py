"""The one place where the engine reads the process's environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def environment() -> Mapping[str, str]:
    """Return the variables of this process, as `${env:NAME}` reads them."""
    return os.environ
