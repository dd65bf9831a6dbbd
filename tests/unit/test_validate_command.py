from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from telemap.cli import main

GOOD = "version: 1\nmetrics:\n  starts_total: {type: counter, help: Starts., from: platform.start}\n"
BAD = "version: 1\nmetrics:\n  starts: {type: counter, help: Starts., from: platform.start}\n"
BAD_DRAWN = """\
{name}:3:3: error: a counter's name ends in '_total', 'starts' does not [counter-name]
    3 |   starts: {{type: counter, help: Starts., from: platform.start}}
      |   ^^^^^^
   help: call it 'starts_total'
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder with mappings."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("good.yaml", GOOD), ("bad.yaml", BAD), ("deep/more.yml", GOOD), ("deep/more.test.yaml", "[]")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)


def test_a_good_mapping_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "good.yaml"]) == 0
    assert capsys.readouterr() == ("good.yaml: fine, 1 metric family\n", "")


def test_problems_are_drawn_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "bad.yaml"]) == 1
    assert capsys.readouterr() == ("", BAD_DRAWN.format(name="bad.yaml") + "1 mapping has problems, of 1\n")


def test_a_shipped_mapping_goes_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "telemap:default"]) == 0
    assert capsys.readouterr().out == "telemap:default: fine, 7 metric families\n"


def test_an_unknown_shipped_mapping_is_a_problem(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "telemap:nothing"]) == 1
    assert "cannot read the file" in capsys.readouterr().err


def test_several_files_are_checked_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "good.yaml", "bad.yaml", "deep/more.yml", "good.yaml"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == ["good.yaml: fine, 1 metric family", "deep/more.yml: fine, 1 metric family"]
    assert err.endswith("1 mapping has problems, of 3\n")


def test_a_directory_stands_for_its_mappings_but_not_for_their_tests(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "."]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == ["deep/more.yml: fine, 1 metric family", "good.yaml: fine, 1 metric family"]
    assert "bad.yaml:3:3" in err
    assert "test.yaml" not in err


def test_a_pattern_stands_for_the_files_that_it_matches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "go*.yaml", "**/*.yml"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize(("content", "code"), [(GOOD, 0), (BAD, 1), ("", 1)])
def test_a_mapping_may_come_from_standard_input(
    content: str, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content.encode())))
    assert main(["validate", "-"]) == code
    out, err = capsys.readouterr()
    assert out == ("-: fine, 1 metric family\n" if code == 0 else "")
    assert ("<stdin>" in err) == bool(code)


@pytest.mark.parametrize("name", ["missing.yaml", "missing*.yaml", "empty"])
def test_a_name_that_stands_for_no_file_is_wrong_use(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    assert main(["validate", name]) == 2
    assert capsys.readouterr().err.startswith("telemap: no ")


@pytest.mark.parametrize("arguments", [[], ["validate"], ["no-such-command"], ["validate", "--no-such-option"]])
def test_wrong_use_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: telemap" in capsys.readouterr().err


def test_the_module_and_the_script_are_the_same_command() -> None:
    script = Path(sys.executable).with_name("telemap")
    for command in ([sys.executable, "-m", "telemap"], [str(script)]):
        done = subprocess.run(
            [*command, "validate", "good.yaml", "bad.yaml"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert done.stdout == "good.yaml: fine, 1 metric family\n"
        assert done.stderr == BAD_DRAWN.format(name="bad.yaml") + "1 mapping has problems, of 2\n"


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("telemap ")
