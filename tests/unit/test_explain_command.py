from __future__ import annotations

import ast
from pathlib import Path

import pytest

import telemap
from telemap.cli import main
from telemap.resources import shipped_mappings

MAPPING = """
version: 1
metrics:
  lines_total: {type: counter, help: Lines., from: function, labels: {team: "${env:TEAM:-a}-\\n#"}}
  events_total: {type: counter, help: Events., from: "*", labels: {kind: $.type}}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mapping.yaml").write_text(MAPPING)


def test_each_event_type_is_told_with_the_metrics_that_it_feeds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "mapping.yaml"]) == 0
    assert capsys.readouterr().out == "*: events_total\nfunction: lines_total, events_total\n"


@pytest.mark.parametrize("name", ["mapping.yaml", *shipped_mappings()])
def test_the_code_is_printed_with_comments_alone_added(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name, "--code"]) == 0
    printed = capsys.readouterr().out
    assert ast.dump(ast.parse(printed)) == ast.dump(ast.parse(telemap.compile(telemap.load(name)).code))


def test_comments_say_what_names_stand_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "mapping.yaml", "--code"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "# families[0]: counter lines_total" in lines
    assert r"only0, open0 = families[0].known.constant((t0,))  # t0: '${env:TEAM}-\n#'" in lines


def test_a_mapping_with_errors_is_not_explained(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mapping.yaml").write_text("version: 1\nmetrics: {m: {type: counter}}\n")
    assert main(["explain", "mapping.yaml"]) == 1
    assert capsys.readouterr().out == ""
