"""`telemap init`: a mapping and a test that hold from the first moment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import strategies
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

import telemap
from telemap.cli import main
from telemap.mapping_tests.session import Session, is_fine

EVENTS = sorted((Path(__file__).parents[3] / "events").glob("*.json"))


def line(record: Any) -> str:
    return json.dumps({"time": "2026-03-02T08:14:09.117Z", "type": "function", "record": record})


def begin(folder: Path, recording: Path) -> telemap.Mapping:
    """Run the command; return the mapping, whose test passes."""
    mapping, test = folder / "m.yaml", folder / "m.test.yaml"
    mapping.unlink(missing_ok=True)
    test.unlink(missing_ok=True)
    assert main(["init", str(recording), "--output", str(mapping)]) == 0
    assert is_fine([Session((), None).run(str(test))])
    loaded = telemap.load(mapping)
    assert loaded.warnings == ()
    return loaded


@pytest.mark.parametrize("recording", EVENTS, ids=lambda path: path.stem)
def test_the_mapping_of_a_recording_passes_its_test(recording: Path, tmp_path: Path) -> None:
    begin(tmp_path, recording)


@given(st.lists(strategies.events, min_size=1, max_size=5))
@examples(0.2)
def test_the_mapping_of_any_events_passes_its_test(
    tmp_path_factory: pytest.TempPathFactory, events: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "e.json").write_text(json.dumps(events), encoding="utf-8")
    begin(folder, folder / "e.json")


def test_fields_and_lines_of_logs_become_metrics(tmp_path: Path) -> None:
    records = [json.dumps({"event": "order", "took_ms": number}) for number in range(3)]
    records += [f"retry {number} after 20 ms" for number in range(3)]
    (tmp_path / "e.ndjson").write_text("\n".join(map(line, records)))
    names = {family.name for family in begin(tmp_path, tmp_path / "e.ndjson").families}
    assert {"function_event_total", "function_took_seconds", "function_retry_after_lines_total"} <= names


def test_existing_files_are_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("e.ndjson").write_text(line("x"))
    Path("telemap.test.yaml").write_text("mine")
    assert main(["init", "e.ndjson"]) == 2
    assert "telemap.test.yaml exists: choose another name with --output, or remove it" in capsys.readouterr().err
    assert not Path("telemap.yaml").exists()
    assert Path("telemap.test.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "EVENTS is missing: name recorded events; 'telemap sandbox --record FILE' makes some"),
        (["-"], "this command reads the recording twice, so it cannot be standard input: name a file"),
        (["e.ndjson", "-o", "m.json"], "--output m.json: a mapping's name ends with .yaml or .yml"),
        (["e.ndjson", "--events", "e.ndjson"], "EVENTS is given twice: 'e.ndjson' and --events 'e.ndjson'"),
        (["none.ndjson"], "none.ndjson"),
        (["e.ndjson", "-o", "none/m.yaml"], "cannot write none/m.yaml: No such file or directory"),
    ],
)
def test_wrong_use_is_explained(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("e.ndjson").write_text(line("x"))
    assert main(["init", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_recording_without_events_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "e.ndjson").write_text("17\n")
    assert main(["init", str(tmp_path / "e.ndjson"), "-o", str(tmp_path / "m.yaml")]) == 1
    assert not (tmp_path / "m.yaml").exists()
