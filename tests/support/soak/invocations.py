"""Invocations of a busy function without end: most go well, some log, some fail, some log more than a post may hold."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any

from telemap_lambda.sandbox import Invocation

if TYPE_CHECKING:
    from telemap_lambda.sandbox.recording import Ending

MAPPING = """
version: 1
include: [telemap:platform, telemap:logs]
metrics:
  requests_total:
    type: counter
    help: Requests, by an id that never comes twice.
    from: platform.report
    labels: {request: $.record.requestId}
    series_limit: 100
  customers_total:
    type: counter
    help: Lines, by the customer that they name; there are more of them than are kept.
    from: function
    parse: {regex: 'customer=(?P<customer>\\w+)'}
    labels: {customer: {path: $.record.customer, max_values: 20}}
"""
LINES = "function"
"""What `Invocations.emitted` counts log lines as."""

TORN_BYTES = 20_000
"""A record longer than this is cut over several posts; `Invocations` has some of 30,000."""

_NOW = "2026-03-02T08:14:09.117Z"
"""Any time: the sandbox sets the time at which it emits an event."""

_STATUSES = ("success",) * 18 + ("error", "failure")
_TRACEBACK = (
    "[ERROR] KeyError: 'id'\nTraceback (most recent call last):\n  File \"/var/task/app.py\", line 3, in handler\n"
)


class Invocations:
    """Makes invocations, each another one.

    Args:
        seed: draws them.

    Attributes:
        emitted: how many reports of each status, and lines, there were in all of them.
    """

    def __init__(self, seed: int) -> None:
        self.emitted: Counter[str] = Counter()
        self._draw = random.Random(seed)  # noqa: S311 - the same at each run

    def init(self) -> tuple[object, ...]:
        """Return the events of an initialisation."""
        init = {"initializationType": "on-demand", "phase": "init"}
        return (
            _event("platform.initStart", **init, functionName="soaked", functionVersion="$LATEST"),
            _event("platform.initRuntimeDone", **init, status="success"),
            _event("platform.initReport", **init, status="success", metrics={"durationMs": 104.5}),
        )

    def make(self, ending: Ending | None = None, *, first: bool = False) -> Invocation:
        """Make an invocation of at most 1 ms.

        Args:
            ending: how the process ends with it, if it does.
            first: whether it is the first after the process before was ended.
        """
        identity = {"requestId": str(uuid.UUID(int=self._draw.getrandbits(128)))}
        status = ending if ending == "timeout" else self._draw.choice(_STATUSES)
        duration = round(self._draw.random(), 2)
        lines = [_event("function", record=self._line()) for _ in range(self._draw.choice((0, 0, 1, 3)))]
        done = {**identity, "status": status, "metrics": {"durationMs": duration, "producedBytes": 211}}
        memory = {"memorySizeMB": 128, "maxMemoryUsedMB": 66}
        report = {**identity, "status": status, "metrics": {"durationMs": duration, "billedDurationMs": 1, **memory}}
        self.emitted.update({status: 1, LINES: len(lines)})
        return Invocation(
            identity["requestId"],
            before=self.init() if first else (),
            events=(
                _event("platform.start", **identity, version="$LATEST"),
                *lines,
                _event("platform.runtimeDone", **done),
            ),
            after=(_event("platform.report", **report),),
            ending=ending,
        )

    def _line(self) -> Any:
        kind = self._draw.random()
        if kind < 0.02:
            return "parcel " * (30_000 // len("parcel ")) + "\n"
        if kind < 0.1:
            return _TRACEBACK
        if kind < 0.3:
            return {"level": "INFO", "message": "order placed", "requestId": str(self._draw.random())}
        return f"[INFO]\tcustomer=c{self._draw.randrange(10**9)} \N{PACKAGE} placed\n"


def _event(kind: str, record: Any = None, **fields: Any) -> object:
    return {"time": _NOW, "type": kind, "record": fields if record is None else record}
