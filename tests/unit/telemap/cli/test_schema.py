"""`telemap schema`: what it prints is the file, byte for byte."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

SCHEMAS = Path(__file__).parents[4] / "schema"
FILES = {"mapping": "mapping.schema.json", "test": "mapping-test.schema.json", "event": "telemetry-event.schema.json"}


def schema(*arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "telemap", "schema", *arguments]
    return subprocess.run(command, env={"PATH": "", **variables}, capture_output=True, check=False)


@pytest.mark.parametrize(("name", "file"), FILES.items(), ids=list(FILES))
def test_each_schema_is_printed_and_found(name: str, file: str) -> None:
    body = (SCHEMAS / file).read_bytes()
    assert schema(name).stdout == body
    assert Path(schema("--path", name).stdout.decode().strip()) == SCHEMAS / file
    assert json.loads(body)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_schema_can_be_had() -> None:
    assert {path.name for path in SCHEMAS.iterdir()} == set(FILES.values())


def test_a_terminal_of_another_encoding_changes_nothing() -> None:
    finished = schema(PYTHONIOENCODING="ascii")
    assert (finished.stdout, finished.stderr) == ((SCHEMAS / FILES["mapping"]).read_bytes(), b"")


def test_a_schema_that_is_not_there_is_reported_with_those_that_are() -> None:
    finished = schema("mappings")
    assert finished.returncode == 2
    assert b"unknown value 'mappings'; expected" in finished.stderr
    assert all(name.encode() in finished.stderr for name in FILES)


def test_a_full_disk_is_reported() -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "telemap", "schema"]
        finished = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert finished.returncode == 1
    assert finished.stderr == b"telemap: cannot write the output: No space left on device\n"
