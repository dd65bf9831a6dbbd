"""The schema as users' CI runs it: by `check-jsonschema`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from telemap.resources import mapping_path, resource, shipped_mappings

pytestmark = pytest.mark.integration

SCHEMA = resource("schema", "mapping.schema.json")
CHECK = Path(sys.executable).with_name("check-jsonschema")


def check_jsonschema(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CHECK, "--schemafile", SCHEMA, *files], capture_output=True, text=True, check=False, timeout=120
    )


def test_it_passes_on_every_shipped_mapping() -> None:
    files = [mapping_path(name) for name in shipped_mappings()]
    checked = check_jsonschema(*files)

    assert checked.returncode == 0, checked.stdout


def test_it_finds_what_is_structural(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(mapping_path("telemap:default").read_text().replace("    from:", "    form:"))
    checked = check_jsonschema(mapping)

    assert checked.returncode == 1
    assert "form" in checked.stdout
