"""What `telemap test` is given, and how it says what it found."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from telemap.cli import main
from telemap.mapping_tests import keys

MAPPING = """\
version: 1
metrics:
  orders_total:
    type: counter
    help: Orders.
    from: function
    labels: {shop: "${env:SHOP}", instance_id: "${runtime:instance}"}
  uptime_seconds: {type: gauge, help: Uptime., from: extension, value: 1, expire: 10m}
"""
PASSING = """\
version: 1
tests:
  orders are counted:
    env: {SHOP: web}
    events: [{type: function}]
    expect: {series: {'orders_total{shop="web",instance_id="test"}': 1}}
"""
FAILING = """\
version: 1
tests:
  orders & <waits>:
    events: [{type: function}]
    expect:
      series:
        orders_total{instance_id="test"}: 2
        uptime_seconds: 1
  no orders:
    events: []
    expect: {exposition: ""}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder with two mappings and their tests."""
    monkeypatch.chdir(tmp_path)
    write("shop.yaml", MAPPING)
    write("shop.test.yaml", PASSING)
    write("deep/more.yml", MAPPING)
    write("deep/more.test.yml", FAILING)


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(text, encoding="utf-8", newline="")


@pytest.mark.parametrize("name", ["shop.yaml", "shop.test.yaml", "./shop.yaml"])
def test_a_mapping_or_its_tests_may_be_named(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", name]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == "1 test in 1 file: 1 passed"
    assert err == ""


@pytest.mark.parametrize("names", [[], ["."], ["deep", "shop.yaml", "shop.test.yaml"]])
def test_folders_are_searched_and_each_file_runs_once(names: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", *names]) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "3 tests in 2 files: 2 passed, 1 failed"
    assert "\nFAIL deep/more.test.yml:3: orders & <waits>\n" in f"\n{out}"


def test_hidden_folders_and_other_peoples_are_not_searched(capsys: pytest.CaptureFixture[str]) -> None:
    for folder in (".git", "node_modules"):
        write(f"{folder}/broken.test.yaml", "")
    main(["test"])
    assert "broken" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["empty"], "no tests in empty: the tests of NAME.yaml belong in NAME.test.yaml next to it"),
        (["alone.yaml"], "alone.yaml has no tests: write them in alone.test.yaml"),
        (["nothing.yaml"], "no such file: nothing.yaml"),
        (["-"], "tests cannot be read from standard input: name a test file, a mapping or a directory"),
        (["telemap:nothing"], "no shipped mapping 'telemap:nothing': telemap ships telemap:aws-sample, "),
        (["--run", "("], "--run '(' is not a valid regex: "),
        (["--run", "francs"], "--run 'francs' matches no test; the tests are:\n  orders are counted\n"),
        (["--update", "--format", "json"], "--update cannot be used with --format json"),
        (["--junit", "nowhere/tests.xml"], "--junit cannot write nowhere/tests.xml: No such file or directory"),
    ],
)
def test_usage_error_gives_advice(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    write("alone.yaml", MAPPING)
    assert main(["test", *arguments]) == 2
    assert f"telemap: {said}" in capsys.readouterr().err


def test_long_list_of_names_is_truncated(capsys: pytest.CaptureFixture[str]) -> None:
    tests = "".join(f"  number {number}: {{events: [], expect: {{exposition: ''}}}}\n" for number in range(25))
    write("shop.test.yaml", f"version: 1\ntests:\n{tests}")
    assert main(["test", "shop.yaml", "--run", "no such"]) == 2
    assert capsys.readouterr().err.endswith("\n  number 19\n  and 5 more\n")


def test_run_option_selects_tests(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--run", "^no orders|counted$"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 tests in 2 files: 2 passed"


def test_the_environment_of_the_process_is_not_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOP", "of the process")
    write("shop.test.yaml", PASSING.replace("    env: {SHOP: web}\n", "").replace('shop="web",', ""))
    assert main(["test", "shop.yaml"]) == 0
    assert capsys.readouterr().err == ""


def test_a_recording_may_be_large_and_slow_regexes_have_their_time(capsys: pytest.CaptureFixture[str]) -> None:
    event = {"type": "function", "record": "a" * 1000}
    write("recording.ndjson", "".join(f"{json.dumps(event)}\n" for _ in range(5000)))
    parse = "from: function\n    parse: {regex: 'a+(?P<end>b?)$'}\n"
    write("shop.yaml", f"version: 1\nmetrics:\n  x_total:\n    type: counter\n    help: X.\n    {parse}")
    write("shop.test.yaml", "version: 1\ntests: {x: {events: recording.ndjson, expect: {series: {x_total: 5000}}}}\n")
    assert main(["test", "shop.yaml"]) == 0, capsys.readouterr()


def test_a_regex_that_was_cut_off_fails_a_test_that_does_not_expect_it(capsys: pytest.CaptureFixture[str]) -> None:
    parse = "from: function\n    parse: {regex: '(?P<y>(a|a)+)$'}\n    value: {path: $.record.x, default: 1}\n"
    write("shop.yaml", f"version: 1\nmetrics:\n  x_total:\n    type: counter\n    help: X.\n    {parse}")
    tests = f"version: 1\ntests: {{x: {{events: [{{type: function, record: {'a' * 50}b}}], expect: {{EXPECT}}}}}}\n"
    write("shop.test.yaml", tests.replace("EXPECT", "absent: [x_total]"))
    assert main(["test", "shop.yaml"]) == 1
    assert (
        "a regex of x_total was stopped for being slow, so the result depends on the machine" in capsys.readouterr().out
    )
    write("shop.test.yaml", tests.replace("EXPECT", "skips: {x_total: {cut_off: 1}}"))
    assert main(["test", "shop.yaml"]) == 0


def test_junit_is_xml_that_names_file_and_line() -> None:
    write("broken.test.yaml", 'version: 1\ntests: ["\\uFFFE]\n')
    write("shop.test.yaml", PASSING.replace("orders are counted", '"orders \\uFFFE are counted"'))
    assert main(["test", "--junit", "tests.xml"]) == 1
    written = Path("tests.xml").read_bytes()
    top = ET.fromstring(written)  # noqa: S314 - our own
    assert (top.tag, top.attrib) == (
        "testsuites",
        {"name": "telemap test", "tests": "4", "failures": "1", "errors": "1"},
    )
    cases = {case.get("name"): case for case in top.iter("testcase")}
    assert list(cases) == ["broken.test.yaml can be used", "orders \ufffd are counted", "orders & <waits>", "no orders"]
    failed = cases["orders & <waits>"]
    assert (failed.get("file"), failed.get("line")) == ("deep/more.test.yml", "3")
    failures = failed.findall("failure")
    assert failures[0].get("message") == "deep/more.test.yml:7:9: wrong value"
    assert "+ orders_total" in (failures[0].text or "")
    assert len(failures) == 2
    assert cases["no orders"].findall("*") == []
    [error] = cases["broken.test.yaml can be used"].findall("error")
    assert (error.get("type"), cases["broken.test.yaml can be used"].get("line")) == ("yaml-syntax", "2")
    main(["test", "--junit", "tests.xml"])
    assert Path("tests.xml").read_bytes() == written


def test_coverage_counts_an_included_source_once_and_shipped_ones_only_when_they_are_tested(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("outer.yaml", "version: 1\ninclude: [shop.yaml, telemap:default]\n")
    write(
        "outer.test.yaml",
        "version: 1\ntests: {x: {events: [{type: extension}], expect: {series: {uptime_seconds: 1}}}}\n",
    )
    assert main(["test", "--coverage", "outer.yaml", "shop.yaml"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "shop.yaml: 2 of 2 rules ran, 100%",
        "coverage: 2 of 2 rules, 100%",
    ]
    assert main(["test", "--coverage", "outer.yaml", "telemap:default"]) == 0
    out = capsys.readouterr().out
    assert "telemap:default: 7 of 7 rules ran, 100%" in out or "default.yaml: 7 of 7 rules ran, 100%" in out


def test_a_hostile_file_is_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    labels = ",".join(f'a{number}="{"x" * 20}"' for number in range(2000))
    for content in (
        f"version: 1\ntests: {'[' * 5000}",
        "version: 1\ntests: {x: {events: [], expect: {series: {" + f"'x{{{labels}}}': 1" + "}}}}",
        "version: 1\ntests: {x: {events: [], expect: {absent: ['x{" + " " * 900_000 + "']}}}",
        f"version: 1\ntests: {{x: {{events: [{{type: a, record: {'9' * 900_000}}}], expect: {{exposition: ''}}}}}}",
        "x" * 2_000_000,
    ):
        write("shop.test.yaml", content)
        assert main(["test", "shop.yaml"]) == 1
        assert len(capsys.readouterr().err) < 2000


@pytest.mark.integration
def test_output_is_the_same_each_time() -> None:
    command = [sys.executable, "-m", "telemap", "test", "--coverage"]
    runs = [
        subprocess.run(command, capture_output=True, check=False, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert b"\x1b" not in runs[0]
    assert re.search(rb"\b3 tests in 2 files", runs[0])


def test_the_page_about_tests_shows_what_happens(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[4] / "docs/reference/mapping-tests.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"<!-- test: (\S+) -->\n```yaml\n(.*?)```", page, re.DOTALL))
    for name, text in shown.items():
        write(name, text)
    assert main(["test", "--coverage", "shop.yaml"]) == 0
    assert "coverage: 1 of 1 rule, 100%" in capsys.readouterr().out
    write("shop.test.yaml", shown["shop.test.yaml"].replace("}: 3\n", "}: 4\n"))
    assert main(["test", "shop.yaml"]) == 1
    [failure] = re.findall(r"```\n(FAIL .*?)```", page, re.DOTALL)
    assert capsys.readouterr().out.startswith(failure)


def test_the_page_about_tests_tells_every_key() -> None:
    page = (Path(__file__).parents[4] / "docs/reference/mapping-tests.md").read_text(encoding="utf-8")
    told = keys.TOP | keys.TEST | keys.BATCH | keys.EVENT | keys.EXPECT | keys.VALUE | keys.FILE | set(keys.EVENTS)
    assert [key for key in sorted(told) if not re.search(rf"`[^`\n]*\b{key}\b[^`\n]*`", page)] == []


@pytest.mark.integration
def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    command = f"{sys.executable} -m telemap test | head -n 1; exit ${{PIPESTATUS[0]}}"
    finished = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (finished.stderr, finished.stdout.count("\n")) == ("", 1)


def test_what_a_terminal_would_act_on_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    write("bell.prom", "\x1b]0;title\x07\n")
    write("shop.test.yaml", "version: 1\ntests: {x: {events: [], expect: {exposition: {file: bell.prom}}}}\n")
    assert main(["test", "shop.yaml"]) == 1
    out = capsys.readouterr().out
    assert "    - \\x1b]0;title\\x07\n" in out


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("events: PATH, expect: {exposition: ''}", "cannot read the events in "),
        ("events: [], expect: {exposition: {file: PATH}}", "cannot read "),
    ],
)
@pytest.mark.parametrize("path", ["pipe", "deep", "x" * 300])
def test_files_that_are_none_are_told_and_not_waited_for(
    test: str, said: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo("pipe")
    write("shop.test.yaml", f"version: 1\ntests: {{x: {{{test.replace('PATH', path)}}}}}\n")
    assert main(["test", "shop.yaml"]) == 1
    assert f"{said}{path}: " in "".join(capsys.readouterr())


def test_names_that_are_too_long_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "x" * 300]) == 2
    write("shop.test.yaml", f"{PASSING}mapping: {'x' * 300}.yaml\n")
    assert main(["test"]) == 1
    err = capsys.readouterr().err
    assert f"no such file: {'x' * 300}\n" in err
    assert "mapping xxx" in err


@pytest.mark.integration
@pytest.mark.parametrize(("plain", "coloured"), [("", True), ("1", False)])
def test_colours_are_for_terminals_without_no_color(plain: str, *, coloured: bool) -> None:
    terminal, end = os.openpty()
    env = {**os.environ, "TERM": "xterm", "NO_COLOR": plain, "COLUMNS": "40"}
    with subprocess.Popen([sys.executable, "-m", "telemap", "test"], stdout=end, env=env) as process:
        os.close(end)
        shown = b""
        with suppress(OSError):  # the other end is closed
            while part := os.read(terminal, 65_536):
                shown += part
        process.wait()
    os.close(terminal)
    assert (b"\x1b[32m    + orders_total" in shown) == coloured
    assert b"uptime_seconds has no series\r\n" in shown


def test_json_and_junit_are_fine_without_any_test(capsys: pytest.CaptureFixture[str]) -> None:
    write("shop.test.yaml", "")
    assert main(["test", "--run", "no such", "shop.yaml", "--junit", "tests.xml", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["tests"] == []
    assert b'tests="1" failures="0" errors="1"' in Path("tests.xml").read_bytes()
