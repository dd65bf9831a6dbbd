"""Synthetic telemetry: any number of invocations, in the format of the Telemetry API.

Events are created on access, so a long life needs no more memory than a short one. The same arguments yield the same
events.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, overload

from telemap_lambda.sandbox.recording import Invocation, Recording

if TYPE_CHECKING:
    from telemap_lambda.sandbox.recording import Ending

_TIME = "2026-01-01T00:00:00.000Z"  # the sandbox stamps events when it emits them
_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
_MEMORY_MB = 128
_OVERHEAD_MS = 1.25
_LARGE = 1_500_000  # more than the largest maxBytes, in bytes


@dataclass(frozen=True)
class Load:
    """The behaviour of a synthetic function; `*_every` means every n-th invocation, 0 for none.

    Attributes:
        invocations: Number of invocations.
        duration_ms: Duration of each, plus up to a tenth.
        log_lines: Lines printed by each.
        line_bytes: Length of a line.
        error_every: The platform reports an error (the response is too large), and the process continues.
        timeout_every: The function times out; the process ends.
        crash_every: The runtime crashes; the process ends.
        kill_every: The environment is removed after the invocation.
        large_every: The function prints a line that is longer than a post may be.
        initialization_type: `on-demand`, `provisioned-concurrency`, `snap-start` or `lambda-managed-instances`.

    """

    invocations: int = 100
    duration_ms: float = 50.0
    log_lines: int = 2
    line_bytes: int = 80
    error_every: int = 0
    timeout_every: int = 0
    crash_every: int = 0
    kill_every: int = 0
    large_every: int = 0
    initialization_type: str = "on-demand"


def synthetic(load: Load) -> Recording:
    """Create a recording of a load."""
    return Recording(
        init=tuple(_init(load, "init")),
        invocations=_Invocations(load),
        initialization_type=load.initialization_type,
    )


class _Invocations(Sequence[Invocation]):
    def __init__(self, load: Load, numbers: range | None = None) -> None:
        self._load = load
        self._numbers = range(1, load.invocations + 1) if numbers is None else numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> Invocation: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Invocation]: ...

    def __getitem__(self, at: int | slice) -> Invocation | Sequence[Invocation]:
        if isinstance(at, slice):
            return _Invocations(self._load, self._numbers[at])
        return _invocation(self._load, self._numbers[at])


def _invocation(load: Load, number: int) -> Invocation:
    request_id = str(uuid.uuid5(_NAMESPACE, str(number)))
    ending = _ending(load, number)
    again = number > 1 and _ending(load, number - 1) is not None
    cold = number == 1 or again
    before = _init(load, "init" if _taken(load, number - 1) else "invoke") if again else []
    return Invocation(
        request_id,
        before=tuple(before),
        events=(_event("platform.start", requestId=request_id, version="$LATEST"), *_lines(load, number, request_id))
        + ((_runtime_done(load, number, request_id),) if not _managed(load) else ()),
        after=(
            *_large_lines(load, number),
            _report(load, number, request_id, cold=cold),
        ),
        ending=ending,
    )


def _ending(load: Load, number: int) -> Ending | None:
    if _nth(load.timeout_every, number):
        return "timeout"
    if _nth(load.crash_every, number):
        return "failure"
    return "taken" if _taken(load, number) else None


def _taken(load: Load, number: int) -> bool:
    return _nth(load.kill_every, number)


def _nth(every: int, number: int) -> bool:
    return every > 0 and number % every == 0


def _managed(load: Load) -> bool:
    return load.initialization_type == "lambda-managed-instances"


def _init(load: Load, phase: str) -> list[object]:
    kind = load.initialization_type
    common = {"initializationType": kind, "phase": phase}
    events: list[object] = [
        _event("platform.initStart", **common, runtimeVersion="python:3.13.v61", functionVersion="$LATEST"),
        _event("platform.initRuntimeDone", **common, status="success"),
        _event("platform.initReport", **common, status="success", metrics={"durationMs": 240.65}),
    ]
    if kind == "snap-start" and phase == "init":
        events += [
            _event("platform.restoreStart", runtimeVersion="python:3.13.v61", functionVersion="1"),
            _event("platform.restoreRuntimeDone", status="success"),
            _event("platform.restoreReport", status="success", metrics={"durationMs": 395.27}),
        ]
    return events


def _lines(load: Load, number: int, request_id: str) -> list[object]:
    lines = [f"[INFO]\t{_TIME}\t{request_id}\tline {line} of {number} ".ljust(load.line_bytes - 1, ".") + "\n"
             for line in range(load.log_lines)]  # fmt: skip
    return [_printed(line) for line in lines]


def _large_lines(load: Load, number: int) -> tuple[object, ...]:
    """Return a line that is split over two posts, late enough that the report is in the second one."""
    return (_printed("x" * _LARGE),) if _nth(load.large_every, number) else ()


def _printed(line: str) -> object:
    return {"time": _TIME, "type": "function", "record": line}


def _outcome(load: Load, number: int) -> dict[str, Any]:
    ending = _ending(load, number)
    if ending == "timeout":
        return {"status": "timeout"}
    if ending == "failure":
        return {"status": "error", "errorType": "Runtime.ExitError"}
    if _nth(load.error_every, number):
        return {"status": "error", "errorType": "Function.ResponseSizeTooLarge"}
    return {"status": "success"}


def _duration_ms(load: Load, number: int) -> float:
    return round(load.duration_ms * (1 + number % 11 / 100), 2)


def _runtime_done(load: Load, number: int, request_id: str) -> object:
    milliseconds = _duration_ms(load, number)
    spans = [
        {"name": "responseLatency", "start": _TIME, "durationMs": round(milliseconds * 0.9, 2)},
        {"name": "responseDuration", "start": _TIME, "durationMs": 0.08},
        {"name": "runtimeOverhead", "start": _TIME, "durationMs": 0.61},
    ]
    metrics = {"durationMs": milliseconds, "producedBytes": 128}
    return _event("platform.runtimeDone", requestId=request_id, **_outcome(load, number), metrics=metrics, spans=spans)


def _report(load: Load, number: int, request_id: str, *, cold: bool) -> object:
    milliseconds = round(_duration_ms(load, number) + _OVERHEAD_MS, 2)
    metrics: dict[str, float] = {"durationMs": milliseconds}
    if not _managed(load):
        metrics |= {
            "billedDurationMs": ceil(milliseconds + (240.65 if cold else 0)),
            "memorySizeMB": _MEMORY_MB,
            "maxMemoryUsedMB": min(_MEMORY_MB, 60 + number % 50),
        }
        metrics |= {"initDurationMs": 240.65} if cold else {}
    return _event("platform.report", requestId=request_id, **_outcome(load, number), metrics=metrics)


def _event(kind: str, **record: object) -> dict[str, object]:
    return {"time": _TIME, "type": kind, "record": record}
