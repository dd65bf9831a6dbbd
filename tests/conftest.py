"""What every test may ask for: real servers, and recorded telemetry."""

from __future__ import annotations

import gc
import json
import platform
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from layers.building import build_layers, build_thin_layer
from servers.available import available
from servers.emulator import Emulator
from servers.promtool import Promtool
from servers.pushgateway import Pushgateway
from servers.secrets import DeniedSecrets, SecretsManager
from sharing import shared_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytest_plugins = ["expected_files", "isolation", "pytester"]

# Property tests find the same examples each time: a failure is a change of the code, never of the dice.
# --hypothesis-profile says how many; tests/support/examples.py scales that for a test.
# Nor does any fail because the machine is busy, and an example so takes long to draw.
settings.register_profile(
    "telemap",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("fast", settings.get_profile("telemap"), max_examples=10)
settings.register_profile("thorough", settings.get_profile("telemap"), max_examples=300)
settings.load_profile("telemap")

# Thousands of tests are many objects, and Python looks through all of them each time: a sixth of the whole run.
gc.set_threshold(10_000, 10, 10)

EVENTS = Path(__file__).parent / "events"

# A shell has what it starts in the background ignore interrupts, and what that starts ignores them too.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that start processes: most are long, and some wait; the short ones fill what is left."""
    long = {item.path for item in items if item.get_closest_marker("integration")}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def layer_archives(_integration: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the layers that `make layer` builds: `telemap-layer-x86_64.zip` and `-arm64.zip`."""

    def build(folder: Path) -> None:
        built = build_layers(folder)
        assert built.returncode == 0, built.stderr

    return shared_folder(tmp_path_factory, "layers", build)


@pytest.fixture(scope="session")
def layer_archive(layer_archives: Path) -> Path:
    """Return the layer for this machine's processor."""
    name = "arm64" if platform.machine() == "aarch64" else platform.machine()
    return layer_archives / f"telemap-layer-{name}.zip"


@pytest.fixture(scope="session")
def thin_layer_archive(_integration: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the layer that `make layer PYTHON=python3.X` builds, for the Python that runs the tests."""

    def build(folder: Path) -> None:
        built = build_thin_layer(folder)
        assert built.returncode == 0, built.stderr

    return shared_folder(tmp_path_factory, "thin-layer", build) / "telemap-layer.zip"


@pytest.fixture
def pushgateway(_integration: None) -> Iterator[Pushgateway]:
    """Return an empty Prometheus Pushgateway."""
    gateway = available(Pushgateway)
    with gateway:
        yield gateway


@pytest.fixture
def authenticated_pushgateway(_integration: None) -> Iterator[Pushgateway]:
    """Return an empty Pushgateway that asks for `servers.pushgateway.CREDENTIALS`."""
    gateway = available(lambda: Pushgateway(authenticated=True))
    with gateway:
        yield gateway


@pytest.fixture(scope="session")
def secrets_manager(_integration: None) -> Iterator[SecretsManager]:
    """Return one Secrets Manager to all tests (it takes seconds to start): name your secrets after your test."""
    with SecretsManager() as secrets:
        yield secrets


@pytest.fixture
def denied_secrets(_integration: None) -> Iterator[DeniedSecrets]:
    """Return a Secrets Manager that denies every call."""
    with DeniedSecrets() as secrets:
        yield secrets


@pytest.fixture(scope="session")
def promtool(_integration: None) -> Promtool:
    """Return Prometheus's own check of a text exposition."""
    return available(Promtool)


@pytest.fixture(scope="session")
def emulator(_integration: None) -> Emulator:
    """Return AWS's Lambda emulator as an on-demand function: real lifecycle, no telemetry."""
    return available(Emulator)


@pytest.fixture(scope="session")
def managed_emulator(_integration: None) -> Emulator:
    """Return AWS's Lambda emulator as a managed instance: real telemetry, no INVOKE events."""
    return available(lambda: Emulator(managed=True))


@pytest.fixture(scope="session")
def recorded_events() -> Callable[[str], list[Any]]:
    """Return a function that reads one file of `tests/events` by its name, without the ending."""

    def read(name: str) -> list[Any]:
        events: list[Any] = json.loads((EVENTS / f"{name}.json").read_text())
        return events

    return read
