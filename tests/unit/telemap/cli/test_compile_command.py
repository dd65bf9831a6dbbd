"""The command `telemap compile`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from telemap.cli import main
from telemap.plan_files.layout import plan_path
from telemap.plan_files.reading import read_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PARCELS = """
version: 1
metrics:
  parcels_total: {type: counter, help: Parcels., from: function}
"""


@pytest.fixture
def mapping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.yaml"
    path.write_text(PARCELS)
    return path


def names_beside(mapping: Path) -> set[str]:
    return {path.name for path in mapping.parent.iterdir()}


def test_the_plan_lies_beside_the_mapping(mapping: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", "mine.yaml"]) == 0

    name = f"mine.yaml.{sys.implementation.cache_tag}.plan"
    assert capsys.readouterr().out == f"{name}\n"
    assert names_beside(mapping) == {"mine.yaml", name}
    assert read_plan(str(mapping), print) is not None


def test_the_plan_goes_where_it_is_wanted(mapping: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", "mine.yaml", "-o", "other.plan"]) == 0

    assert capsys.readouterr().out == "other.plan\n"
    assert not plan_path(mapping).exists()
    (mapping.parent / "other.plan").rename(plan_path(mapping))
    assert read_plan(str(mapping), print) is not None


def test_a_shipped_mapping_can_be_compiled(mapping: Path) -> None:
    assert main(["compile", "telemap:default", "-o", "default.plan"]) == 0

    assert (mapping.parent / "default.plan").stat().st_size > 1000


def test_errors_are_shown_and_nothing_is_written(mapping: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping.write_text(PARCELS.replace("counter", "counted"))

    assert main(["compile", "mine.yaml"]) == 1

    out, err = capsys.readouterr()
    assert out == ""
    assert "counted" in err
    assert names_beside(mapping) == {"mine.yaml"}


def test_warnings_are_shown_and_stop_nothing(mapping: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping.write_text(PARCELS.replace("function}", "function, labels: {request: $.record.requestId}}"))

    assert main(["compile", "mine.yaml"]) == 0

    assert "warning: " in capsys.readouterr().err


@pytest.mark.usefixtures("mapping")
def test_a_missing_mapping_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", "missing.yaml"]) == 2
    assert "no such file: missing.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("output", ["no-such-folder/mine.plan", "."])
def test_a_file_that_cannot_be_written_is_wrong_use(
    mapping: Path, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compile", "mine.yaml", "-o", output]) == 2
    assert "cannot write" in capsys.readouterr().err
    assert names_beside(mapping) == {"mine.yaml"}


def test_a_plan_that_fits_passes_the_check(mapping: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", "mine.yaml"]) == 0
    capsys.readouterr()
    before = names_beside(mapping)

    assert main(["compile", "--check", "mine.yaml"]) == 0
    assert capsys.readouterr() == ("", "")
    assert names_beside(mapping) == before


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: plan_path(path).unlink(), "has no compiled plan for Python 3."),
        (lambda path: path.write_text(PARCELS.replace("Parcels.", "Parcels sent.")), "has changed"),
        (lambda path: plan_path(path).write_bytes(b"telemap 0.0.0\n"), "made by another version of telemap"),
        (lambda path: plan_path(path).write_bytes(plan_path(path).read_bytes() + b"x"), "is damaged"),
    ],
    ids=["missing", "stale", "foreign", "damaged"],
)
def test_a_plan_that_the_extension_would_not_use_fails_the_check(
    mapping: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], object], said: str
) -> None:
    assert main(["compile", "mine.yaml"]) == 0
    spoil(mapping)
    before = names_beside(mapping)
    capsys.readouterr()

    assert main(["compile", "--check", "mine.yaml"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert captured.err.endswith("run `telemap compile mine.yaml`\n")
    assert names_beside(mapping) == before
