"""The rooms of the extension, and which may import which."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "extensions" / "telemap_lambda"

REGISTERING = {"__init__", "__main__", "start", "lambda_api", "http_message", "barrier", "log"}
"""The modules at the top: what is imported before the extension registers."""

ENTRANCES = {"sweeper"}
"""Modules at the top that Lambda imports by name."""

IN_THE_LAYER = {
    "life": {"delivery", "recording", "settings", "telemetry", "world"},
    "telemetry": {"delivery", "recording", "world"},
    "delivery": {"settings", "world"},
    "recording": {"settings"},
    "settings": set[str](),
    "world": set[str](),
}
"""The rooms of the layer, and which others each imports; any may import the top."""

ON_A_MACHINE = {
    "commands": {"fake_database", "fake_gateway", "recording", "sandbox", "settings", "sweep"},
    "fake_database": {"local_server"},
    "fake_gateway": {"local_server"},
    "sandbox": {"fake_database", "fake_gateway", "local_server"},
    "sweep": {"delivery", "settings", "world"},
    "local_server": set[str](),
}
"""The rooms that are not in the layer, likewise."""

ROOMS = IN_THE_LAYER | ON_A_MACHINE

OF_THE_MACHINE = {"asyncio", "multiprocessing", "os", "queue", "random", "secrets", "select", "selectors", "signal"} | {
    "socket", "subprocess", "threading", "time", "uuid"
}  # fmt: skip
"""Modules by which a program reads a clock, sleeps, starts a thread or a process, opens a socket, or throws dice."""

ADAPTERS = {
    "telemetry/listener.py": {"socket", "threading", "time"},
    "telemetry/receiver.py": {"socket", "time"},
    "telemetry/room.py": {"threading", "time"},
    "telemetry/admission.py": {"os"},
    "delivery/secret.py": {"os", "subprocess"},
    "delivery/aws_keys.py": {"os"},
    "life/extension.py": {"os"},
}
"""What meets the machine in production, and with what; a simulation replaces it: the listener with all its
connections, the process that reads a secret, the keys of a role, the environment's variables."""


def imported(file: Path) -> set[str]:
    """Return the rooms and the modules at the top that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "telemap_lambda":
            found |= {f"telemap_lambda.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name.split(".")[1] for name in found if name.startswith("telemap_lambda.")}


def modules(file: Path) -> set[str]:
    """Return the packages and modules at the top of the path that a file imports, anywhere in it."""
    tree = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = {alias.name for node in tree if isinstance(node, ast.Import) for alias in node.names}
    return {
        name.split(".")[0] for name in plain | {node.module or "" for node in tree if isinstance(node, ast.ImportFrom)}
    }


def test_the_top_and_the_rooms_are_all_there_is() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == REGISTERING | ENTRANCES
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == set(ROOMS)


def test_rooms_import_only_what_they_may() -> None:
    wrong = {
        f"{path.relative_to(PACKAGE)} imports {other}"
        for room, others in ROOMS.items()
        for path in (PACKAGE / room).rglob("*.py")
        for other in imported(path) - others - {room} - REGISTERING
    }
    assert wrong == set()


@pytest.mark.parametrize("room", ["life", "telemetry", "delivery"])
def test_a_life_meets_the_machine_through_its_parameters(room: str) -> None:
    found = {
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in (PACKAGE / room).rglob("*.py")
        for name in modules(path) & OF_THE_MACHINE - ADAPTERS.get(str(path.relative_to(PACKAGE)), set())
    }
    assert found == set()


def test_rooms_never_import_in_a_circle() -> None:
    left = dict(ROOMS)
    while leaves := {room for room, others in left.items() if not others & left.keys()}:
        left = {room: others for room, others in left.items() if room not in leaves}
    assert left == {}


@pytest.mark.integration
def test_before_registering_nothing_but_the_top_is_imported() -> None:
    program = "import sys, telemap_lambda.start; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", program], text=True).split()
    ours = {name.split(".")[1] for name in loaded if name.startswith("telemap_lambda.")}
    assert ours <= REGISTERING
    assert not [name for name in loaded if name.split(".")[0] == "telemap"]
