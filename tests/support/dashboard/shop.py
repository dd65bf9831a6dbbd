"""The functions of a shop: what each sandbox of theirs reports, drawn by chance."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telemap_lambda.sandbox import Invocation, Recording

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

NOW = "2026-03-02T08:14:09.117Z"
"""Any time: the sandbox sets the time at which it emits an event."""

ENDINGS = {"timeout": "timeout", "Runtime.OutOfMemory": "failure", "Runtime.ExitError": "failure"}


@dataclass(frozen=True)
class Function:
    """A function, and how it fares.

    Attributes:
        duration_ms: of a usual invocation.
        memory_mb: what it has.
        init_ms: of a usual initialisation.
        troubles: the share of its invocations that ends in each: `timeout`, or an error type.
        kind: its initialisation type.
        mapping: the name of a shipped mapping, or the text of its own.
        settings: variables beside those that name the gateway and the mapping.
    """

    name: str
    duration_ms: float
    memory_mb: int = 256
    init_ms: float = 240.0
    troubles: Mapping[str, float] = field(default_factory=dict)
    kind: str = "on-demand"
    mapping: str = "telemap:platform"
    settings: Mapping[str, str] = field(default_factory=dict)


def life(function: Function, invocations: int, chance: random.Random, *extra: object) -> Recording:
    """Draw a life of a sandbox.

    Args:
        function: whose it is.
        invocations: how many it has.
        chance: draws it.
        extra: events in its first invocation.
    """
    drawn: list[Invocation] = []
    for _ in range(invocations):
        again = bool(drawn) and drawn[-1].ending is not None
        before = _init(function, chance, phase="invoke") if again else ()
        drawn.append(_invocation(function, chance, before, () if drawn else extra))
    return Recording(init=_init(function, chance, phase="init"), invocations=drawn, initialization_type=function.kind)


def event(kind: str, **record: Any) -> object:
    """Make an event."""
    return {"time": NOW, "type": kind, "record": record}


def _init(function: Function, chance: random.Random, *, phase: str) -> tuple[object, ...]:
    common = {"initializationType": function.kind, "phase": phase}
    took = {"durationMs": round(function.init_ms * chance.lognormvariate(0, 0.3), 2)}
    events = [
        event("platform.initStart", **common, runtimeVersion="python:3.13.v61", instanceMaxMemory=function.memory_mb),
        event("platform.initRuntimeDone", **common, status="success"),
        event("platform.initReport", **common, status="success", metrics=took),
    ]
    if function.kind == "snap-start" and phase == "init":
        restored = {"durationMs": round(chance.uniform(180, 420), 2)}
        events += [
            event("platform.restoreStart", runtimeVersion="python:3.13.v61", instanceMaxMemory=function.memory_mb),
            event("platform.restoreRuntimeDone", status="success"),
            event("platform.restoreReport", status="success", metrics=restored),
        ]
    return tuple(events)


def _invocation(
    function: Function, chance: random.Random, before: tuple[object, ...], extra: tuple[object, ...]
) -> Invocation:
    trouble = _trouble(function, chance)
    request = {"requestId": str(uuid.UUID(int=chance.getrandbits(128)))}
    outcome = _outcome(trouble)
    took = function.duration_ms * chance.lognormvariate(0, 0.45) * (12 if trouble == "timeout" else 1)
    phases = _spans(took) if trouble is None else []
    done = {"durationMs": round(took, 2), "producedBytes": chance.randint(200, 9000)}
    return Invocation(
        request["requestId"],
        before=before,
        events=(
            event("platform.start", **request, version="$LATEST"),
            *extra,
            event("platform.runtimeDone", **request, **outcome, metrics=done, spans=phases),
        ),
        after=(_report(function, chance, trouble, request | outcome, took),),
        ending=_ending(trouble),
    )


def _report(
    function: Function, chance: random.Random, trouble: str | None, record: Mapping[str, Any], took: float
) -> object:
    full = trouble == "Runtime.OutOfMemory"
    metrics = {
        "durationMs": round(took + 2.5, 2),
        "billedDurationMs": int(took + 3.5),
        "memorySizeMB": function.memory_mb,
        "maxMemoryUsedMB": function.memory_mb if full else int(function.memory_mb * chance.uniform(0.35, 0.7)),
    }
    overhead = [{"name": "extensionOverhead", "start": NOW, "durationMs": 2.5}] if trouble is None else []
    return event("platform.report", **record, metrics=metrics, spans=overhead)


def _trouble(function: Function, chance: random.Random) -> str | None:
    kinds = list(function.troubles)
    weights = list(function.troubles.values())
    [drawn] = chance.choices([None, *kinds], [1 - sum(weights), *weights])
    return drawn


def _outcome(trouble: str | None) -> dict[str, str]:
    if trouble is None:
        return {"status": "success"}
    return {"status": "timeout"} if trouble == "timeout" else {"status": "error", "errorType": trouble}


def _ending(trouble: str | None) -> Any:
    return ENDINGS.get(trouble or "")


def _spans(took: float) -> list[dict[str, Any]]:
    parts = {"responseLatency": 0.9 * took, "responseDuration": 0.04 * took, "runtimeOverhead": 0.06 * took}
    return [{"name": name, "start": NOW, "durationMs": round(each, 3)} for name, each in parts.items()]
