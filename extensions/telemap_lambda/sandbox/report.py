"""Report on a run of the sandbox, as text or JSON."""

from __future__ import annotations

import dataclasses
import json
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from telemap_lambda.sandbox.ledger import Reports, TelemetryCounts
    from telemap_lambda.sandbox.results import LifeResult, SandboxResult
    from telemap_lambda.sandbox.target import Held

_MIB = 1024 * 1024
_FALLBACK_MESSAGE = '"message": "the mapping cannot be used, '
"""Part of the extension's log line about a fallback to the default mapping."""


@dataclass(frozen=True)
class HeldFor:
    """How long invocations were held after the function had finished, in milliseconds."""

    minimum: float
    median: float
    maximum: float


@dataclass(frozen=True)
class Report:
    """The results of a run.

    Attributes:
        gateway: A description of the gateway.
        bound_ms: Maximum time for which an invocation may be held.
        invocations: Number of invocations.
        held_ms: How long they were held; None without invocations.
        faults: How the extension harmed the function, as messages.
        lives: One result per process.
        telemetry: Counts of delivered telemetry.
        reports: The sum of the delivered reports.
        pushes: Number of pushes by the gateway's status; None if unknown.
        on_gateway: What the gateway has in the end; None if it has nothing or cannot be read.
        mapping_fault: The message if the extension could not use the mapping; otherwise None.

    """

    gateway: str
    bound_ms: float
    invocations: int
    held_ms: HeldFor | None
    faults: Sequence[str]
    lives: Sequence[LifeResult]
    telemetry: TelemetryCounts
    reports: Reports
    pushes: Mapping[str, int] | None
    on_gateway: Held | None
    mapping_fault: str | None


def report_on(
    result: SandboxResult,
    *,
    gateway: str,
    mapping: str,
    bound_ms: float,
    pushes: Mapping[str, int] | None,
    on_gateway: Held | None,
) -> Report:
    """Sum up a run."""
    held = [one.held_seconds * 1000 for one in result.invocations]
    return Report(
        gateway=gateway,
        bound_ms=bound_ms,
        invocations=len(held),
        held_ms=HeldFor(min(held), statistics.median(held), max(held)) if held else None,
        faults=tuple(_faults(result, bound_ms)),
        lives=result.lives,
        telemetry=result.telemetry,
        reports=result.reports,
        pushes=pushes,
        on_gateway=on_gateway,
        mapping_fault=_mapping_fault(result, mapping),
    )


def as_json(report: Report) -> str:
    """Return the report as a JSON object."""
    content = dataclasses.asdict(report) | {"lives": [_life(life) for life in report.lives]}
    return json.dumps(_rounded(content), indent=2)


def text_lines(report: Report) -> Iterator[str]:
    """Return the lines of the report as text."""
    return (f"{name:<12} {words}" for name, words in _lines(report))


def _faults(result: SandboxResult, bound_ms: float) -> Iterator[str]:
    for one in result.invocations:
        if one.failed:
            yield f"invocation {one.request_id} failed: {one.reason}"
        elif one.held_seconds * 1000 > bound_ms:
            yield f"invocation {one.request_id} was held for {one.held_seconds * 1000:.1f} ms"
    for number, life in enumerate(result.lives, start=1):
        if life.killed:
            yield f"process {number} had to be killed {life.shutdown_seconds * 1000:.0f} ms after SHUTDOWN"
        elif life.exit_code and not life.taken_away:
            yield f"process {number} exited with {life.exit_code}"


def _mapping_fault(result: SandboxResult, mapping: str) -> str | None:
    """Return a message if the extension's log says that the default ran instead of the mapping."""
    if _FALLBACK_MESSAGE not in result.stderr:
        return None
    return f"{mapping} cannot be used, so telemap:default ran instead; run telemap validate {mapping}"


def _life(life: LifeResult) -> dict[str, object]:
    """Return a life without its invocations and output."""
    return {
        "ended_by": life.ended_by,
        "exit_code": life.exit_code,
        "killed": life.killed,
        "invocations": len(life.invocations),
        "register_ms": life.register_seconds * 1000,
        "init_ms": life.init_seconds * 1000,
        "shutdown_ms": life.shutdown_seconds * 1000,
        "reports": dataclasses.asdict(life.reports),
        **dataclasses.asdict(life.usage),
    }


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value


def _on_gateway(held: Held) -> str:
    series = f"{held.series} series"
    if not held.by_status:  # the mapping does not count invocations like the default one
        return series
    return f"{_statuses(held.by_status)}; {held.duration_ms:.2f} ms; {series}"


def _lines(report: Report) -> Iterator[tuple[str, str]]:
    yield "gateway", report.gateway
    yield "invocations", str(report.invocations)
    if report.held_ms is not None:
        held = report.held_ms
        yield "held", f"{held.minimum:.1f} / {held.median:.1f} / {held.maximum:.1f} ms (least, median, most)"
    for number, life in enumerate(report.lives, start=1):
        yield f"process {number}", _life_in_words(life)
    telemetry = report.telemetry
    yield (
        "delivered",
        (
            f"{telemetry.events} events in {telemetry.posts} posts; {telemetry.retries} retried,"
            f" {telemetry.repeats} repeated, {telemetry.dropped} events dropped"
        ),
    )
    yield "reports", f"{_statuses(report.reports.by_status)}; {report.reports.duration_ms:.2f} ms"
    if report.pushes is not None:
        yield "pushes", _statuses(report.pushes)
    if report.on_gateway is None:
        yield "on gateway", "no series of this job, or they cannot be read"
    else:
        yield "on gateway", _on_gateway(report.on_gateway)
    if report.mapping_fault is not None:
        yield "mapping", report.mapping_fault
    for fault in report.faults:
        yield "FAULT", fault


def _life_in_words(life: LifeResult) -> str:
    usage = life.usage
    children = f" (children {usage.children_peak_bytes / _MIB:.1f})" if usage.children_peak_bytes else ""
    return (
        f"{len(life.invocations)} invocations, {life.ended_by}, exit {life.exit_code} after"
        f" {life.shutdown_seconds * 1000:.0f} ms; registered in {life.register_seconds * 1000:.0f} ms, ready in"
        f" {life.init_seconds * 1000:.0f} ms; {usage.peak_bytes / _MIB:.1f} MiB{children},"
        f" {usage.cpu_seconds:.2f} s of CPU"
    )


def _statuses(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "none"
