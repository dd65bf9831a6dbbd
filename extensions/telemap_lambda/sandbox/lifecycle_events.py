"""The two events that `GET /event/next` returns to an extension."""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap_lambda.sandbox.recording import Invocation
    from telemap_lambda.sandbox.service import Function


def invoke_event(function: Function, invocation: Invocation, timeout_seconds: float) -> bytes:
    """Return an INVOKE event as JSON (Extensions API, "Next")."""
    trace = f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Sampled=0"
    return _encoded(
        eventType="INVOKE",
        deadlineMs=_deadline_ms(timeout_seconds),
        requestId=invocation.request_id,
        invokedFunctionArn=function.arn,
        tracing={"type": "X-Amzn-Trace-Id", "value": trace},
    )


def shutdown_event(reason: str, timeout_seconds: float) -> bytes:
    """Return a SHUTDOWN event as JSON (Extensions API, "Shutdown phase")."""
    return _encoded(eventType="SHUTDOWN", shutdownReason=reason, deadlineMs=_deadline_ms(timeout_seconds))


def _deadline_ms(timeout_seconds: float) -> int:
    return int((time.time() + timeout_seconds) * 1000)


def _encoded(**members: object) -> bytes:
    return json.dumps(members).encode()
