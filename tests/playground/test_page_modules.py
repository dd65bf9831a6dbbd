"""The modules of the page that need no browser, tested by Node."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from playground.building import PLAYGROUND, node
from servers.available import available

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration


def test_modules_of_the_page_do_what_their_tests_state(tmp_path: Path) -> None:
    command = [str(available(node)), str(PLAYGROUND / "run_tests.mjs"), str(tmp_path)]
    tested = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tested.returncode == 0, f"{tested.stdout}{tested.stderr}"[-8000:]
    assert "# fail 0" in tested.stdout


def test_types_of_the_page_are_consistent() -> None:
    compiler = PLAYGROUND / "node_modules/typescript/bin/tsc"
    command = [str(available(node)), str(compiler), "--noEmit", "--project", str(PLAYGROUND)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout[-8000:]
