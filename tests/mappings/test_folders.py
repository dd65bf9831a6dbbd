"""Every folder of `cases/` and `others/` is a test: a mapping, events, and the exposition that they make.

`cases/` has what no recording shows of the shipped mappings. `others/` has typical configurations of other tools,
TOOL_NAME, said in this language, with the result as that tool would give it; `mapping.yaml` tells in its head what it
was.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import telemap

if TYPE_CHECKING:
    from servers.promtool import Promtool

HERE = Path(__file__).parent
FOLDERS = sorted(path for kind in ("cases", "others") for path in (HERE / kind).iterdir())

every_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


@every_folder
def test_events_make_the_expected_exposition(folder: Path) -> None:
    plan = telemap.compile(telemap.load(folder / "mapping.yaml"))
    events = json.loads((folder / "events.json").read_text(encoding="utf-8"))
    exposition = telemap.render(telemap.apply(plan, events))
    assert exposition == (folder / "expected.prom").read_text(encoding="utf-8")


@every_folder
def test_mappings_have_no_problems_except_what_the_other_tool_leaves_unbounded(folder: Path) -> None:
    warnings = telemap.load(folder / "mapping.yaml").warnings
    assert [warning.text() for warning in warnings if warning.code != "label-unbounded"] == []


@every_folder
def test_promtool_finds_no_fault(folder: Path, promtool: Promtool) -> None:
    assert promtool.check_metrics((folder / "expected.prom").read_text(encoding="utf-8")) == ""
