"""Which files end, and that no command waits for one that does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from telemap.cli import main
from telemap.endless import ends

COMMANDS = {
    "validate": ["validate"],
    "preview": ["preview", "--events", os.devnull, "--mapping"],
    "explain": ["explain"],
    "compile": ["compile"],
    "rules": ["rules"],
    "dashboard": ["dashboard"],
}
"""Commands that read a mapping, up to its name."""


def test_regular_files_with_a_size_end(tmp_path: Path) -> None:
    (tmp_path / "full").write_text("a")
    (tmp_path / "empty").touch()
    (tmp_path / "link").symlink_to("full")
    os.mkfifo(tmp_path / "pipe")
    assert [ends(tmp_path / name) for name in ("full", "link")] == [True, True]
    others = (tmp_path / "empty", tmp_path / "pipe", tmp_path, Path("/dev/zero"), Path("/proc/self/environ"))
    assert [path for path in others if ends(path)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_pipe_is_no_mapping_and_is_not_waited_for(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert main([*COMMANDS[command], str(tmp_path / "pipe")]) == 1
    assert "pipe: error: cannot read the file: not a regular file" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/urandom", "/proc/self/environ", "/proc/kmsg"])
def test_a_file_without_end_is_no_mapping(command: str, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*COMMANDS[command], path]) in {1, 2}
    assert f"{path}: " in (said := capsys.readouterr().err) or "cannot read" in said
