"""The static playground, which the tests of this folder share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playground.node_engine import build_static
from servers.available import available
from sharing import shared_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def static_playground(_integration: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that `make playground` builds."""
    return available(lambda: shared_folder(tmp_path_factory, "playground", build_static))
