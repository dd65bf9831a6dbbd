"""The launcher of the layer with its own Python asks to register first, where its shell can: Lambda's is bash."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from extension.expositions import value
from extension.lives import life
from extension.outcomes import assert_a_good_life
from extension.recording_server import RecordingServer, Request
from layers.building import unzipped
from patience import CONDITIONS, PATIENCE_SECONDS, UNHURRIED, await_until

from telemap_lambda.fake_gateway import FakeGateway
from telemap_lambda.local_server import Answer
from telemap_lambda.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.emulator import Emulator

REGISTERED = Answer(200, b'{"functionName": "orders-api"}', {"Lambda-Extension-Identifier": "some-id"})
SHUTDOWN = Answer(200, b'{"eventType": "SHUTDOWN"}')
BOTH, ONE = {"events": ["INVOKE", "SHUTDOWN"]}, {"events": ["SHUTDOWN"]}
BROKEN_PYTHON = "#!/bin/sh\nexit 3\n"


@pytest.fixture(scope="module")
def layer(layer_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unzipped layer, whose launcher is run by a bash that is named sh, as in Lambda."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    folder = tmp_path_factory.mktemp("lambda")
    shell = folder / "sh"
    shell.symlink_to(bash)
    opt = unzipped(layer_archive, folder / "opt")
    launcher = opt / "extensions" / "telemap"
    launcher.write_text(launcher.read_text().replace("#!/bin/sh\n", f"#!{shell}\n", 1))
    return opt


def without_python(layer: Path, folder: Path) -> Path:
    """Copy a layer, and break its Python."""
    copied = shutil.copytree(layer, folder)
    for loader in copied.glob("telemap/python/*/ld.so"):
        loader.write_text(BROKEN_PYTHON)
    return Path(copied)


def answering(*registrations: Answer | None) -> Callable[[Request], Answer | None]:
    """Answer the registrations with these, one after the other, and the first request for an event with SHUTDOWN."""
    left = list(registrations)
    return lambda request: left.pop(0) if request.path.endswith("/register") else SHUTDOWN


def run(layer: Path, api: str, **environment: str) -> tuple[int, str]:
    """Run the launcher without a gateway, against some API; return its exit code and what it wrote."""
    variables = {"PATH": "/usr/bin:/bin", "AWS_LAMBDA_RUNTIME_API": api, **environment}
    launcher = [layer / "extensions" / "telemap"]
    finished = subprocess.run(
        launcher, env=variables, stderr=subprocess.PIPE, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    return finished.returncode, finished.stderr


def registrations(server: RecordingServer) -> list[dict[str, object]]:
    """Return the bodies of all registrations, after checking what else they say."""
    asked = [request for request in server.requests if request.path == "/2020-01-01/extension/register"]
    for request in asked:
        assert request.method == "POST"
        assert request.headers["Lambda-Extension-Name"] == "telemap"
        assert request.headers["Content-Type"] == "application/json"
        assert request.headers["Host"] == server.address
    return [json.loads(request.body) for request in asked]


def assert_it_waited_for_shutdown(server: RecordingServer, outcome: tuple[int, str]) -> None:
    code, log = outcome
    assert code == 0, log
    assert "GATEWAY is not set" in log
    assert [request.headers["Lambda-Extension-Identifier"] for request in server.requests][-1] == "some-id"


def test_it_registers_although_python_has_not_started(layer: Path, tmp_path: Path) -> None:
    with RecordingServer(answering(REGISTERED)) as server:
        assert run(without_python(layer, tmp_path / "opt"), server.address) == (3, "")
        await_until(lambda: registrations(server) == [BOTH])  # nobody has waited for the answer


def test_a_life_registers_once_and_counts_as_ever(layer: Path) -> None:
    with FakeGateway() as gateway:
        environment = {**UNHURRIED, "GATEWAY": gateway.url}
        sandbox = Sandbox(layer, recording=life("a", "b"), environment=environment, **CONDITIONS)
        result = sandbox.run()

        assert_a_good_life(result)
        assert result.stderr == ""
        assert [call.name for call in sandbox.calls].count("register") == 1
        assert value(gateway.text(), "aws_lambda_duration_seconds_count") == 2


def test_awss_emulator_takes_the_registration(emulator: Emulator, layer: Path) -> None:
    run = emulator.run(layer, payloads=[{"parcels": 1}, {"parcels": 2}])

    assert run.exit_code == 0, run.log
    assert [(one.status, one.body) for one in run.invocations] == [(200, '{"parcels": 1}'), (200, '{"parcels": 2}')]
    assert "no Telemetry API (202)" in run.log


def test_the_connection_is_kept_for_the_next_call(layer: Path) -> None:
    with RecordingServer(answering(REGISTERED)) as server:
        assert_it_waited_for_shutdown(server, run(layer, server.address))
        assert len({request.connection for request in server.requests}) == 1


def test_it_asks_for_what_python_asks_for(layer: Path, layer_archive: Path, tmp_path: Path) -> None:
    asked = []
    for opt in (layer, unzipped(layer_archive, tmp_path)):
        with RecordingServer(answering(REGISTERED)) as server:
            run(opt, server.address)
            first = server.requests[0]
            asked.append((first.method, first.path, sorted(first.headers.keys()), json.loads(first.body)))
    assert asked[0] == asked[1]


def test_a_connection_that_is_closed_without_an_answer_is_tried_again(layer: Path) -> None:
    with RecordingServer(answering(None, REGISTERED)) as server:
        assert_it_waited_for_shutdown(server, run(layer, server.address))
        assert registrations(server) == [BOTH, BOTH]


def test_where_invoke_is_refused_it_registers_for_shutdown(layer: Path) -> None:
    refusal = Answer(403, b'{"errorType": "Extension.InvalidEventType"}')
    with RecordingServer(answering(refusal, REGISTERED)) as server:
        assert_it_waited_for_shutdown(server, run(layer, server.address))
        assert registrations(server) == [BOTH, ONE]


def test_a_refusal_is_told(layer: Path) -> None:
    with RecordingServer(answering(Answer(500, b"no room"))) as server:
        code, log = run(layer, server.address)
    assert (code, json.loads(log)["message"]) == (1, "Lambda refused the extension: register: status 500, no room")


def test_a_managed_instance_registers_for_shutdown(layer: Path) -> None:
    with RecordingServer(answering(REGISTERED)) as server:
        kind = {"AWS_LAMBDA_INITIALIZATION_TYPE": "lambda-managed-instances"}
        assert_it_waited_for_shutdown(server, run(layer, server.address, **kind))
        assert registrations(server) == [ONE]


def test_a_host_name_is_left_to_python(layer: Path, tmp_path: Path) -> None:
    with RecordingServer(answering(REGISTERED)) as server:
        api = server.address.replace("127.0.0.1", "localhost")
        assert run(without_python(layer, tmp_path / "opt"), api) == (3, "")
        assert server.requests == []
        code, log = run(layer, api)
        assert code == 0, log


@pytest.mark.parametrize("api", ["127.0.0.1:1", "127.0.0.1:0"])
def test_where_nobody_listens_python_tells_why(layer: Path, api: str) -> None:
    code, log = run(layer, api)
    (line,) = log.splitlines()
    assert code == 1
    assert json.loads(line)["message"].startswith("Lambda refused the extension: register: ")
