"""What a case folder cannot hold of `telemap test`: generated inputs, written files, processes and terminals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from telemap.cli import main

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
    """Run the test in a folder with two mappings and their tests."""
    monkeypatch.chdir(tmp_path)
    write("shop.yaml", MAPPING)
    write("shop.test.yaml", PASSING)
    write("deep/more.yml", MAPPING)
    write("deep/more.test.yml", FAILING)


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(text, encoding="utf-8", newline="")


def test_environment_of_the_process_is_ignored(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOP", "of the process")
    write("shop.test.yaml", PASSING.replace("    env: {SHOP: web}\n", "").replace('shop="web",', ""))
    assert main(["test", "shop.yaml"]) == 0
    assert capsys.readouterr().err == ""


def test_large_recording_and_slow_regex_are_not_cut_off(capsys: pytest.CaptureFixture[str]) -> None:
    event = {"type": "function", "record": "a" * 1000}
    write("recording.ndjson", "".join(f"{json.dumps(event)}\n" for _ in range(5000)))
    parse = "from: function\n    parse: {regex: 'a+(?P<end>b?)$'}\n"
    write("shop.yaml", f"version: 1\nmetrics:\n  x_total:\n    type: counter\n    help: X.\n    {parse}")
    write("shop.test.yaml", "version: 1\ntests: {x: {events: recording.ndjson, expect: {series: {x_total: 5000}}}}\n")
    assert main(["test", "shop.yaml"]) == 0, capsys.readouterr()


def test_junit_report_has_file_and_line_of_each_test() -> None:
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
    wrong, missing = failed.findall("failure")
    assert wrong.get("message") == "deep/more.test.yml:7:9: wrong value"
    assert "+ orders_total" in (wrong.text or "")
    assert missing.get("message") == "deep/more.test.yml:8:9: missing series"
    assert cases["no orders"].findall("*") == []
    [error] = cases["broken.test.yaml can be used"].findall("error")
    assert (error.get("type"), cases["broken.test.yaml can be used"].get("line")) == ("yaml-syntax", "2")
    main(["test", "--junit", "tests.xml"])
    assert Path("tests.xml").read_bytes() == written


def test_coverage_of_a_shipped_mapping_includes_its_rules_only_if_it_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("outer.yaml", "version: 1\ninclude: [shop.yaml, telemap:default]\n")
    write(
        "outer.test.yaml",
        "version: 1\ntests: {x: {events: [{type: extension}], expect: {series: {uptime_seconds: 1}}}}\n",
    )
    assert main(["test", "--coverage", "outer.yaml"]) == 0
    assert "default" not in capsys.readouterr().out
    assert main(["test", "--coverage", "outer.yaml", "telemap:default"]) == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if "default" in line and " rules ran, " in line]
    assert line.endswith(", 100%")


def test_unknown_shipped_mapping_is_a_usage_error_that_lists_the_shipped_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["test", "telemap:nothing"]) == 2
    assert (
        "telemap: no shipped mapping 'telemap:nothing': telemap ships telemap:aws-sample, " in capsys.readouterr().err
    )


def test_output_for_an_untrusted_file_is_short(capsys: pytest.CaptureFixture[str]) -> None:
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
    assert b"\n3 tests in 2 files: " in runs[0]


@pytest.mark.integration
def test_closed_pipe_is_not_an_error() -> None:
    command = f"{sys.executable} -m telemap test | head -n 1; exit ${{PIPESTATUS[0]}}"
    finished = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (finished.stderr, finished.stdout.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("events: PATH, expect: {exposition: ''}", "cannot read the events in "),
        ("events: [], expect: {exposition: {file: PATH}}", "cannot read "),
    ],
)
@pytest.mark.parametrize("path", ["pipe", "deep", "x" * 300])
def test_path_that_is_not_a_file_is_reported_without_waiting(
    test: str, message: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo("pipe")
    write("shop.test.yaml", f"version: 1\ntests: {{x: {{{test.replace('PATH', path)}}}}}\n")
    assert main(["test", "shop.yaml"]) == 1
    assert f"{message}{path}: " in "".join(capsys.readouterr())


def test_a_file_without_size_is_taken_for_empty(capsys: pytest.CaptureFixture[str]) -> None:
    """`/proc/kmsg` would keep whoever reads it waiting; this one can be read."""
    write("shop.test.yaml", "version: 1\ntests: {x: {events: /proc/self/environ, expect: {exposition: ''}}}\n")
    assert main(["test", "shop.yaml"]) == 1
    assert "cannot read the events in /proc/self/environ: the recording is empty" in "".join(capsys.readouterr())


@pytest.mark.integration
@pytest.mark.parametrize(("plain", "coloured"), [("", True), ("1", False)])
def test_colours_need_a_terminal_and_no_no_color(plain: str, *, coloured: bool) -> None:
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


def test_json_and_junit_are_valid_without_tests(capsys: pytest.CaptureFixture[str]) -> None:
    write("shop.test.yaml", "")
    assert main(["test", "--run", "no such", "shop.yaml", "--junit", "tests.xml", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["tests"] == []
    assert b'tests="1" failures="0" errors="1"' in Path("tests.xml").read_bytes()
