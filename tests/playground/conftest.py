"""A playground that runs, for all tests of a file that do not change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playground_server.process import Playground, playground, write_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a page."""
    return write_page(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def server(_integration: None, page: Path) -> Iterator[Playground]:
    """Run a playground without files."""
    with playground(page) as running:
        yield running
