"""`mappings/examples/` run on the recording that their head comment names, and on all others."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import telemap
from telemap.cli import main

if TYPE_CHECKING:
    from servers.promtool import Promtool

HERE = Path(__file__).parent
TOP = HERE.parents[1]
FOLDER = TOP / "mappings" / "examples"
EXAMPLES = [path for path in sorted(FOLDER.glob("*.yaml")) if not path.stem.endswith(".test")]
RECORDINGS = sorted((TOP / "tests" / "events").glob("*.json"))

every_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)


def expected(example: Path) -> str:
    return (HERE / "expected" / "examples" / f"{example.stem}.prom").read_text(encoding="utf-8")


@every_example
def test_examples_have_no_problems(example: Path) -> None:
    assert main(["validate", "--strict", str(example)]) == 0


@every_example
def test_examples_say_what_they_show_and_with_which_recording_to_try_them(example: Path) -> None:
    head = re.match(r"(?:#.*\n)+", example.read_text(encoding="utf-8"))
    assert head is not None
    assert re.search(r"^# Try it with (\S+)$", head[0], re.MULTILINE) is not None


@every_example
def test_examples_make_the_expected_exposition(
    example: Path, capsys: pytest.CaptureFixture[str], promtool: Promtool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "orders-api")
    monkeypatch.delenv("AWS_REGION", raising=False)
    [recording] = re.findall(r"^# Try it with (\S+)$", example.read_text(encoding="utf-8"), re.MULTILINE)
    assert main(["preview", "--mapping", str(example), "--events", str(TOP / recording)]) == 0
    exposition = capsys.readouterr().out
    assert exposition == expected(example)
    assert promtool.check_metrics(exposition) == ""


@every_example
def test_examples_run_on_every_recording(example: Path) -> None:
    plan = telemap.compile(telemap.load(example))
    store = telemap.Store(plan)
    for recording in RECORDINGS:
        telemap.apply(plan, json.loads(recording.read_text(encoding="utf-8")), store)
    assert store.counts.dropped["malformed"] == 0
    assert all(series.skipped["cut_off"] == 0 for series in store.families)
