"""The numbers of `mappings/platform.yaml` and `mappings/logs.yaml`, worked out from the events without telemap.

Invocations are put together from their events by request id, as a person would who reads the recording; the mappings
look at one event at a time. Where both come to the same numbers, the mappings count right.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any, TypeAlias

Event: TypeAlias = dict[str, Any]
Samples: TypeAlias = dict[tuple[str, tuple[tuple[str, str], ...]], float]
"""Values by the sample's name and its labels."""

FAILED = {"failure", "error", "timeout"}

MEBIBYTE = 1024 * 1024
LEVELS = {
    "trace": ("trace", "trce", "verbose", "10"),
    "debug": ("debug", "dbug", "20"),
    "info": ("info", "information", "notice", "30"),
    "warn": ("warn", "warning", "40"),
    "error": ("error", "err", "fail", "severe", "50"),
    "fatal": ("fatal", "critical", "crit", "emergency", "panic", "60"),
}


class Tally:
    """Samples in the making: counts, and sums with their counts."""

    def __init__(self) -> None:
        self.samples: Samples = {}

    def add(self, name: str, by: float = 1, /, **labels: str) -> None:
        """Add to a series of `aws_lambda_<name>`."""
        key = (f"aws_lambda_{name}", tuple(sorted(labels.items())))
        self.samples[key] = self.samples.get(key, 0) + by

    def observe(self, name: str, value: float, /, **labels: str) -> None:
        """Add to the sum and the count of a summary or histogram."""
        self.add(f"{name}_sum", value, **labels)
        self.add(f"{name}_count", **labels)


def records(events: list[Event], event_type: str) -> list[Any]:
    """Return the records of one event type."""
    return [event["record"] for event in events if event["type"] == event_type]


def platform(events: list[Event]) -> Samples:
    """Work out what `mappings/platform.yaml` adds to the default mapping."""
    tally = Tally()
    count_initialisations(tally, events)
    count_restores(tally, events)
    count_invocations(tally, events)
    count_sandbox(tally, events)
    count_extensions(tally, events)
    tally.add("logs_dropped_records_total", sum(r["droppedRecords"] for r in records(events, "platform.logsDropped")))
    tally.add("logs_dropped_bytes_total", sum(r["droppedBytes"] for r in records(events, "platform.logsDropped")))
    return tally.samples


def count_initialisations(tally: Tally, events: list[Event]) -> None:
    """Go through the initialisations; those of a snapshot are of another day, and of another sandbox."""
    starts = [r for r in records(events, "platform.initStart") if r["initializationType"] != "snap-start"]
    tally.add("cold_starts_total", 0, initialization_type="on-demand")
    for start in starts:
        if start["phase"] == "init":
            tally.add("cold_starts_total", initialization_type=start["initializationType"])
    tally.add("timeouts_total", 0, phase="init")
    tally.add("out_of_memory_total", 0, phase="init")
    done: Event | None = None
    for event in events:
        if event["type"] == "platform.initRuntimeDone":
            done = event["record"]
        elif event["type"] == "platform.initReport":
            count_initialisation(tally, done, event["record"])
            done = None


def count_initialisation(tally: Tally, done: Event | None, report: Event) -> None:
    """Count one initialisation; its report has the last word, and is silent in the oldest schema."""
    kind, phase, status = report["initializationType"], report["phase"], report.get("status", "unknown")
    if kind == "snap-start":
        return
    tally.add("initializations_total", initialization_type=kind, phase=phase, status=status)
    seconds = report["metrics"]["durationMs"] / 1000
    tally.observe("initialization_duration_seconds", seconds, initialization_type=kind, phase=phase)
    verdict = report if "status" in report else done or {}
    if phase == "init":
        count_failure(tally, "init", verdict)


def count_failure(tally: Tally, phase: str, verdict: Event) -> None:
    """Count what failed, if it did, and whether that was for time or for memory."""
    status, error = verdict.get("status"), verdict.get("errorType", "none")
    if status not in FAILED:
        return
    tally.add("failures_total", phase=phase, status=status, error_type=error)
    tally.add("timeouts_total", status == "timeout" or error == "Runtime.RestoreHookUserTimeout", phase=phase)
    tally.add("out_of_memory_total", error == "Runtime.OutOfMemory", phase=phase)


def count_restores(tally: Tally, events: list[Event]) -> None:
    """Go through SnapStart's restores."""
    tally.add("timeouts_total", 0, phase="restore")
    tally.add("out_of_memory_total", 0, phase="restore")
    for report in records(events, "platform.restoreReport"):
        status = report["status"]
        tally.add("restores_total", status=status)
        tally.observe("restore_duration_seconds", report["metrics"]["durationMs"] / 1000, status=status)
        count_failure(tally, "restore", report)


def count_invocations(tally: Tally, events: list[Event]) -> None:
    """Put each invocation together from its events, and judge it once."""
    invocations: dict[str, dict[str, Any]] = defaultdict(dict)
    for event in events:
        if event["type"] in {"platform.start", "platform.runtimeDone", "platform.report"}:
            assert event["type"] not in invocations[event["record"]["requestId"]]
            invocations[event["record"]["requestId"]][event["type"]] = event["record"]
    tally.add("started_invocations_total", sum("platform.start" in one for one in invocations.values()))
    tally.add("timeouts_total", 0, phase="invoke")
    tally.add("out_of_memory_total", 0, phase="invoke")
    tally.add("failed_invocations_total", 0)
    tally.add("billed_memory_byte_seconds_total", 0)
    for one in invocations.values():
        judge(tally, one.get("platform.runtimeDone"), one.get("platform.report"))


def judge(tally: Tally, done: Event | None, report: Event | None) -> None:
    """Count one invocation by what its events say together."""
    verdict = done or report
    if verdict is None:
        return
    status, error = verdict["status"], verdict.get("errorType", "none")
    if status in FAILED:
        tally.add("failures_total", phase="invoke", status=status, error_type=error)
    tally.add("timeouts_total", status == "timeout", phase="invoke")
    tally.add("out_of_memory_total", ran_out_of_memory(report or {}), phase="invoke")
    for part in (done, report):
        for span in (part or {}).get("spans", []):
            tally.observe("span_duration_seconds", span["durationMs"] / 1000, span=span["name"], status=status)
    if report is not None:
        tally.add("failed_invocations_total", report["status"] in FAILED)
        count_report(tally, report["metrics"], report["status"])
    if done is not None:
        tally.observe("runtime_duration_seconds", done["metrics"]["durationMs"] / 1000, status=status)
        if status == "success":
            tally.observe("response_size_bytes", done["metrics"]["producedBytes"])


def count_report(tally: Tally, metrics: Event, status: str) -> None:
    """Count what an invocation took, whether it waited for a cold start, and what it cost."""
    seconds = metrics["durationMs"] / 1000
    tally.observe("invocation_duration_seconds", seconds, status=status)
    cold_start = str(bool({"initDurationMs", "restoreDurationMs"} & metrics.keys())).lower()
    tally.observe("invocation_duration_by_cold_start_seconds", seconds, cold_start=cold_start)
    if "billedDurationMs" in metrics:
        cost = metrics["billedDurationMs"] / 1000 * metrics["memorySizeMB"] * MEBIBYTE
        tally.add("billed_memory_byte_seconds_total", cost)
    if "billedRestoreDurationMs" in metrics:
        tally.observe("billed_restore_duration_seconds", metrics["billedRestoreDurationMs"] / 1000)


def ran_out_of_memory(report: Event) -> bool:
    """Return whether an invocation was killed for its memory: told so, or dead with all of it in use."""
    error = report.get("errorType")
    metrics = report.get("metrics", {})
    full = "memorySizeMB" in metrics and metrics["maxMemoryUsedMB"] >= metrics["memorySizeMB"]
    dead = report.get("status") == "error" and error in {"Runtime.ExitError", None}
    return error == "Runtime.OutOfMemory" or (dead and full)


def count_sandbox(tally: Tally, events: list[Event]) -> None:
    """Go through what is known of the sandbox; the last one counts."""
    starts = [e["record"] for e in events if e["type"] in {"platform.initStart", "platform.restoreStart"}]
    sizes = [r["instanceMaxMemory"] for r in starts if "instanceMaxMemory" in r]
    if sizes:
        tally.add("instance_memory_bytes", sizes[-1] if sizes[-1] > 1_000_000 else sizes[-1] * MEBIBYTE)
    for version in {r.get("runtimeVersion", "unknown") for r in starts}:
        tally.add("runtime_info", runtime_version=version)


def count_extensions(tally: Tally, events: list[Event]) -> None:
    """Go through the states that extensions were in."""
    for record in records(events, "platform.extension"):
        tally.add("extension_states_total", extension=record["name"], state=record["state"])
        if "errorType" in record:
            tally.add("extension_failures_total", extension=record["name"], error_type=record["errorType"])


def logs(events: list[Event]) -> Samples:
    """Work out what `mappings/logs.yaml` makes of the function's lines."""
    tally = Tally()
    for level in (*LEVELS, "unknown"):
        tally.add("log_lines_total", 0, level=level)
    for record in records(events, "function"):
        tally.add("log_lines_total", level=level_of(record))
        if error := uncaught(record):
            tally.add("uncaught_errors_total", error_type=error)
    return tally.samples


def level_of(record: Any) -> str:
    """Return the level of a line, in the words that the mapping has for it."""
    said = str(word_for_level(record)).lower()
    return next((level for level, words in LEVELS.items() if said in words), "unknown")


def word_for_level(record: Any) -> Any:
    """Return what a line says of its level, whatever its shape."""
    if isinstance(record, dict):
        return record.get("level") or record.get("log_level")
    columns = record.split("\t")
    if record.lstrip().startswith("{"):
        try:
            return word_for_level(json.loads(record))
        except ValueError:
            return None
    if record.startswith("["):
        return record[1:].partition("]")[0]
    if len(columns) > 3:
        return columns[2]
    fields = dict(word.split("=", 1) for word in record.split() if word.count("=") == 1)
    return fields.get("level")


def uncaught(record: Any) -> str | None:
    """Return the type of the error that a line tells of which nothing caught."""
    if isinstance(record, dict):
        if "log_level" in record:
            return record.get("errorType")
        message = record.get("message")
        return message.get("errorType") if record.get("level") == "ERROR" and isinstance(message, dict) else None
    if record.startswith("[ERROR] "):
        return re.split(r"[:\n]", record.removeprefix("[ERROR] "))[0]
    if record.startswith("Error raised from handler method"):
        return json.loads(record[record.index("{") :])["errorType"]  # type: ignore[no-any-return]
    columns = record.split("\t")
    if len(columns) == 5 and columns[2] == "ERROR":
        return json.loads(columns[4])["errorType"]  # type: ignore[no-any-return]
    return None
