"""`telemap sandbox`, run from a shell."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import pytest
from patience import ENDLESS_SECONDS, PATIENT_COMMAND

from telemap.cli import main
from telemap_lambda.commands.sandbox_options import GATEWAYS

if TYPE_CHECKING:
    from servers.pushgateway import Pushgateway

pytestmark = pytest.mark.integration

EVENTS = Path(__file__).parents[1] / "events"
RECORDING = str(EVENTS / "warm_invokes.json")
QUICK = ("--invocations", "3", "--duration-ms", "5")


class Done(NamedTuple):
    """What came of the command."""

    returncode: int
    stdout: str
    stderr: str


def sandbox(*options: str) -> Done:
    return in_process("sandbox", *PATIENT_COMMAND, *options)


def in_process(*words: str) -> Done:
    """Run a command in this process: to start another one for it takes as long as most of these runs."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            code = main(list(words))
        except SystemExit as refused:
            code = int(refused.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


def from_a_shell(*words: str, stdin: TextIO | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "telemap", *words]
    return subprocess.run(command, stdin=stdin, capture_output=True, text=True, timeout=ENDLESS_SECONDS, check=False)


def report(*options: str) -> tuple[int, dict[str, Any]]:
    done = sandbox(*options, "--format", "json")
    return done.returncode, json.loads(done.stdout)


def test_a_run_is_reported_as_text() -> None:
    done = from_a_shell("sandbox", *PATIENT_COMMAND, *QUICK)

    assert (done.returncode, done.stderr) == (0, "telemap: no mapping given, using telemap:default\n")
    assert "on gateway   3 success" in done.stdout
    assert "least, median, most" in done.stdout
    assert "MiB" in done.stdout
    assert "FAULT" not in done.stdout


def test_a_run_is_reported_as_json() -> None:
    code, told = report(*QUICK, "--timeout-every", "2")

    assert code == 0
    assert [life["ended_by"] for life in told["lives"]] == ["timeout", "spindown"]
    assert told["invocations"] == 3
    assert told["reports"]["by_status"] == told["on_gateway"]["by_status"] == {"success": 2, "timeout": 1}
    assert told["reports"]["duration_ms"] == told["on_gateway"]["duration_ms"]
    assert told["pushes"].keys() == {"200"}
    assert told["faults"] == []
    assert told["lives"][0]["peak_bytes"] > 1_000_000


STORING = {"slow", "lost-answer", "trickle"}
STORING |= {"write", "write-rolls-back", "write-keeps-good", "write-429", "write-partial"}


@pytest.mark.parametrize("gateway", [name for name in GATEWAYS if name != "normal"])
def test_every_kind_of_gateway_works(gateway: str) -> None:
    code, told = report(*QUICK, "--gateway", gateway, *(("--delay-ms", "100") if gateway == "slow" else ()))

    assert code == 0
    assert told["invocations"] == 3
    assert (told["on_gateway"] is not None) is (gateway in STORING)
    assert gateway != "hang" or told["pushes"].keys() == {"unanswered"}


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
def test_every_kind_of_sandbox_works(kind: str) -> None:
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


def test_without_the_default_metrics_only_series_are_reported(tmp_path: Path) -> None:
    mapping = tmp_path / "lines.yaml"
    mapping.write_text("version: 1\nmetrics: {lines_total: {type: counter, help: Lines., from: function}}\n")

    told = sandbox(*QUICK, "--mapping", str(mapping))

    assert "on gateway   1 series\n" in told.stdout


def test_problems_of_a_mapping_and_the_fallback_are_reported(tmp_path: Path) -> None:
    mapping = tmp_path / "wrong.yaml"
    mapping.write_text("version: 1\nmetrics: {lines_total: {type: counted, help: Lines., from: function}}\n")

    told = sandbox(*QUICK, "--mapping", str(mapping))

    assert told.returncode == 1
    assert (
        f"mapping      {mapping} cannot be used, so telemap:default ran instead; run telemap validate {mapping}\n"
        in told.stdout
    )
    assert "on gateway   3 success" in told.stdout
    assert told.stderr.startswith(f"{mapping}:2:")


def test_problems_that_only_the_extension_finds_are_reported(tmp_path: Path) -> None:
    mapping = tmp_path / "job.yaml"
    mapping.write_text(
        "version: 1\nmetrics: {lines_total: {type: counter, help: Lines., labels: {job: $.type}, from: function}}\n"
    )

    code, told = report(*QUICK, "--mapping", str(mapping))

    assert code == 1
    assert (
        told["mapping_fault"]
        == f"{mapping} cannot be used, so telemap:default ran instead; run telemap validate {mapping}"
    )


def test_the_function_name_can_be_set(pushgateway: Pushgateway) -> None:
    name = ("--env", "AWS_LAMBDA_FUNCTION_NAME=thumbs")
    code, told = report(*QUICK, "--gateway", pushgateway.url, *name)

    assert code == 0
    assert told["on_gateway"]["by_status"] == {"success": 3}
    assert told["mapping_fault"] is None
    assert 'job="thumbs"' in pushgateway.metrics()


def test_a_recording_may_come_from_standard_input() -> None:
    with (EVENTS / "warm_invokes.json").open() as stream:
        done = from_a_shell("sandbox", *PATIENT_COMMAND, "--events", "-", stdin=stream)

    assert (done.returncode, done.stderr) == (0, "telemap: no mapping given, using telemap:default\n")
    assert "invocations  0\n" not in done.stdout


@pytest.mark.parametrize("text", ["", "[]", '{"Records": [{"eventSource": "aws:sqs"}]}', '[7, {"type": 1}]'])
@pytest.mark.parametrize("command", ["sandbox", "demo"])
def test_a_recording_without_telemetry_is_not_played(command: str, text: str, tmp_path: Path) -> None:
    recording = tmp_path / "recorded.json"
    recording.write_text(text)

    done = in_process(command, "telemap:default", str(recording))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"telemap: no telemetry events in {recording}: an event is an object whose 'type' is a string, as the"
        " Telemetry API sends it\n"
    )


def test_events_without_an_invocation_are_also_played(tmp_path: Path) -> None:
    recording = tmp_path / "recorded.ndjson"
    recording.write_text('{"time": "2026-03-02T08:14:09.359Z", "type": "function", "record": "a line\\n"}\n')

    told = sandbox("--events", str(recording))

    assert (told.returncode, told.stderr) == (0, "telemap: no mapping given, using telemap:default\n")
    assert "invocations  0\n" in told.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--gateway", "dwon"), "expected a URL or one of"),
        (("--gateway", "http://localhost:9090/api/v1/write?x=1"), "it has a query or a fragment"),
        (("--gateway", "https:/localhost"), "its scheme is not followed by '://'"),
        (("--events", "no-such.json"), "cannot read no-such.json: No such file"),
        (("--events", "."), "cannot read .: Is a directory"),
        (("--events", RECORDING, "--invocations", "3"), "--invocations is for synthetic invocations"),
        (("--events", RECORDING, "--timeout-every=3"), "--timeout-every is for synthetic invocations"),
        (("--events", RECORDING, "--log-lines", "2"), "--log-lines is for synthetic invocations"),
        (("--events", RECORDING, "--kind", "snap-start"), "--kind is for synthetic invocations"),
        (("--events", RECORDING, "--record", RECORDING), "would overwrite EVENTS"),
        (("--delay-ms", "100"), "--delay-ms needs --gateway slow"),
        (("--delay-ms", "100", "--gateway", "hang"), "--delay-ms needs --gateway slow"),
        (("--snapshot-ms", "100"), "--snapshot-ms needs --kind snap-start"),
        (("--repeat-after-thaw",), "--repeat-after-thaw needs --repeat-every N"),
        (("--drop-connections", "--no-freeze"), "--drop-connections cannot be used with --no-freeze"),
        (
            ("--repeat-every", "2", "--repeat-after-thaw", "--kind", "lambda-managed-instances"),
            "--repeat-after-thaw cannot be used with --kind lambda-managed-instances",
        ),
        (("--env", "GATEWAY=http://gateway:9091"), "use --gateway"),
        (("--env", "MAPPING_FILE=shop.yaml"), "use --mapping"),
        (("--mapping", "no-such.yaml"), "no-such.yaml"),
        (("--concurrency", "2"), "--kind lambda-managed-instances"),
        (("--split-at-bytes", "7"), "at least 1024"),
        (("--invocations", "-1"), "is not a non-negative integer"),
        (("--env", "NAME"), "NAME=VALUE"),
        (("--duration-ms", "inf"), "is not a number of milliseconds, 0 or more"),
        (("--concurrency", "0"), "is not a positive integer"),
    ],
)
def test_usage_errors_are_reported_before_anything_starts(options: tuple[str, ...], words: str) -> None:
    done = sandbox(*options)

    assert done.returncode == 2
    assert words in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("url", "code", "shown"),
    [
        ("http://scraper7:Zx9-Secret-Q@127.0.0.1:1", 0, "the gateway http://***@127.0.0.1:1"),
        ("scraper7:Zx9-Secret-Q@127.0.0.1:1", 0, "the gateway ***@127.0.0.1:1"),
        ("http://scraper7:Zx9-Secret-Q/x@127.0.0.1:1", 2, "--gateway: expected a URL or one of"),
        ("http://scraper7:Zx9-Secret-Q@[::1", 2, "--gateway: expected a URL or one of"),
        ("scraper7@Zx9-Secret-Q", 2, "--gateway: expected a URL or one of"),
    ],
)
def test_the_password_of_a_gateway_is_not_shown(url: str, code: int, shown: str) -> None:
    done = sandbox(*QUICK, "--gateway", url, "--drop-connections")

    assert done.returncode == code
    assert shown in done.stdout + done.stderr
    assert "Zx9-Secret-Q" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
