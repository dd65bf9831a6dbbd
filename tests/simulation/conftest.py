"""Lives are played without the environment, whose variables may hold secrets that telemap looks for in all it says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _no_environment() -> Iterator[None]:
    kept = dict(os.environ)
    os.environ.clear()
    yield
    os.environ.update(kept)
