"""What the tests of the playground share: the built page, and a server that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playground.building import build
from playground_server.process import Playground, playground, write_page
from servers.available import available
from sharing import shared_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def built_playground(_integration: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of what `make playground` builds: `static`, and the server's `page`."""
    return available(lambda: shared_folder(tmp_path_factory, "playground", build))


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a page that is not the real one, for tests of its server."""
    return write_page(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def server(_integration: None, page: Path) -> Iterator[Playground]:
    """Run a playground without files."""
    with playground(page) as running:
        yield running
