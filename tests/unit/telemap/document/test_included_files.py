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


@pytest.mark.parametrize("way", ["relative", "absolute", "link", "linked folder"])
@pytest.mark.parametrize("command", ["validate"])
def test_includes_outside_of_the_root_are_refused(
    way: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "base.yaml").write_text(MAPPING)
    (inside / "link.yaml").symlink_to(outside / "base.yaml")
    (inside / "folder").symlink_to(outside)
    name = {
        "relative": "../outside/base.yaml",
        "absolute": str(outside / "base.yaml"),
        "link": "link.yaml",
        "linked folder": "folder/base.yaml",
    }[way]
    (inside / "m.yaml").write_text(f"version: 1\ninclude: [{name}]\n")
    (inside / "m.test.yaml").write_text("tests:\n  a: {events: [], expect: {series: {}}}\n")
    checked = str(inside / ("m.yaml" if command == "validate" else "m.test.yaml"))

    assert main([command, checked, "--include-root", str(inside)]) == 1
    shown = "".join(capsys.readouterr())
    assert "outside of" in shown
    assert main([command, checked, "--include-root", str(tmp_path)]) == 0, "".join(capsys.readouterr())


def test_shipped_mappings_can_be_included_whatever_the_root_is(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("version: 1\ninclude: [telemap:default]\n")
    assert telemap.load(tmp_path / "m.yaml", include_root=tmp_path).families


def test_a_file_of_no_size_is_not_read() -> None:
    """`/proc/kmsg` would keep whoever reads it waiting; this one can be read."""
    with pytest.raises(telemap.MappingError, match="not a mapping|no mapping|contains no"):
        telemap.load("/proc/self/environ")
