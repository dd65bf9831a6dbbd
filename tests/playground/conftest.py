"""What the tests of this folder share: the static playground, and one that a command serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playground.node_engine import build_static
from playground_server.process import Playground, playground, write_page
from servers.available import available
from sharing import shared_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def static_playground(_integration: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that `make playground` builds."""
    return available(lambda: shared_folder(tmp_path_factory, "playground", build_static))


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a page that shows nothing."""
    return write_page(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def server(_integration: None, page: Path) -> Iterator[Playground]:
    """Run a playground without files."""
    with playground(page) as running:
        yield running
