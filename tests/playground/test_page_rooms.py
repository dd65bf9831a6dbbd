"""The rooms of the page's source: imports go one way, and files stay small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "playground/src"

ROOMS = ("text", "look", "state", "engine", "editors", "completing", "sharing", "panes", "desk")
"""Each room imports from itself and from those before it; main.ts from all."""

CONTRACTS = ("answers", "files", "worker")
"""What back ends answer: all rooms may import it."""

LONGEST = 300

_IMPORT = re.compile(r'^(?:import|export) .*?from "(\.[^"]+)";$', re.MULTILINE | re.DOTALL)

FILES = sorted(path for room in ROOMS for path in (SOURCE / room).rglob("*.ts"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_file_imports_only_from_its_room_and_those_before(path: Path) -> None:
    own = path.relative_to(SOURCE).parts[0]
    allowed = {*CONTRACTS, *ROOMS[: ROOMS.index(own) + 1]}
    targets = [
        (path.parent / target).resolve().relative_to(SOURCE) for target in _IMPORT.findall(path.read_text("utf-8"))
    ]
    assert [str(target) for target in targets if target.parts[0] not in allowed] == []


@pytest.mark.parametrize("path", [*FILES, SOURCE / "main.ts"], ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_file_is_small(path: Path) -> None:
    assert path.read_text("utf-8").count("\n") < LONGEST


def test_all_files_are_in_a_room() -> None:
    rooms = {path.relative_to(SOURCE).parts[0] for path in SOURCE.rglob("*.ts") if path.parent != SOURCE}
    assert rooms == {*ROOMS, "worker"}
