"""Every folder of `explain/` is a test: a mapping, events, and what `telemap explain` says.

mapping.yaml     the mapping
event.json       a recording, in either form; without it the mapping itself is explained
options.json     more options
expected.txt     what is printed
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from case_folders import case_folders, case_name

from telemap.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDERS = case_folders(Path(__file__).parent / "explain")


@pytest.mark.parametrize("folder", FOLDERS, ids=case_name)
def test_explain_says_what_is_expected(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    assert_expected: Callable[[Path, str], None],
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("AWS_REGION", raising=False)
    options = folder / "options.json"
    events = ["--events", "event.json"] if (folder / "event.json").exists() else []
    more = json.loads(options.read_text(encoding="utf-8")) if options.exists() else []
    assert main(["explain", "mapping.yaml", *events, *more]) == 0
    assert_expected(folder / "expected.txt", capsys.readouterr().out)
