"""The servers that other tests rely on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import botocore.exceptions
import pytest
import requests
from patience import PATIENCE_SECONDS
from servers.process import ServerError, ServerMissingError, ServerProcess, find_program, free_port
from servers.pushgateway import CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from servers.emulator import Emulator
    from servers.promtool import Promtool
    from servers.pushgateway import Pushgateway
    from servers.secrets import DeniedSecrets, SecretsManager

PROBE = Path(__file__).with_name("emulator_probe.py")


@pytest.fixture
def probe_layer(tmp_path: Path) -> Path:
    program = tmp_path / "extensions" / "probe"
    program.parent.mkdir()
    shutil.copyfile(PROBE, program)
    program.chmod(0o755)
    return tmp_path


def test_a_pushgateway_shows_what_was_pushed(pushgateway: Pushgateway) -> None:
    requests.put(
        f"{pushgateway.url}/metrics/job/orders", data="parcels_total 3\n", timeout=PATIENCE_SECONDS
    ).raise_for_status()

    assert 'parcels_total{instance="",job="orders"} 3\n' in pushgateway.metrics()


def test_a_pushgateway_starts_empty(pushgateway: Pushgateway) -> None:
    assert "parcels_total" not in pushgateway.metrics()


@pytest.mark.parametrize(
    ("credentials", "status"), [(None, 401), (("lambda", "wrong"), 401), (tuple(CREDENTIALS), 200)]
)
def test_an_authenticated_pushgateway_lets_only_its_user_in(
    authenticated_pushgateway: Pushgateway, credentials: tuple[str, str] | None, status: int
) -> None:
    url = f"{authenticated_pushgateway.url}/metrics/job/orders"

    assert requests.put(url, data="parcels_total 3\n", auth=credentials, timeout=PATIENCE_SECONDS).status_code == status
    assert ("parcels_total" in authenticated_pushgateway.metrics()) == (status == 200)


def test_promtool_accepts_a_valid_exposition(promtool: Promtool) -> None:
    sound = "# HELP parcels_total Parcels sent.\n# TYPE parcels_total counter\nparcels_total 3\n"

    assert promtool.check_metrics(sound) == ""


def test_promtool_rejects_an_invalid_exposition(promtool: Promtool) -> None:
    assert "no help text" in promtool.check_metrics("parcels 3\n")
    assert "error" in promtool.check_metrics("parcels three\n")


def read_secret(environment: Mapping[str, str], name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Read a secret as the extension does, with boto3 configured only by the environment."""
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    client = boto3.session.Session().client("secretsmanager")
    try:
        text: str = client.get_secret_value(SecretId=name)["SecretString"]
    finally:
        client.close()
    return text


def test_a_secret_is_read_by_name_and_by_arn(secrets_manager: SecretsManager, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = secrets_manager.create_secret("servers/read", "open sesame")
    environment = secrets_manager.environment

    assert arn.startswith("arn:aws:secretsmanager:eu-central-1:")
    assert read_secret(environment, arn, monkeypatch) == "open sesame"
    assert read_secret(environment, "servers/read", monkeypatch) == "open sesame"


def test_a_secret_can_change(secrets_manager: SecretsManager, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = secrets_manager.create_secret("servers/changed", "old")

    secrets_manager.change_secret(arn, "new")

    assert read_secret(secrets_manager.environment, arn, monkeypatch) == "new"


def test_a_secret_can_be_denied(denied_secrets: DeniedSecrets, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDeniedException"):
        read_secret(denied_secrets.environment, "any", monkeypatch)

    assert denied_secrets.calls == 1


@pytest.mark.integration
def test_the_output_of_a_server_that_exits_at_once_is_shown() -> None:
    command = ["sh", "-c", "echo cannot bind; exit 3"]
    server = ServerProcess(command, ready_url=f"http://127.0.0.1:{free_port()}/")

    with pytest.raises(ServerError, match=r"(?s)exit code 3.*cannot bind"):
        server.__enter__()


@pytest.mark.integration
def test_a_server_that_never_answers_is_stopped() -> None:
    address = f"http://127.0.0.1:{free_port()}/"
    server = ServerProcess(["sleep", "60"], ready_url=address, start_seconds=0.2)

    with pytest.raises(ServerError, match="no answer"):
        server.__enter__()

    assert server.stop() != 0


def test_a_missing_program_is_named() -> None:
    with pytest.raises(ServerMissingError, match="no-such-server"):
        find_program("no-such-server")


def test_the_emulator_plays_an_on_demand_function(emulator: Emulator, probe_layer: Path) -> None:
    run = emulator.run(probe_layer, payloads=[{"parcels": 1}, {"error": "no such order"}])

    assert run.exit_code == 0, run.log
    assert [invocation.status for invocation in run.invocations] == [200, 200], run.log
    assert run.invocations[0].body == '{"parcels": 1}'
    assert "no such order" in run.invocations[1].body
    assert "probe_life" not in run.metrics_before_shutdown
    assert 'reason="SandboxTerminated",subscribed="202"' in run.metrics
    assert 'probe_events_total{instance="",job="probe",type="INVOKE"} 2\n' in run.metrics


def test_the_emulator_plays_a_managed_instance_with_telemetry(managed_emulator: Emulator, probe_layer: Path) -> None:
    run = managed_emulator.run(probe_layer, payloads=[{"log": "parcel 1 sent"}, {}])

    assert run.exit_code == 0, run.log
    assert [invocation.status for invocation in run.invocations] == [200, 200], run.log
    assert 'reason="spindown",subscribed="200",user="993"' in run.metrics, run.log
    assert 'type="platform.initReport"} 1\n' in run.metrics
    assert 'type="platform.start"} 2\n' in run.metrics
    assert 'type="platform.report"} 2\n' in run.metrics
    assert 'type="function"} 1\n' in run.metrics


def test_the_emulator_leaves_the_machine_as_it_was(emulator: Emulator, probe_layer: Path) -> None:
    before = {folder: sorted(Path(folder).iterdir()) for folder in ("/opt", "/var")}

    emulator.run(probe_layer, payloads=[])

    assert before == {folder: sorted(Path(folder).iterdir()) for folder in before}


def test_a_function_finds_the_files_of_its_package(emulator: Emulator, tmp_path: Path) -> None:
    program = tmp_path / "extensions" / "reader"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\ncat /var/task/mapping.yaml\nexit 1\n")
    program.chmod(0o755)

    run = emulator.run(tmp_path, payloads=[{}], task_files={"mapping.yaml": "name: parcels\n"})

    assert "name: parcels" in run.log
    assert run.invocations[0].status == 502


def test_recorded_telemetry_is_read_by_name(recorded_events: Callable[[str], list[Any]]) -> None:
    types = {event["type"] for event in recorded_events("cold_start_on_demand")}

    assert {"platform.initStart", "platform.start", "platform.report"} <= types
