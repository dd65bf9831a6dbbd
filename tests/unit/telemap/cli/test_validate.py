from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from telemap.cli import main

GOOD = "version: 1\nmetrics:\n  starts_total: {type: counter, help: Starts., from: platform.start}\n"
BAD = "version: 1\nmetrics:\n  starts: {type: counter, help: Starts., from: platform.start}\n"
BAD_DRAWN = """\
{name}:3:3: error: a counter's name must end in '_total', but 'starts' does not [counter-name]
    3 |   starts: {{type: counter, help: Starts., from: platform.start}}
      |   ^^^^^^
   help: rename it to 'starts_total'
"""
DOUBTFUL = "version: 1\nmetrics:\n  waits_ms: {type: summary, help: Waits., from: function, value: $.record.wait}\n"
DOUBTFUL_DRAWN = """\
doubtful.yaml:3:3: warning: 'waits_ms' ends in 'ms', which is not a Prometheus base unit [base-unit]
    3 |   waits_ms: {type: summary, help: Waits., from: function, value: $.record.wait}
      |   ^^^^^^^^
   help: use seconds, bytes or ratio, and convert with 'unit'
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
    assert capsys.readouterr() == ("good.yaml: ok, 1 metric\n", "")


def test_problems_are_drawn_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "bad.yaml"]) == 1
    assert capsys.readouterr() == ("", BAD_DRAWN.format(name="bad.yaml") + "1 of 1 mappings has errors (1 error)\n")


def test_warnings_are_drawn_and_do_not_count(capsys: pytest.CaptureFixture[str]) -> None:
    Path("doubtful.yaml").write_text(DOUBTFUL)
    assert main(["validate", "doubtful.yaml"]) == 0
    assert capsys.readouterr() == ("doubtful.yaml: ok, 1 metric, 1 warning\n", DOUBTFUL_DRAWN)


def test_warnings_count_in_strict_mode(capsys: pytest.CaptureFixture[str]) -> None:
    Path("doubtful.yaml").write_text(DOUBTFUL)
    assert main(["validate", "--strict", "doubtful.yaml", "good.yaml"]) == 1
    out, err = capsys.readouterr()
    assert out == "doubtful.yaml: ok, 1 metric, 1 warning\ngood.yaml: ok, 1 metric\n"
    assert err == DOUBTFUL_DRAWN + "1 of 2 mappings has warnings (1 warning), and --strict treats them as errors\n"


@pytest.mark.parametrize("strict", [[], ["--strict"]])
def test_a_good_mapping_is_fine_in_every_format(strict: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for form, output in (("text", "good.yaml: ok, 1 metric\n"), ("json", "[]\n"), ("github", "")):
        assert main(["validate", "--format", form, *strict, "good.yaml"]) == 0
        assert capsys.readouterr() == (output, "")


def test_problems_are_json_where_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    Path("doubtful.yaml").write_text(DOUBTFUL)
    assert main(["validate", "--format", "json", "doubtful.yaml", "bad.yaml", "good.yaml"]) == 1
    out, err = capsys.readouterr()
    warning, error = json.loads(out)
    assert (warning["code"], warning["severity"], warning["file"]) == ("base-unit", "warning", "doubtful.yaml")
    assert error == {
        "code": "counter-name",
        "severity": "error",
        "message": "a counter's name must end in '_total', but 'starts' does not",
        "file": "bad.yaml",
        "line": 3,
        "column": 3,
        "end_line": 3,
        "end_column": 9,
        "help": "rename it to 'starts_total'",
        "related": None,
    }
    assert err == ""


def test_json_has_the_other_place_of_a_problem_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    Path("twice.yaml").write_text("version: 1\nmetrics: {}\nmetrics: {}\n")
    assert main(["validate", "--format", "json", "twice.yaml"]) == 1
    [problem] = json.loads(capsys.readouterr().out)
    assert problem["related"] == {
        "file": "twice.yaml",
        "line": 2,
        "column": 1,
        "end_line": 2,
        "end_column": 8,
        "message": "first defined here",
    }


def test_a_problem_without_a_place_names_its_file_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty.yaml").write_text("")
    assert main(["validate", "--format", "json", "empty.yaml"]) == 1
    [problem] = json.loads(capsys.readouterr().out)
    assert problem["file"] == "empty.yaml"
    assert "line" not in problem


def test_problems_are_annotations_of_github_where_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    Path("doubtful, 100%.yaml").write_text(DOUBTFUL)
    Path("empty.yaml").write_text("")
    assert main(["validate", "--format", "github", "doubtful, 100%.yaml", "bad.yaml", "empty.yaml"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        (
            "::warning file=doubtful%2C 100%25.yaml,title=telemap%3A base-unit,line=3,endLine=3,col=3,endColumn=11::"
            "'waits_ms' ends in 'ms', which is not a Prometheus base unit"
            "%0Ahelp: use seconds, bytes or ratio, and convert with 'unit'"
        ),
        (
            "::error file=bad.yaml,title=telemap%3A counter-name,line=3,endLine=3,col=3,endColumn=9::"
            "a counter's name must end in '_total', but 'starts' does not%0Ahelp: rename it to 'starts_total'"
        ),
        (
            "::error file=empty.yaml,title=telemap%3A empty-file::"
            "the file contains no mapping%0Ahelp: begin with 'version: 1' and 'metrics:'"
        ),
    ]
    assert err == ""


def test_a_problem_of_an_included_file_names_that_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("deep/base.yaml").write_text(BAD)
    Path("outer.yaml").write_text("version: 1\ninclude: [deep/base.yaml]\n")
    assert main(["validate", "outer.yaml"]) == 1
    assert capsys.readouterr().err == BAD_DRAWN.format(name="deep/base.yaml") + "1 of 1 mappings has errors (1 error)\n"


def test_a_shipped_mapping_goes_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "telemap:default"]) == 0
    assert capsys.readouterr().out == "telemap:default: ok, 8 metrics\n"


def test_an_unknown_shipped_mapping_is_a_problem(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "telemap:nothing"]) == 1
    assert "no shipped mapping 'telemap:nothing' [file-unreadable]" in capsys.readouterr().err


def test_several_files_are_checked_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "good.yaml", "bad.yaml", "deep/more.yml", "good.yaml"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == ["good.yaml: ok, 1 metric", "deep/more.yml: ok, 1 metric"]
    assert err.endswith("1 of 3 mappings has errors (1 error)\n")


def test_a_directory_stands_for_its_mappings_but_not_for_their_tests(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "."]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == ["deep/more.yml: ok, 1 metric", "good.yaml: ok, 1 metric"]
    assert "bad.yaml:3:3" in err
    assert "test.yaml" not in err


def test_a_pattern_stands_for_the_files_that_it_matches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "go*.yaml", "**/*.yml"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_directory_that_a_pattern_gives_stands_for_its_mappings(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.yaml").unlink()
    Path("empty").mkdir()
    Path("README.md").write_text("# No mapping\n")
    assert main(["validate", "*"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == ["deep/more.yml: ok, 1 metric", "good.yaml: ok, 1 metric"]
    assert err == ""
    assert main(["validate", "emp*"]) == 2
    assert capsys.readouterr().err == "telemap: no mappings (*.yaml, *.yml) in emp*\n"


@pytest.mark.parametrize("folder", ["environment", "node_modules", ".hidden"])
def test_what_is_no_work_of_the_project_is_not_checked(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.yaml").unlink()
    Path(folder, "lib").mkdir(parents=True)
    Path(folder, "pyvenv.cfg").touch()
    Path(folder, "lib", "port.yaml").write_text("ports: [80]\n")
    assert main(["validate", "."]) == 0
    assert main(["validate", "**/*.yaml"]) == 0
    assert "port.yaml" not in capsys.readouterr().out
    assert main(["validate", folder]) == 1


@pytest.mark.parametrize(("content", "code"), [(GOOD, 0), (BAD, 1), ("", 1)])
def test_a_mapping_may_come_from_standard_input(
    content: str, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content.encode())))
    assert main(["validate", "-"]) == code
    out, err = capsys.readouterr()
    assert out == ("<stdin>: ok, 1 metric\n" if code == 0 else "")
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
    assert "--help" in capsys.readouterr().err


@pytest.mark.integration
def test_the_module_and_the_script_are_the_same_command() -> None:
    script = Path(sys.executable).with_name("telemap")
    for command in ([sys.executable, "-m", "telemap"], [str(script)]):
        done = subprocess.run(
            [*command, "validate", "good.yaml", "bad.yaml"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert done.stdout == "good.yaml: ok, 1 metric\n"
        assert done.stderr == BAD_DRAWN.format(name="bad.yaml") + "1 of 2 mappings has errors (1 error)\n"


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_reported(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([option])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("telemap ")


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_problem_of_a_file_that_others_include_is_reported_once(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("all").mkdir()
    Path("all/base.yaml").write_text(BAD)
    Path("all/one.yaml").write_text("version: 1\ninclude: [base.yaml]\n")
    Path("all/two.yaml").write_text("version: 1\ninclude: [../all/base.yaml]\n")
    assert main(["validate", "--format", form, "all"]) == 1
    out, err = capsys.readouterr()
    assert (out + err).count("counter-name") == 1
    if form == "text":
        assert err.endswith("3 of 3 mappings have errors (1 error)\n")


def test_the_place_of_a_byte_that_is_not_utf_8_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    Path("latin.yaml").write_bytes("version: 1\n# ä\n# é ".encode() + "é".encode("latin-1"))
    assert main(["validate", "--format", "json", "latin.yaml"]) == 1
    [problem] = json.loads(capsys.readouterr().out)
    assert (problem["code"], problem["line"], problem["column"]) == ("not-utf-8", 3, 5)


def test_tests_of_mappings_are_left_out_however_they_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    for names in (["deep/*.y*ml"], ["deep/more.yml", "deep/more.test.yaml"], ["deep"]):
        assert main(["validate", *names]) == 0
        assert capsys.readouterr() == ("deep/more.yml: ok, 1 metric\n", "")


def test_a_test_alone_is_no_mapping_and_the_message_says_what_runs_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "deep/more.test.yaml"]) == 2
    assert capsys.readouterr().err == (
        "telemap: deep/more.test.yaml is a mapping test; run it with: telemap test deep/more.test.yaml\n"
    )


def test_hidden_files_are_no_mappings_of_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    Path("deep/.pre-commit-config.yaml").write_text("repos: []\n")
    Path("deep/.github").mkdir()
    Path("deep/.github/checks.yaml").write_text("on: push\n")
    assert main(["validate", "deep"]) == 0
    assert capsys.readouterr().out == "deep/more.yml: ok, 1 metric\n"


def test_a_folder_that_cannot_be_read_is_not_passed_over(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may read all, so the system's refusal is played."""
    Path("deep/closed").mkdir()
    scan = os.scandir

    def refuse(path: str) -> object:
        if os.fspath(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert main(["validate", "deep"]) == 2
    assert capsys.readouterr() == ("", "telemap: cannot read deep/closed: Permission denied\n")


@pytest.mark.parametrize("delivery", ["remote-write", "victoria-metrics"])
def test_names_of_the_gateway_are_free_where_there_is_none(delivery: str, tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    gauge = "{type: gauge, help: G., from: platform.report, value: 1}"
    path.write_text(f"version: 1\nmetrics:\n  push_time_seconds: {gauge}\n  process_open_fds: {gauge}\n")
    assert main(["validate", str(path)]) == 1
    assert main(["validate", "--strict", "--delivery", delivery, str(path)]) == 0
    assert main(["compile", str(path)]) == 1
    assert main(["compile", "--delivery", delivery, str(path)]) == 0
