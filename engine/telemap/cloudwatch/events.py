"""Write the events that the Telemetry API would have sent for the messages of a log."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from telemap.cloudwatch.platform_lines import PlatformLine, number, platform_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from telemap.cloudwatch.messages import Message

Event = dict[str, Any]

_BEGINNING_OF_TYPE: Final = "platform."

_OLD_SUBSCRIPTION: Final = "platform.logsSubscription"
"""Of the Logs API, which the Telemetry API has replaced."""


@dataclass
class _Sandbox:
    """What is known of the sandbox that writes to a log stream.

    Attributes:
        init: the record of `platform.initStart`, until it is known how the initialisation ended.
        place: where `platform.initReport` belongs, if a report tells the duration; None if there was no request yet.
    """

    init: dict[str, Any] | None = None
    place: int | None = None


class EventWriter:
    """Writes events.

    Args:
        messages: in the order of time.
    """

    def __init__(self, messages: Sequence[Message]) -> None:
        self._messages = messages
        self._lines = [platform_line(message.text) for message in messages]
        self._values = [message.json_object() for message in messages]
        self._is_json = any(map(_is_platform_event, self._values))
        self._events: list[Event | None] = []
        self._sandboxes: defaultdict[str, _Sandbox] = defaultdict(_Sandbox)
        self._records: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self._ended: dict[str, dict[str, Any]] = {}
        self._faults: dict[str, dict[str, str]] = {}
        self._finished = {line.request for line in self._lines if line is not None and line.kind in {"END", "REPORT"}}
        self._has_init = False
        self._left_out = 0
        kinds = {line.kind for line in self._lines if line is not None}
        self._other_init = "snap-start" if kinds & {"RESTORE_START", "RESTORE_REPORT"} else "provisioned-concurrency"
        self._writers: dict[str, Callable[[PlatformLine, Message], None]] = {
            "START": self._start,
            "END": self._end,
            "REPORT": self._report,
            "INIT_START": self._init_start,
            "INIT_REPORT": self._init_report,
            "RESTORE_START": self._restore_start,
            "RESTORE_REPORT": self._restore_report,
            "EXTENSION": self._extension,
            "TELEMETRY": self._subscription,
            "LOGS": self._subscription,
            "FAULT": self._fault,
        }

    def events(self) -> list[Event]:
        """Return the events; called once."""
        for message, line, value in zip(self._messages, self._lines, self._values, strict=True):
            if line is not None:
                self._writers[line.kind](line, message)
            elif value is not None and _is_platform_event(value):
                self._events.append(value)
            else:
                self._add("function", message, value if self._is_json and value is not None else message.line())
        for request, fault in self._faults.items():
            for record in self._records[request]:
                if record["status"] == "success":
                    record.update(fault)
        return [event for event in self._events if event is not None]

    def notes(self) -> list[str]:
        """Return what had to be assumed, and what was left out, in sentences without a full stop."""
        notes = []
        if self._has_init:
            notes.append("A log does not tell the type of an initialisation: on-demand is assumed")
        if self._left_out:
            notes.append(f"Lines about failures are left out ({self._left_out}): events have a status instead")
        return notes

    def _add(self, type_: str, message: Message, record: Any) -> None:
        time = {"time": message.time} if message.time else {}
        self._events.append({**time, "type": type_, "record": record})

    def _start(self, line: PlatformLine, message: Message) -> None:
        sandbox = self._sandboxes[message.stream]
        if sandbox.init is not None and sandbox.place is None:
            sandbox.place = len(self._events)
            self._events.append(None)
        version = {"version": line.fields["version"]} if "version" in line.fields else {}
        self._add("platform.start", message, {"requestId": line.request, **version})

    def _end(self, line: PlatformLine, message: Message) -> None:
        record: dict[str, Any] = {"requestId": line.request, "status": "success"}
        self._records[line.request].append(record)
        self._ended[line.request] = record
        self._add("platform.runtimeDone", message, record)

    def _report(self, line: PlatformLine, message: Message) -> None:
        sandbox = self._sandboxes[message.stream]
        outcome = line.outcome()
        metrics = line.metrics()
        if sandbox.init is not None and sandbox.place is not None and "initDurationMs" in metrics:
            self._write_init_report(sandbox.init, sandbox.place, metrics["initDurationMs"])
            sandbox.init = sandbox.place = None
        tracing = line.tracing()
        record = {"requestId": line.request, **outcome, "metrics": metrics, **({"tracing": tracing} if tracing else {})}
        self._ended.pop(line.request, {}).update(outcome)
        self._records[line.request].append(record)
        self._add("platform.report", message, record)

    def _write_init_report(self, init: dict[str, Any], place: int, duration: float) -> None:
        """Write the report of an initialisation, which a log in the text format has only if it fails.

        Args:
            init: the record of `platform.initStart`.
            place: where the event belongs: before that of the request that waited for it.
            duration: milliseconds.
        """
        kind = {name: init[name] for name in ("initializationType", "phase")}
        record = {**kind, "status": "success", "metrics": {"durationMs": duration}}
        start = self._events[place + 1] or {}
        self._events[place] = {**start, "type": "platform.initReport", "record": record}

    def _init_start(self, line: PlatformLine, message: Message) -> None:
        self._has_init = True
        record = {"initializationType": "on-demand", "phase": "init", **_runtime(line), **_version(message.stream)}
        self._sandboxes[message.stream] = _Sandbox(record)
        self._add("platform.initStart", message, record)

    def _init_report(self, line: PlatformLine, message: Message) -> None:
        """Write the report of an initialisation: one of an on-demand sandbox is in the log only if it fails."""
        outcome = line.outcome()
        kind = {
            "initializationType": self._other_init if outcome["status"] == "success" else "on-demand",
            "phase": line.fields.get("Phase", "init"),
        }
        sandbox = self._sandboxes[message.stream]
        if sandbox.init is not None:
            sandbox.init |= kind
            sandbox.init = sandbox.place = None
        metrics = {"durationMs": number(line.fields["Init Duration"])}
        self._add("platform.initReport", message, {**kind, **outcome, "metrics": metrics})

    def _restore_start(self, line: PlatformLine, message: Message) -> None:
        self._add("platform.restoreStart", message, {**_version(message.stream), **_runtime(line)})

    def _restore_report(self, line: PlatformLine, message: Message) -> None:
        metrics = {"durationMs": number(line.fields["Restore Duration"])}
        self._add("platform.restoreReport", message, {**line.outcome(), "metrics": metrics})

    def _extension(self, line: PlatformLine, message: Message) -> None:
        error = {"errorType": line.fields["Error Type"]} if "Error Type" in line.fields else {}
        record = {"name": line.fields["name"], "state": line.fields["state"], "events": line.items, **error}
        self._add("platform.extension", message, record)

    def _subscription(self, line: PlatformLine, message: Message) -> None:
        types = [item.lower() for item in line.items]
        record = {"name": line.fields["name"], "state": line.fields["state"], "types": types}
        self._add("platform.telemetrySubscription" if line.kind == "TELEMETRY" else _OLD_SUBSCRIPTION, message, record)

    def _fault(self, line: PlatformLine, message: Message) -> None:
        if line.request not in self._finished:
            self._add("function", message, message.text)
            return
        self._left_out += 1
        self._faults.setdefault(line.request, line.outcome())


def _runtime(line: PlatformLine) -> dict[str, str]:
    names = {"runtimeVersion": "Runtime Version", "runtimeVersionArn": "Runtime Version ARN"}
    return {name: line.fields[field] for name, field in names.items() if field in line.fields}


def _version(stream: str) -> dict[str, str]:
    """Return the function's version, and its name if the stream has it: `2026/03/02/shop[$LATEST]0f2c...`."""
    before, bracket, rest = stream.rpartition("/")[2].partition("[")
    if not bracket:
        return {}
    return ({"functionName": before} if before else {}) | {"functionVersion": rest.partition("]")[0]}


def _is_platform_event(value: dict[str, Any] | None) -> bool:
    """Return whether a value is an event already: a system log in Lambda's JSON log format."""
    if value is None or "record" not in value:
        return False
    type_ = value.get("type")
    return isinstance(type_, str) and type_.startswith(_BEGINNING_OF_TYPE)
