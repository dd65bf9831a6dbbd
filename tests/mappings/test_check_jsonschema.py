"""The schema as users' CI runs it: by `check-jsonschema`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_checks import check_jsonschema

from telemap.resources import mapping_path, resource, shipped_mappings

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = resource("schema", "mapping.schema.json")


def test_it_passes_on_every_shipped_mapping() -> None:
    files = [mapping_path(name) for name in shipped_mappings()]
    checked = check_jsonschema("--schemafile", SCHEMA, *files)

    assert checked.returncode == 0, checked.output


def test_it_finds_what_is_structural(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(mapping_path("telemap:default").read_text().replace("    from:", "    form:"))
    checked = check_jsonschema("--schemafile", SCHEMA, mapping)

    assert checked.returncode == 1
    assert "form" in checked.output
