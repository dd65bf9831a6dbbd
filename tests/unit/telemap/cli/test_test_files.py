"""The files that `telemap test` finds, and those that it writes: whole, and never what tests are made of."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from telemap.cli import main

MAPPING = """\
version: 1
metrics:
  orders_total: {type: counter, help: Orders., from: function, series_limit: 2000, labels: {shop: $.record.shop}}
"""
TESTS = """\
version: 1
tests:
  orders are counted:
    events: orders.ndjson
    expect: {series: {'orders_total{shop="web"}': 7}}
  all is shown:
    events: [{type: function, record: {shop: web}}]
    expect: {exposition: {file: gold.prom}}
"""
EXPOSITION = """\
# HELP orders_total Orders.
# TYPE orders_total counter
orders_total{shop="web"} 1.0
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder with a mapping and its tests."""
    monkeypatch.chdir(tmp_path)
    Path("shop.yaml").write_text(MAPPING)
    Path("shop.test.yaml").write_text(TESTS)
    Path("orders.ndjson").write_text('{"type": "function", "record": {"shop": "web"}}\n')
    Path("gold.prom").write_text(EXPOSITION)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shop.test.yaml", "it is a test file; use 'telemap test --junit results.xml shop.test.yaml'"),
        ("new.test.yml", "it is a test file; use 'telemap test --junit results.xml new.test.yml'"),
        ("linked", "it is a test file; use 'telemap test --junit results.xml linked'"),
        ("shop.yaml", "it is the mapping under test; use 'telemap test --junit results.xml'"),
        ("other.yml", "it has the name of a mapping; use 'telemap test --junit results.xml other.yml'"),
        ("orders.ndjson", "it is a recording of the events; use 'telemap test --junit results.xml'"),
        ("gold.prom", "it is an exposition that tests expect; use 'telemap test --junit results.xml'"),
        ("results.json", "it has the name of JSON; use 'telemap test --junit results.xml'"),
        ("to-other", "it has the name of a mapping; use 'telemap test --junit results.xml to-other'"),
        ("notes.xml", "it exists and is not XML; use 'telemap test --junit results.xml'"),
        ("hard", "it exists and is not XML; use 'telemap test --junit results.xml'"),
    ],
)
def test_junit_does_not_overwrite_inputs(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("linked").symlink_to("shop.test.yaml")
    Path("another.yaml").write_text(MAPPING)
    Path("to-other").symlink_to("another.yaml")
    Path("hard").hardlink_to("another.yaml")
    Path("notes.xml").write_text("what I have to do")
    before = {path: path.read_bytes() for path in Path().iterdir()}
    assert main(["test", "--junit", name]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"telemap: --junit cannot write to {name}: {said}\n")
    assert {path: path.read_bytes() for path in Path().iterdir()} == before


def test_junit_does_not_write_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--junit", "-"]) == 2
    assert "--junit cannot write to standard output" in capsys.readouterr().err
    assert not Path("-").exists()


@pytest.mark.parametrize("target", ["shop.yaml", "shop.test.yaml", "orders.ndjson", "other.yaml", "other.test.yml"])
def test_an_update_does_not_write_over_them_through_a_link(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("gold.prom").unlink()
    Path("gold.prom").symlink_to(target)
    Path("other.yaml").write_text(MAPPING)
    Path("other.test.yml").write_text("version: 1\nmapping: other.yaml\ntests: {}\n")
    before = Path(target).read_bytes()
    assert main(["test", "--update"]) == 1
    assert ", not an exposition [wrong-value]" in capsys.readouterr().err
    assert Path(target).read_bytes() == before


@pytest.mark.integration
@pytest.mark.skipif(sys.platform == "win32", reason="has no ulimit")
@pytest.mark.parametrize("option", [["--update"], ["--junit", "results.xml"]])
def test_a_file_is_written_whole_or_not_at_all(option: list[str]) -> None:
    comment = "# a long file\n" * 10_000
    Path("shop.test.yaml").write_text(TESTS + comment)
    Path("results.xml").write_text("<old/>\n" * 10_000)
    many = "".join(f"  number {number}: {{events: [], expect: {{exposition: ''}}}}\n" for number in range(500))
    Path("more.test.yaml").write_text(f"version: 1\nmapping: shop.yaml\ntests:\n{many}")
    before = {path: path.read_bytes() for path in Path().iterdir()}
    # -B, for bytecode would be cut off as well, and stay.
    command = ["bash", "-c", 'ulimit -f 4; exec "$@"', "bash", sys.executable, "-B", "-m", "telemap", "test", *option]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode in {1, 2}
    assert "cannot write " in finished.stderr
    assert {path: path.read_bytes() for path in Path().iterdir()} == before


@pytest.mark.parametrize("option", [["--update"], ["--junit", "linked"]])
def test_a_link_stays_a_link_and_a_file_keeps_its_mode(option: list[str]) -> None:
    Path("elsewhere").mkdir()
    target = Path("elsewhere/file")
    target.write_bytes(Path("shop.test.yaml").read_bytes() if option == ["--update"] else b"<old/>")
    target.chmod(0o640)
    linked = Path("shop.test.yaml" if option == ["--update"] else "linked")
    linked.unlink(missing_ok=True)
    linked.symlink_to(target)
    main(["test", *option])
    assert linked.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    written = target.read_text()
    assert "}': 1}}" in written if option == ["--update"] else ET.fromstring(written).tag == "testsuites"  # noqa: S314
    assert [path.name for path in Path("elsewhere").iterdir()] == ["file"]


def test_an_update_makes_the_folder_of_an_exposition() -> None:
    Path("shop.test.yaml").write_text(TESTS.replace("gold.prom", "out/deep/gold.prom"))
    assert main(["test", "--update"]) == 0
    assert Path("out/deep/gold.prom").read_text() == EXPOSITION


@pytest.mark.parametrize("folder", ["venv", "deep/env", ".hidden", "node_modules/package"])
def test_other_peoples_folders_are_not_searched(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(folder, "lib").mkdir(parents=True)
    if folder in {"venv", "deep/env"}:
        Path(folder, "pyvenv.cfg").write_text("home = /usr/bin\n")
    Path(folder, "lib/foreign.test.yaml").write_text("")
    main(["test"])
    assert "foreign" not in "".join(capsys.readouterr())
    assert main(["test", folder]) == 1
    assert "foreign.test.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("pattern", ["*.test.yaml", "shop*", "**/sh?p.yaml"])
def test_a_pattern_stands_for_the_tests_that_fit_it(pattern: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["test", pattern])
    assert "2 tests in 1 file: 1 passed, 1 failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no*.yaml", "no such file: no*.yaml"),
        ("gold.prom", "gold.prom is neither a test file (NAME.test.yaml) nor a mapping (NAME.yaml)"),
    ],
)
def test_names_without_tests_are_reported(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", name]) == 2
    assert capsys.readouterr().err == f"telemap: {said}\n"


def test_several_regexes_choose_the_tests_of_each(capsys: pytest.CaptureFixture[str]) -> None:
    main(["test", "--run", "^orders", "--run", "shown$", "--format", "json"])
    assert len(json.loads(capsys.readouterr().out)["tests"]) == 2
    assert main(["test", "--run", "shown$", "--run", "never"]) == 0
    assert main(["test", "--run", "never", "--run", "nor"]) == 2
    assert "--run 'never' --run 'nor' matches no test; the tests are:\n  orders are" in capsys.readouterr().err


def test_a_recording_that_is_compressed_in_another_way_is_unpacked_to_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("orders.ndjson").write_bytes(b"BZh91AY")
    assert main(["test"]) == 1
    err = capsys.readouterr().err
    assert "unpack it with 'bzip2 -dc' > FILE, and name that" in err
    assert "'-'" not in err


def test_a_warning_of_a_test_file_is_told_to_machines_and_fails_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("shop.test.yaml").write_text(
        "version: 1\ntests: {x: {events: [{type: functoin}], expect: {absent: [orders_total]}}}\n"
    )
    assert main(["test", "--format", "json", "--junit", "results.xml"]) == 0
    [problem] = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["severity"], problem["code"]) == ("warning", "event-type")
    assert b'errors="0"' in Path("results.xml").read_bytes()
    assert main(["test", "--format", "github"]) == 0
    assert capsys.readouterr().out.startswith("::warning file=shop.test.yaml,")


def test_coverage_that_is_not_known_is_null_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    Path("shop.yaml").write_text(MAPPING.replace("counter", "countre"))
    assert main(["test", "--format", "json", "--coverage"]) == 1
    assert json.loads(capsys.readouterr().out)["coverage"] == [
        {"file": "shop.yaml", "ran": None, "of": None, "percent": None, "not_run": []}
    ]


def test_nothing_is_left_beside_a_file_that_could_not_be_written() -> None:
    Path("results").mkdir()
    for name in ("results", "nowhere/results.xml", "shop.test.yaml/results.xml"):
        assert main(["test", "--junit", name]) == 2
    assert not list(Path().rglob(".telemap*"))
