"""The extension in a sandbox: its start and its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from extension.expositions import value
from extension.lives import event, invocation, life, log_line
from extension.outcomes import assert_a_good_life, log_of
from patience import CONDITIONS, UNHURRIED

from telemap_lambda.sandbox import EnvironmentFailed, Recording, Sandbox, SandboxResult, assemble

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from telemap_lambda.fake_gateway import FakeGateway

MAPPING = """
version: 1
metrics:
  parcels_total: {{type: counter, help: Parcels., from: {source}}}
"""


def test_it_listens_and_subscribes_before_its_first_next(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway
) -> None:
    sandbox = open_sandbox(life("a"), {"GATEWAY": embedded_gateway.url})
    sandbox.start()
    subscription = sandbox.deliveries[0].subscription

    assert [call.name for call in sandbox.calls] == ["register", "telemetry", "next"]
    assert subscription.categories == {"platform"}
    assert (subscription.max_items, subscription.max_bytes, subscription.timeout_seconds) == (1000, 1048576, 0.025)
    assert sandbox.deliveries[0].post_raw(b"[]") == 200


def test_an_older_environment_gets_an_older_schema(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway
) -> None:
    sandbox = open_sandbox(life("a"), {"GATEWAY": embedded_gateway.url}, schema_versions=["2022-07-01"])
    result = sandbox.run()

    calls = [(call.name, call.status) for call in sandbox.calls]
    assert calls[:4] == [("register", 200), ("telemetry", 400), ("telemetry", 400), ("telemetry", 200)]
    assert_a_good_life(result)
    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 1


@pytest.mark.parametrize(
    ("source", "wanted"), [("function", {"platform", "function"}), ('"extension*"', {"platform", "extension"})]
)
def test_log_categories_are_subscribed_if_the_mapping_reads_them(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, tmp_path: Path, source: str, wanted: set[str]
) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING.format(source=source))
    logs = [log_line("function", "one"), log_line("extension", "two")]
    recording = Recording.from_events([event("platform.initStart"), *logs, *invocation("a")])
    sandbox = open_sandbox(recording, {"GATEWAY": embedded_gateway.url, "MAPPING_FILE": str(mapping)})
    assert_a_good_life(sandbox.run())

    assert sandbox.deliveries[0].subscription.categories == wanted
    assert value(embedded_gateway.text(), "parcels_total") == 1


def test_invalid_settings_are_reported_and_do_no_harm(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway
) -> None:
    bad = {
        "DISPATCH_MIN_BATCH_SIZE": "many",
        "TELEMAP_PUSH_INTERVAL_MS": "-1",
        "TELEMAP_HOLD_MS": "1" * 500,
        "TELEMAP_PUSH_TIMEOUT_MS": "0",
        "TELEMAP_FLUSH_INTERVAL_MS": "soon",
        "TELEMAP_LOG_LEVEL": "loud",
        "TELEMAP_STRICT": "perhaps",
        "TELEMAP_SELF_METRICS": "2",
    }
    result = play(life("a"), {"GATEWAY": embedded_gateway.url} | bad)

    assert_a_good_life(result)
    assert sorted(line.partition(":")[0] for line in log_of(result)) == sorted(bad)
    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 1


def test_the_log_level_applies(play: Callable[..., SandboxResult], embedded_gateway: FakeGateway) -> None:
    bad = {"TELEMAP_HOLD_MS": "long", "TELEMAP_LOG_LEVEL": "error"}

    assert play(life("a"), {"GATEWAY": embedded_gateway.url} | bad).stderr == ""


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, ["GATEWAY is not set"]),
        ({"GATEWAY": "ftp://gateway"}, ["GATEWAY: "]),
        ({"TELEMAP_HOLD_MS": "long"}, ["TELEMAP_HOLD_MS: ", "GATEWAY is not set"]),
    ],
)
def test_without_a_gateway_nothing_is_subscribed_which_is_logged_once(
    open_sandbox: Callable[..., Sandbox], environment: dict[str, str], said: list[str]
) -> None:
    sandbox = open_sandbox(life("a", "b"), environment)
    result = sandbox.run()

    assert_a_good_life(result)
    assert [call.name for call in sandbox.calls] == ["register", "next", "next", "next"]
    assert [words for words, line in zip(said, log_of(result), strict=True) if not line.startswith(words)] == []


@pytest.mark.parametrize(
    "bad", [{"MAPPING_FILE": "/no/such.yaml"}, {"TELEMAP_HOLD_MS": "long"}, {"GATEWAY": "ftp://a"}]
)
def test_strict_fails_the_start(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, bad: dict[str, str]
) -> None:
    sandbox = open_sandbox(life("a"), {"GATEWAY": embedded_gateway.url, "TELEMAP_STRICT": "true"} | bad)
    with pytest.raises(EnvironmentFailed, match=r"init/error: Extension\."):
        sandbox.run()

    assert embedded_gateway.requests == ()


def test_a_shipped_mapping_is_named(play: Callable[..., SandboxResult], embedded_gateway: FakeGateway) -> None:
    assert_a_good_life(play(life("a"), {"GATEWAY": embedded_gateway.url, "MAPPING_FILE": "telemap:aws-sample"}))

    assert 'source="telemap:aws-sample"' in embedded_gateway.text()


def test_a_relative_mapping_is_found_in_the_working_directory(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING.format(source="platform.report"))
    relative = str(mapping).lstrip("/")  # Lambda starts extensions in `/`
    assert_a_good_life(play(life("a"), {"GATEWAY": embedded_gateway.url, "MAPPING_FILE": relative}))

    assert value(embedded_gateway.text(), "parcels_total") == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [({"telemetry_supported": False}, "no Telemetry API (202)"), ({"schema_versions": []}, "refused the subscription")],
)
def test_without_telemetry_it_continues_and_logs_this_once(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway, options: dict[str, Any], said: str
) -> None:
    result = play(life("a", "b"), {"GATEWAY": embedded_gateway.url}, **options)

    assert_a_good_life(result)
    assert [said in line for line in log_of(result)] == [True]
    assert value(embedded_gateway.text(), "telemap_mapping_fallback") == 0
    assert len(embedded_gateway.groups) == 1


def test_a_full_disk_does_no_harm(extension_layer: Path, embedded_gateway: FakeGateway, tmp_path: Path) -> None:
    launcher = tmp_path / "extensions" / "telemap"
    launcher.parent.mkdir()
    launcher.write_text(f"#!/bin/sh\nexec {extension_layer / 'extensions' / 'telemap'} >/dev/full 2>&1\n")
    launcher.chmod(0o755)
    environment = {"GATEWAY": embedded_gateway.url, "MAPPING_FILE": "/no/such.yaml", "TELEMAP_HOLD_MS": "long"}
    result = Sandbox(tmp_path, recording=life("a", "b"), environment=environment | UNHURRIED, **CONDITIONS).run()

    assert [invocation.failed for invocation in result.invocations] == [False, False]
    assert not result.killed
    assert value(embedded_gateway.text(), "aws_lambda_duration_seconds_count") == 2


@pytest.mark.parametrize("module", ["yaml", "telemap"])
def test_a_broken_layer_does_not_fail_the_function(embedded_gateway: FakeGateway, tmp_path: Path, module: str) -> None:
    layer = assemble(tmp_path)
    (layer / "telemap" / module).unlink()
    environment = {"GATEWAY": embedded_gateway.url}
    result = Sandbox(layer, recording=life("a", "b"), environment=environment, **CONDITIONS).run()

    assert_a_good_life(result)
    assert "ModuleNotFoundError" in result.stderr
    assert embedded_gateway.requests == ()
