"""The start of the extension from the unzipped layer."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from extension.expositions import value
from extension.lives import event, life
from extension.outcomes import assert_a_good_life, log_of
from extension.recording_server import RecordingServer
from layers.building import unzipped
from patience import CONDITIONS, PATIENCE_SECONDS, UNHURRIED

from telemap_lambda.fake_gateway import FakeGateway
from telemap_lambda.local_server import Answer
from telemap_lambda.sandbox import Recording, Sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from servers.secrets import SecretsManager

USERNAME, PASSWORD = "worker", "open"

MAPPING = """
version: 1
metrics:
  parcels_total: {type: counter, help: Parcels., from: function, parse: json, value: $.record.parcels}
  latency_seconds:
    type: gauge
    help: The latest answer's.
    from: platform.runtimeDone
    value: "$.record.spans[?(@.name=='responseLatency' & @.durationMs > 9)].durationMs"
    unit: ms
"""


def files_of(layer: Path) -> dict[Path, tuple[int, int]]:
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in layer.rglob("*")}


@pytest.fixture
def own_layer(layer_archive: Path, tmp_path: Path) -> Path:
    """Return a layer that a test may change, in an unusual folder."""
    return unzipped(layer_archive, tmp_path / 'a lâyer, "here" $HOME')


def play(layer: Path, environment: dict[str, str], recording: Recording | None = None) -> list[str]:
    """Play a normal life with a layer, and return the extension's log."""
    variables = {**UNHURRIED, **environment}
    result = Sandbox(layer, recording=recording or life("a", "b"), environment=variables, **CONDITIONS).run()
    assert_a_good_life(result)
    return log_of(result)


SLOW = {
    *("dataclasses", "encodings.idna", "enum", "functools", "inspect", "json", "pathlib", "re", "signal", "socket"),
    *("ssl", "threading", "typing", "urllib", "yaml"),
}

UNTIL_CONNECTED = """
import marshal, os, sys

def tell(*_):
    os.write(1, " ".join(sys.modules).encode())
    os._exit(0)

def look(event, _):
    if event == "socket.connect":
        until_connected()

def until_connected():
    tell()

sys.addaudithook(look)
sys.argv = sys.argv[1:]
with open(sys.argv[0], "rb") as file:
    code = marshal.loads(file.read()[16:])
exec(code, {"__name__": "__main__", "__file__": sys.argv[0]})
"""

UNTIL_READY = UNTIL_CONNECTED.replace("    tell()", "    sys.modules['telemap_lambda.lambda_api'].LambdaApi.ask = tell")
"""The same, until it asks for its first event."""


def modules(layer: Path, program: str, **environment: str) -> set[str]:
    """Start the extension by a program, and return the modules imported until the program ends."""
    main = layer / "telemap" / "telemap_lambda" / "__main__.pyc"
    (python,) = (layer / "telemap" / "python").glob("*/python3")
    command = [str(python), "-I", "-S", "-c", program, str(main), "/opt/extensions/telemap"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
    )
    return set(done.stdout.split())


def test_it_registers_before_slow_imports(extension_layer: Path) -> None:
    imported = modules(extension_layer, UNTIL_CONNECTED, AWS_LAMBDA_RUNTIME_API="127.0.0.1:9")

    assert "telemap_lambda.lambda_api" in imported
    assert imported & {*SLOW, "collections", "telemap"} == set()
    assert len(imported) <= 40, imported


def test_it_asks_for_its_first_event_before_slow_imports(extension_layer: Path) -> None:
    with RecordingServer(lambda _: Answer(200, b"{}")) as server:
        environment = {"AWS_LAMBDA_RUNTIME_API": server.address, "GATEWAY": "http://127.0.0.1:9"}
        imported = modules(extension_layer, UNTIL_READY, **environment)

    assert "telemap_lambda.life.loop" in imported
    assert imported & SLOW == set()


def test_a_user_mapping_and_a_secret_work_in_any_folder(
    own_layer: Path, secrets_manager: SecretsManager, tmp_path: Path
) -> None:
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    secrets_manager.create_secret("layer/gateway", json.dumps({"username": USERNAME, "password": PASSWORD}))
    spans = [{"name": "runtimeOverhead", "durationMs": 1}, {"name": "responseLatency", "durationMs": 250}]
    recording = Recording.from_events(
        [
            event("platform.initStart", initializationType="on-demand"),
            event("platform.start", requestId="a"),
            {"time": "2026-03-02T08:14:09.117Z", "type": "function", "record": '{"parcels": 3}'},
            event("platform.runtimeDone", requestId="a", status="success", spans=spans),
            event("platform.report", requestId="a", status="success", metrics={"durationMs": 5}),
        ]
    )
    before = files_of(own_layer)
    with FakeGateway(username=USERNAME, password=PASSWORD) as gateway:
        chosen = {
            "GATEWAY": gateway.url,
            "AUTH_SECRET": "layer/gateway",
            "MAPPING_FILE": str(tmp_path / "mapping.yaml"),
        }
        assert play(own_layer, {**secrets_manager.environment, **chosen}, recording) == []

        assert value(gateway.text(), "telemap_mapping_fallback") == 0
        assert value(gateway.text(), "parcels_total") == 3
        assert value(gateway.text(), "latency_seconds") == 0.25
    assert files_of(own_layer) == before, "a module was not compiled, and Python did it at this start"


@pytest.mark.parametrize(
    "mapping", ["", "telemap:platform", "telemap:logs", "telemap:emf", "telemap:aws-sample", "telemap:examples/emf"]
)
def test_a_shipped_mapping_works_and_is_compiled(own_layer: Path, embedded_gateway: FakeGateway, mapping: str) -> None:
    if not mapping.startswith("telemap:examples/"):
        shutil.rmtree(own_layer / "telemap" / "yaml")
    said = play(own_layer, {"GATEWAY": embedded_gateway.url, "MAPPING_FILE": mapping, "TELEMAP_LOG_LEVEL": "debug"})

    assert [line for line in said if "plan" in line] == []
    assert value(embedded_gateway.text(), "telemap_mapping_fallback") == 0
    assert f'source="{mapping or "telemap:default"}"' in embedded_gateway.text()


def test_another_version_of_python_also_runs_the_thin_layer(
    thin_layer_archive: Path, tmp_path: Path, embedded_gateway: FakeGateway
) -> None:
    own_layer = unzipped(thin_layer_archive, tmp_path / "opt")
    for compiled in (*own_layer.rglob("*.pyc"), *own_layer.rglob("*.plan")):
        compiled.rename(compiled.with_name(compiled.name.replace(".cpython-3", ".cpython-9")))
    assert play(own_layer, {"GATEWAY": embedded_gateway.url}) == []

    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 2
