"""The inputs of the sandbox: recordings, subscriptions, and the layer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from telemap_lambda.sandbox import Recording, RecordingError, assemble, load, sandbox
from telemap_lambda.sandbox.recording import stamped
from telemap_lambda.sandbox.subscription import SCHEMA_VERSIONS, SubscriptionError, read_subscription

EVENTS = sorted((Path(__file__).parent.parent / "events").glob("*.json"))
ORDERS = Path(sandbox.__file__).parent / "recordings" / "orders.json"
SEEN_BEFORE = "2026-03-02T08:14:09.117Z"


def event(kind: str, **record: object) -> dict[str, object]:
    return {"time": SEEN_BEFORE, "type": kind, "record": record}


def invocation(request_id: str, duration_ms: float = 1.0) -> list[object]:
    metrics = {"durationMs": duration_ms}
    return [
        event("platform.start", requestId=request_id),
        {"time": SEEN_BEFORE, "type": "function", "record": f"log of {request_id}"},
        event("platform.runtimeDone", requestId=request_id, status="success", metrics=metrics),
        event("platform.report", requestId=request_id, status="success", metrics=metrics),
    ]


def kinds(events: list[Any]) -> list[str]:
    return [one["type"].removeprefix("platform.") for one in events]


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_a_recording_loses_and_moves_nothing(path: Path) -> None:
    events = json.loads(path.read_text())
    cut = load(path)
    assert list(cut.events) == events
    starts = [one["record"]["requestId"] for one in events if one["type"] == "platform.start"]
    assert [one.request_id for one in cut.invocations] == starts


def test_an_invocation_is_split_at_runtime_done_and_after_its_report() -> None:
    cut = load(EVENTS[0].with_name("function_timeout.json"))
    second, third = cut.invocations[1:]
    assert kinds(list(second.events)) == ["start", "function", "function", "runtimeDone"]
    assert kinds(list(second.after)) == ["report"]
    assert kinds(list(third.before))[0] == "initStart"
    assert second.duration_seconds == 3.0


def test_events_after_the_last_report_are_trailing() -> None:
    late = event("platform.logsDropped", droppedRecords=1)
    cut = Recording.from_events([*invocation("a"), late])
    assert cut.trailing == (late,)


def test_a_recording_may_have_no_invocation() -> None:
    line = event("function", record="a line\n")
    assert Recording.from_events([line]).with_endings() == Recording(init=(line,))


def test_replay_changes_only_the_time() -> None:
    now = datetime(2026, 3, 2, 8, 15, 0, 4999, UTC)
    assert stamped({"time": "x", "n": 1}, now) == {"time": "2026-03-02T08:15:00.004Z", "n": 1}
    assert stamped("no event", now) == "no event"
    assert stamped({"n": 1}, now) == {"n": 1}


def test_one_event_per_line_is_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "recording.ndjson"
    path.write_text("\n".join(json.dumps(one) for one in [*invocation("a"), "no event"]) + "\n\n")
    assert list(load(path).events) == [*invocation("a"), "no event"]
    path.write_text('{"type": "function"}\nnonsense\n')
    with pytest.raises(RecordingError, match=r"recording\.ndjson: line 2: not JSON"):
        load(path)
    with pytest.raises(RecordingError, match="absent"):
        load(tmp_path / "absent")


def test_the_demo_recording_is_consistent() -> None:
    cut = load(ORDERS)
    reports = [one["record"] for one in cut.events if isinstance(one, dict) and one["type"] == "platform.report"]
    assert len(cut.invocations) == len(reports) == 13
    assert len({one.request_id for one in cut.invocations}) == 13
    assert [report["status"] for report in reports].count("error") == 1
    for report in reports:
        metrics = report["metrics"]
        billed = metrics["durationMs"] + metrics.get("initDurationMs", 0)
        assert metrics["billedDurationMs"] == -(-billed // 1)
        assert metrics["maxMemoryUsedMB"] <= metrics["memorySizeMB"]
    assert [("initDurationMs" in report["metrics"]) for report in reports] == [True] + [False] * 12


@pytest.mark.integration
def test_an_assembled_layer_has_everything_the_extension_imports(tmp_path: Path) -> None:
    layer = assemble(tmp_path / "opt")
    modules = layer / "telemap"
    assert os.access(layer / "extensions/telemap", os.X_OK)
    assert not (layer / "extensions/telemap").is_symlink()
    assert modules.joinpath("telemap").is_symlink()
    assert not modules.joinpath("rich").exists()
    imports = "telemap, telemap_lambda, prometheus_client, yaml, jsonpath_ng, requests, boto3"
    program = f"import sys; sys.path.insert(0, {str(modules)!r}); import {imports}; print(telemap.__file__)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program], cwd="/", capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(modules / "telemap/__init__.py")


@pytest.mark.parametrize(
    ("subscription", "words"),
    [
        ({"types": ["logs"]}, "types"),
        ({"types": []}, "types"),
        ({"buffering": {"maxItems": 999}}, "maxItems"),
        ({"buffering": {"maxBytes": 1048577}}, "maxBytes"),
        ({"buffering": {"timeoutMs": 24}}, "timeoutMs"),
        ({"buffering": {"timeoutMs": True}}, "timeoutMs"),
        ({"destination": {"protocol": "HTTP", "URI": "http://localhost:4243"}}, "sandbox.localdomain"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox:9001"}}, "9001"),
        ({"destination": {"protocol": "TCP", "port": 4243}}, "protocol"),
    ],
)
def test_a_subscription_is_checked(subscription: dict[str, Any], words: str) -> None:
    valid = {
        "schemaVersion": "2022-12-13",
        "types": ["platform"],
        "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:4243"},
    }
    assert read_subscription(json.dumps(valid).encode(), SCHEMA_VERSIONS).max_items == 10000
    with pytest.raises(SubscriptionError, match=words):
        read_subscription(json.dumps({**valid, **subscription}).encode(), SCHEMA_VERSIONS)
