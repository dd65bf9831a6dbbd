"""What a mapping from elsewhere makes telemap read and show by including it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import telemap
from telemap.cli import main

if TYPE_CHECKING:
    from pathlib import Path

MAPPING = "version: 1\nmetrics:\n  a_total: {type: counter, help: A., from: function}\n"

SECRETS = {
    ".env": "DB_PASSWORD=hunter2\nAPI_KEY=hunter2\n",
    "passwd": "root:hunter2:0:0:root:/root:/bin/bash\n",
    "a list": "- hunter2\n- hunter2\n",
    "compose.yaml": "version: '3'\nservices: {db: {environment: {PASSWORD: hunter2}}}\n",
    "version: 1 and secrets": "version: 1\nsecrets: {a: hunter2}\n",
    "metrics of something else": "metrics: {password: hunter2}\n",
    "key": "-----BEGIN PRIVATE KEY-----\nhunter2\n",
    "tabs": "a:\n\thunter2: 1\n",
    "package.json": '{"version": "1.0.0", "password": "hunter2"}',
    "latin": "password: hunter2 \xff",
    # A search that begins anew at each line break and passes over the rest reads this for minutes.
    "line breaks": "\n" * 1_000_000 + "'hunter2",
    "spaces": " " * 1_000_000 + "'hunter2",
    "braces": "{" * 1_000_000 + "'hunter2",
}


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_no_line_of_a_file_that_is_not_a_mapping_is_shown(
    name: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(SECRETS[name].encode("latin-1"))
    (tmp_path / "m.yaml").write_text(f'version: 1\ninclude: ["{name}"]\nmetrics: {{}}\n')
    assert main(["validate", str(tmp_path / "m.yaml"), "--format", form]) == 1
    shown = "".join(capsys.readouterr())
    assert "hunter2" not in shown
    assert "not a mapping" in shown


def test_lines_of_a_mapping_with_faults_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.yaml").write_text("version: 1\ninclude: [base.yaml, other.yaml]\n")
    (tmp_path / "base.yaml").write_text("version: 1\nmetrics: {a: [}\n")
    (tmp_path / "other.yaml").write_text("version: 1\nmetrics:\n  starts: {type: counter, help: A., from: function}\n")
    assert main(["validate", str(tmp_path / "m.yaml")]) == 1
    shown = capsys.readouterr().err
    assert "metrics: {a: [}" in shown
    assert "starts: {type" in shown


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    """Return a directory beside another with a mapping, a recording and an exposition."""
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "base.yaml").write_text(MAPPING)
    (outside / "base.test.yaml").write_text('version: 1\ntests: {a: {events: [], expect: {exposition: ""}}}\n')
    (outside / "events.ndjson").write_text('{"type": "function", "record": "x"}\n')
    (outside / "exposition.txt").write_text("# HELP a_total A.\n# TYPE a_total counter\na_total 1.0\n")
    (inside / "link.yaml").symlink_to(outside / "base.yaml")
    (inside / "folder").symlink_to(outside)
    return inside


WAYS = ["../outside/base.yaml", "/base.yaml", "link.yaml", "folder/base.yaml"]


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("command", ["validate", "test"])
def test_includes_outside_of_the_root_are_refused(
    name: str, command: str, inside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    include = name.replace("/base.yaml", f"{inside.parent}/outside/base.yaml") if name == "/base.yaml" else name
    (inside / "m.yaml").write_text(f"version: 1\ninclude: [{include}]\n")
    (inside / "m.test.yaml").write_text('version: 1\ntests: {a: {events: [], expect: {exposition: ""}}}\n')
    checked = str(inside / ("m.yaml" if command == "validate" else "m.test.yaml"))

    assert main([command, checked, "--include-root", str(inside)]) == 1
    assert "outside of" in "".join(capsys.readouterr())
    assert main([command, checked, "--include-root", str(inside.parent)]) == 0, "".join(capsys.readouterr())


OUTSIDE = {
    "mapping": "version: 1\nmapping: link.yaml\ntests: {a: {events: [], expect: {exposition: ''}}}\n",
    "recording": "version: 1\ntests: {a: {events: folder/events.ndjson, expect: {series: {a_total: 1}}}}\n",
    "recording of a batch": "version: 1\ntests:\n  a:\n    batches: [{events: ../outside/events.ndjson}]\n"
    "    expect: {series: {a_total: 1}}\n",
    "exposition": "version: 1\ntests: {a: {events: [{type: function}], expect: {exposition:"
    " {file: folder/exposition.txt}}}}\n",
}


@pytest.mark.parametrize("case", OUTSIDE)
@pytest.mark.parametrize("option", [[], ["--update"], ["--coverage"]])
def test_files_of_tests_outside_of_the_root_are_refused(
    case: str, option: list[str], inside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (inside / "m.yaml").write_text(MAPPING)
    (inside / "m.test.yaml").write_text(OUTSIDE[case])

    assert main(["test", str(inside / "m.test.yaml"), "--include-root", str(inside), *option]) == 1
    assert "outside of" in "".join(capsys.readouterr())
    assert main(["test", str(inside / "m.test.yaml"), "--include-root", str(inside.parent), *option]) == 0


def test_links_to_files_outside_of_the_root_are_refused(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (inside / "link.test.yaml").symlink_to(inside.parent / "outside/base.test.yaml")
    for command in ("validate", "test"):
        assert main([command, str(inside), "--include-root", str(inside)]) == 1
        shown = "".join(capsys.readouterr())
        assert "outside of" in shown
        assert "a_total" not in shown


NOT_SHOWN = {
    "recording": "version: 1\ntests: {a: {events: .env, expect: {series: {a_total: 1}}}}\n",
    "exposition": "version: 1\ntests: {a: {events: [], expect: {exposition: {file: .env}}}}\n",
}


@pytest.mark.parametrize("case", NOT_SHOWN)
@pytest.mark.parametrize("option", [[], ["--update"], ["--format", "json"], ["--format", "github"]])
@pytest.mark.parametrize("name", ["key", "passwd", ".env"])
def test_no_text_of_files_that_tests_name_wrongly_is_shown(
    case: str, option: list[str], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.yaml").write_text(MAPPING)
    (tmp_path / "m.test.yaml").write_text(NOT_SHOWN[case])
    (tmp_path / ".env").write_text(SECRETS[name])
    assert main(["test", str(tmp_path / "m.test.yaml"), *option]) == 1
    assert "hunter2" not in "".join(capsys.readouterr())
    assert (tmp_path / ".env").read_text() == SECRETS[name]


def test_shipped_mappings_can_be_included_whatever_the_root_is(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("version: 1\ninclude: [telemap:default]\n")
    assert telemap.load(tmp_path / "m.yaml", include_root=tmp_path).families


def test_a_file_of_no_size_is_not_read() -> None:
    """`/proc/kmsg` would keep whoever reads it waiting; this one can be read."""
    with pytest.raises(telemap.MappingError, match=r"m(ust|apping)"):
        telemap.load("/proc/self/environ")
