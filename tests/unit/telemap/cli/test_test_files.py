"""The files that `telemap test` finds and writes: completely or not at all, and never over its inputs."""

from __future__ import annotations

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
    """Run the test in a folder with a mapping and its tests."""
    monkeypatch.chdir(tmp_path)
    Path("shop.yaml").write_text(MAPPING)
    Path("shop.test.yaml").write_text(TESTS)
    Path("orders.ndjson").write_text('{"type": "function", "record": {"shop": "web"}}\n')
    Path("gold.prom").write_text(EXPOSITION)


@pytest.mark.parametrize(
    ("name", "reason"),
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
def test_junit_does_not_overwrite_inputs(name: str, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("linked").symlink_to("shop.test.yaml")
    Path("another.yaml").write_text(MAPPING)
    Path("to-other").symlink_to("another.yaml")
    Path("hard").hardlink_to("another.yaml")
    Path("notes.xml").write_text("what I have to do")
    before = {path: path.read_bytes() for path in Path().iterdir()}
    assert main(["test", "--junit", name]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"telemap: --junit cannot write to {name}: {reason}\n")
    assert {path: path.read_bytes() for path in Path().iterdir()} == before


def test_junit_does_not_write_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--junit", "-"]) == 2
    assert "--junit cannot write to standard output" in capsys.readouterr().err
    assert not Path("-").exists()


@pytest.mark.parametrize("target", ["shop.yaml", "shop.test.yaml", "orders.ndjson", "other.yaml", "other.test.yml"])
def test_update_does_not_overwrite_inputs_through_a_link(target: str, capsys: pytest.CaptureFixture[str]) -> None:
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
def test_file_is_written_completely_or_not_at_all(option: list[str]) -> None:
    comment = "# a long file\n" * 10_000
    Path("shop.test.yaml").write_text(TESTS + comment)
    Path("results.xml").write_text("<old/>\n" * 10_000)
    many = "".join(f"  number {number}: {{events: [], expect: {{exposition: ''}}}}\n" for number in range(500))
    Path("more.test.yaml").write_text(f"version: 1\nmapping: shop.yaml\ntests:\n{many}")
    before = {path: path.read_bytes() for path in Path().iterdir()}
    # -B, because bytecode files would be truncated too, and remain.
    command = ["bash", "-c", 'ulimit -f 4; exec "$@"', "bash", sys.executable, "-B", "-m", "telemap", "test", *option]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode in {1, 2}
    assert "cannot write " in finished.stderr
    assert {path: path.read_bytes() for path in Path().iterdir()} == before


@pytest.mark.parametrize("option", [["--update"], ["--junit", "linked"]])
def test_links_and_file_modes_are_kept(option: list[str]) -> None:
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


def test_update_creates_the_folder_of_an_exposition() -> None:
    Path("shop.test.yaml").write_text(TESTS.replace("gold.prom", "out/deep/gold.prom"))
    assert main(["test", "--update"]) == 0
    assert Path("out/deep/gold.prom").read_text() == EXPOSITION


@pytest.mark.parametrize("folder", ["venv", "deep/env", ".git", ".hidden", "node_modules/package"])
def test_hidden_and_third_party_folders_are_searched_only_if_named(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(folder, "lib").mkdir(parents=True)
    if folder in {"venv", "deep/env"}:
        Path(folder, "pyvenv.cfg").write_text("home = /usr/bin\n")
    Path(folder, "lib/foreign.test.yaml").write_text("")
    main(["test"])
    assert "foreign" not in "".join(capsys.readouterr())
    assert main(["test", folder]) == 1
    assert "foreign.test.yaml" in capsys.readouterr().err


def test_warning_is_not_an_error_in_junit() -> None:
    Path("shop.test.yaml").write_text(
        "version: 1\ntests: {x: {events: [{type: functoin}], expect: {absent: [orders_total]}}}\n"
    )
    assert main(["test", "--junit", "results.xml"]) == 0
    assert b'errors="0"' in Path("results.xml").read_bytes()


def test_failed_write_leaves_no_temporary_file() -> None:
    Path("results").mkdir()
    for name in ("results", "nowhere/results.xml", "shop.test.yaml/results.xml"):
        assert main(["test", "--junit", name]) == 2
    assert not list(Path().rglob(".telemap*"))
