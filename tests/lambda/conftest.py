"""Fixtures for sandboxes with the real extension, which must leave nothing behind."""

from __future__ import annotations

import contextlib
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import patience
import pytest
from layers.building import unzipped

from telemap_lambda.fake_gateway import FakeGateway
from telemap_lambda.sandbox import Recording, Sandbox, SandboxResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def extension_layer(layer_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unzipped layer, the content of `/opt` in Lambda."""
    return unzipped(layer_archive, tmp_path_factory.mktemp("opt"))


@pytest.fixture(scope="session")
def thin_layer(thin_layer_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unzipped layer without a Python of its own."""
    return unzipped(thin_layer_archive, tmp_path_factory.mktemp("thin-opt"))


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    """Return a layer with a scripted extension, for tests of the sandbox itself."""
    (tmp_path / "extensions").mkdir()
    (tmp_path / "telemap").mkdir()
    shutil.copy(HERE / "extensions_for_tests/launcher", tmp_path / "extensions/telemap")
    shutil.copy(HERE / "extensions_for_tests/extension.py", tmp_path / "telemap")
    return tmp_path


@pytest.fixture
def open_sandbox(extension_layer: Path) -> Iterator[Callable[..., Sandbox]]:
    """Return a function that opens sandboxes with the extension; no thread or process may remain afterwards."""
    before = set(threading.enumerate())
    with contextlib.ExitStack() as sandboxes:

        def make(recording: Recording, environment: Mapping[str, str] | None = None, **options: Any) -> Sandbox:
            variables = {**patience.UNHURRIED, **(environment or {})}
            conditions = {**patience.CONDITIONS, **options}
            sandbox = Sandbox(extension_layer, recording=recording, environment=variables, **conditions)
            return sandboxes.enter_context(sandbox)

        yield make
    assert set(threading.enumerate()) <= before
    assert _processes_of(extension_layer) == []


@pytest.fixture
def play(open_sandbox: Callable[..., Sandbox]) -> Callable[..., SandboxResult]:
    """Return a function that plays a whole recording to the extension."""
    return lambda *arguments, **options: open_sandbox(*arguments, **options).run()


@pytest.fixture
def embedded_gateway(_integration: None) -> Iterator[FakeGateway]:
    """Return the fake gateway, which records requests and can misbehave."""
    with FakeGateway() as gateway:
        yield gateway


def _processes_of(layer: Path) -> list[str]:
    """Return the processes that run files of a layer."""
    commands = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            commands.append(process.read_bytes().decode(errors="replace").replace("\0", " "))
    return [command for command in commands if str(layer) in command]
