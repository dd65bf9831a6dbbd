"""`telemap sandbox`, as it is run from a shell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from telemap_lambda.sandbox_options import GATEWAYS

if TYPE_CHECKING:
    from servers.pushgateway import Pushgateway

EVENTS = Path(__file__).parents[1] / "events"
QUICK = ("--invocations", "3", "--duration-ms", "5")


def sandbox(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "telemap", "sandbox", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def report(*options: str) -> tuple[int, dict[str, Any]]:
    done = sandbox(*options, "--format", "json")
    return done.returncode, json.loads(done.stdout)


def test_a_run_is_told_to_people() -> None:
    done = sandbox(*QUICK)

    assert (done.returncode, done.stderr) == (0, "")
    assert "on gateway   3 success" in done.stdout
    assert "least, median, most" in done.stdout
    assert "MiB" in done.stdout
    assert "FAULT" not in done.stdout


def test_a_run_is_told_to_programs() -> None:
    code, told = report(*QUICK, "--timeout-every", "2")

    assert code == 0
    assert [life["ended_by"] for life in told["lives"]] == ["timeout", "spindown"]
    assert told["invocations"] == 3
    assert told["reports"]["by_status"] == told["on_gateway"]["by_status"] == {"success": 2, "timeout": 1}
    assert told["reports"]["duration_ms"] == told["on_gateway"]["duration_ms"]
    assert told["pushes"].keys() == {"200"}
    assert told["faults"] == []
    assert told["lives"][0]["peak_bytes"] > 1_000_000


@pytest.mark.parametrize("gateway", [name for name in GATEWAYS if name != "normal"])
def test_every_gateway_can_be_had(gateway: str) -> None:
    code, told = report(*QUICK, "--gateway", gateway, "--delay-ms", "100")

    assert code == 0
    assert told["invocations"] == 3
    assert (told["on_gateway"] is not None) is (gateway in ("slow", "lost-answer", "trickle"))


def test_a_real_gateway_is_named_by_its_url(pushgateway: Pushgateway) -> None:
    code, told = report(*QUICK, "--gateway", pushgateway.url, "--drop-connections", "--env", "TELEMAP_JOB=shop")

    assert code == 0
    assert told["on_gateway"]["by_status"] == {"success": 3}
    assert told["pushes"] is None
    assert 'job="shop"' in pushgateway.metrics()


def test_a_recording_is_played() -> None:
    code, told = report("--events", str(EVENTS / "function_timeout.json"))

    assert code == 0
    assert [life["invocations"] for life in told["lives"]] == [2, 1]
    assert told["on_gateway"]["duration_ms"] == 3479.71
    assert told["on_gateway"]["series"] > 7


@pytest.mark.parametrize("kind", ["provisioned-concurrency", "snap-start", "lambda-managed-instances"])
def test_every_kind_of_sandbox_can_be_had(kind: str) -> None:
    code, told = report(*QUICK, "--kind", kind)

    assert code == 0
    assert told["on_gateway"]["by_status"] == {"success": 3}


def test_an_extension_that_harms_the_function_is_a_problem() -> None:
    settings = ("--env", "TELEMAP_STRICT=true", "--env", "TELEMAP_HOLD_MS=nonsense")
    strict = sandbox(*QUICK, *settings)
    at_the_end = (
        "--env",
        "TELEMAP_FLUSH=end",
        "--env",
        "TELEMAP_PUSH_INTERVAL_MS=0",
    )  # each push is waited for
    held = sandbox("--duration-ms", "1", "--invocations", "6", "--gateway", "hang", "--bound-ms", "5", *at_the_end)

    assert strict.returncode == 1
    assert "init failed" in strict.stderr
    assert held.returncode == 1
    assert "was held for" in held.stdout


def test_a_mapping_without_the_default_families_is_told_by_its_series(tmp_path: Path) -> None:
    mapping = tmp_path / "lines.yaml"
    mapping.write_text("version: 1\nmetrics: {lines_total: {type: counter, help: Lines., from: function}}\n")

    told = sandbox(*QUICK, "--mapping", str(mapping))

    assert "on gateway   1 series\n" in told.stdout


def test_events_without_an_invocation_are_played_too(tmp_path: Path) -> None:
    recording = tmp_path / "recorded.ndjson"
    recording.write_text('{"time": "2026-03-02T08:14:09.359Z", "type": "function", "record": "a line\\n"}\n')

    told = sandbox("--events", str(recording))

    assert (told.returncode, told.stderr) == (0, "")
    assert "invocations  0\n" in told.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--gateway", "dwon"), "neither a URL nor one of"),
        (("--events", "no-such.json"), "no-such.json"),
        (("--mapping", "no-such.yaml"), "no-such.yaml"),
        (("--concurrency", "2"), "--kind lambda-managed-instances"),
        (("--split-at-bytes", "7"), "at least 1024"),
        (("--invocations", "-1"), "less than 0"),
        (("--env", "NAME"), "NAME=VALUE"),
        (("--duration-ms", "inf"), "not an amount"),
        (("--concurrency", "0"), "at least 1"),
    ],
)
def test_wrong_use_is_told_before_anything_starts(options: tuple[str, ...], words: str) -> None:
    done = sandbox(*options)

    assert done.returncode == 2
    assert words in done.stderr
    assert done.stdout == ""
