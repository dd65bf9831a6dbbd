"""Small lives of an execution environment, as telemetry."""

from __future__ import annotations

from telemap_lambda.sandbox import Recording

_TIME = "2026-03-02T08:14:09.117Z"


def event(kind: str, **record: object) -> dict[str, object]:
    """Return an event of the Telemetry API."""
    return {"time": _TIME, "type": kind, "record": record}


def log_line(kind: str, text: str) -> dict[str, object]:
    """Return a log event: `function` or `extension`."""
    return {"time": _TIME, "type": kind, "record": text}


def invocation(request_id: str, duration_ms: float = 5.0) -> list[dict[str, object]]:
    """Return the three events that each invocation has."""
    metrics = {"durationMs": duration_ms}
    return [
        event("platform.start", requestId=request_id),
        event("platform.runtimeDone", requestId=request_id, status="success", metrics=metrics),
        event("platform.report", requestId=request_id, status="success", metrics=metrics),
    ]


def life(*request_ids: str, duration_ms: float = 5.0) -> Recording:
    """Return a cold start and an invocation for each request id."""
    events = [event("platform.initStart", initializationType="on-demand")]
    for request_id in request_ids:
        events += invocation(request_id, duration_ms)
    return Recording.from_events(events)
