"""Telemetry for the benchmarks: five events per invocation, of about 340 bytes each, as in the Telemetry API."""

from __future__ import annotations

import random
import uuid
from typing import Any

_ROUTES = ("/orders", "/orders/{id}", "/carts", "/payments", "/health")
_CURRENCIES = ("EUR", "USD", "GBP")
_LEVELS = ("INFO", "INFO", "INFO", "WARNING", "ERROR")


def invocations(number: int, *, seed: int = 1, cold: bool = False) -> list[dict[str, Any]]:
    """Return the events of invocations; the same arguments yield the same events.

    Args:
        number: the number of invocations.
        seed: the seed of the random values.
        cold: whether the first invocation is a cold start.
    """
    random_ = random.Random(seed)  # noqa: S311 - nothing secret
    return [event for at in range(number) for event in _invocation(random_, cold=cold and not at)]


def _invocation(random_: random.Random, *, cold: bool) -> list[dict[str, Any]]:
    request = str(uuid.UUID(int=random_.getrandbits(128), version=4))
    duration = round(random_.lognormvariate(3.5, 0.8), 3)
    failed = random_.random() < 0.05
    status = {"status": "error", "errorType": "Runtime.ExitError"} if failed else {"status": "success"}
    return [
        _event("platform.start", {"requestId": request, "version": "$LATEST", "tracing": _tracing(random_)}),
        _event("function", _order(random_, request)),
        _event("function", _call(random_, request)),
        _event("platform.runtimeDone", {"requestId": request, **status, **_work(random_, duration)}),
        _event("platform.report", {"requestId": request, **status, **_report(random_, duration, cold=cold)}),
    ]


def _event(kind: str, record: dict[str, Any]) -> dict[str, Any]:
    return {"time": "2026-03-02T08:15:00.004Z", "type": kind, "record": record}


def _tracing(random_: random.Random) -> dict[str, str]:
    value = f"Root=1-69a54704-{random_.getrandbits(96):024x};Parent={random_.getrandbits(64):016x};Sampled=1"
    return {"spanId": f"{random_.getrandbits(64):016x}", "type": "X-Amzn-Trace-Id", "value": value}


def _order(random_: random.Random, request: str) -> dict[str, Any]:
    return {
        "timestamp": "2026-03-02T08:15:00Z",
        "level": random_.choice(_LEVELS),
        "message": "order placed",
        "logger": "shop.orders",
        "requestId": request,
        "event": "order_placed",
        "items": random_.randint(1, 5),
        "currency": random_.choice(_CURRENCIES),
    }


def _call(random_: random.Random, request: str) -> dict[str, Any]:
    return {
        "timestamp": "2026-03-02T08:15:00Z",
        "level": random_.choice(_LEVELS),
        "message": "request to another service",
        "logger": "shop.http",
        "requestId": request,
        "route": random_.choice(_ROUTES),
        "latency_ms": round(random_.lognormvariate(2.5, 1.0), 3),
    }


def _work(random_: random.Random, duration: float) -> dict[str, Any]:
    phases = zip(("responseLatency", "responseDuration", "runtimeOverhead"), (0.9, 0.02, 0.08), strict=True)
    spans = [
        {"name": name, "start": "2026-03-02T08:15:00.004Z", "durationMs": round(duration * part, 3)}
        for name, part in phases
    ]
    return {"metrics": {"durationMs": duration, "producedBytes": random_.randint(50, 50_000)}, "spans": spans}


def _report(random_: random.Random, duration: float, *, cold: bool) -> dict[str, Any]:
    overhead = {"name": "extensionOverhead", "start": "2026-03-02T08:15:00.013Z", "durationMs": 1.2}
    metrics = {
        "durationMs": round(duration + 1.2, 3),
        "billedDurationMs": int(duration) + 2,
        "memorySizeMB": 512,
        "maxMemoryUsedMB": random_.randint(80, 120),
    }
    return {"metrics": metrics | ({"initDurationMs": 187.25} if cold else {}), "spans": [overhead]}
