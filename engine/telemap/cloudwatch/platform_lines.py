r"""Read the lines that the platform writes into a log in the text format.

Sources: "Working with Lambda function logs", "Understand the Lambda execution environment lifecycle" and "Monitoring
for Lambda SnapStart" in AWS's developer guide, and logs that people have published. Fields are separated by tabs,
which become blanks when a log is copied:

    REPORT RequestId: 5a1b	Duration: 3.10 ms	Billed Duration: 546 ms	Memory Size: 128 MB	Max Memory Used: 95 MB
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

_REQUEST: Final = r"RequestId: (?P<request>[0-9A-Za-z-]+)"

_LINES: Final = {
    "START": re.compile(rf"START {_REQUEST}(?:\s+Version: (?P<version>\S+))?"),
    "END": re.compile(rf"END {_REQUEST}"),
    "REPORT": re.compile(rf"REPORT {_REQUEST}"),
    "INIT_START": re.compile(r"INIT_START\s+Runtime Version: "),
    "INIT_REPORT": re.compile(r"INIT_REPORT\s+Init Duration: "),
    "RESTORE_START": re.compile(r"RESTORE_START\s+Runtime Version: "),
    "RESTORE_REPORT": re.compile(r"RESTORE_REPORT\s+Restore Duration: "),
    "EXTENSION": re.compile(r"EXTENSION\s+Name: (?P<name>\S+)\s+State: (?P<state>\w+)"),
    "TELEMETRY": re.compile(r"TELEMETRY\s+Name: (?P<name>\S+)\s+State: (?P<state>\w+)"),
    "LOGS": re.compile(r"LOGS\s+Name: (?P<name>\S+)\s+State: (?P<state>\w+)"),
    "FAULT": re.compile(
        r"(?:\S+\s+)?(?P<timed_out>[0-9a-f-]{36}) Task timed out after [\d.]+ seconds"
        rf"|{_REQUEST} (?:Error: |Process exited)"
    ),
}
"""The lines by kind. A FAULT is no event of the Telemetry API, which tells it in the status of the report."""

_BEGINNING: Final = re.compile(r"[A-Z]{3,9}[\s_]|RequestId: |(?:\S{1,40}\s{1,4})?[0-9a-f-]{36} Task ")
"""What all of these lines begin with, and hardly another."""

_FIELD: Final = re.compile(
    r"(?<!\S)(?P<name>Billed Duration|Billed Restore Duration|Init Duration|Restore Duration|Duration"
    r"|Memory Size|Max Memory Used|Phase|Status|Error Type|Runtime Version ARN|Runtime Version"
    r"|XRAY TraceId|SegmentId|Sampled)"
    r": (?P<value>\S+)"
)

_LIST: Final = re.compile(r"(?:Events|Types): \[(?P<items>[^\]]*)\]")

_ERROR_TYPE: Final = re.compile(r"^(?P<type>(?:Runtime|Function|Extension|Sandbox)\.\w+)\s*$", re.MULTILINE)

_NUMBER: Final = re.compile(r"[0-9]{1,15}(?P<fraction>\.[0-9]{1,15})?")

_METRICS: Final = {
    "Duration": "durationMs",
    "Billed Duration": "billedDurationMs",
    "Memory Size": "memorySizeMB",
    "Max Memory Used": "maxMemoryUsedMB",
    "Init Duration": "initDurationMs",
    "Restore Duration": "restoreDurationMs",
}
"""Fields of a report, and what they are called in `platform.report`."""


class PlatformLine(NamedTuple):
    """A line of the platform.

    Attributes:
        kind: one of `START`, `END`, `REPORT`, `INIT_START`, `INIT_REPORT`, `RESTORE_START`, `RESTORE_REPORT`,
            `EXTENSION`, `TELEMETRY`, `LOGS` and `FAULT`.
        request: the id of the request; empty for those that are about none.
        fields: its fields by name.
        items: the events or types of an extension.
    """

    kind: str
    request: str
    fields: dict[str, str]
    items: list[str]

    def metrics(self) -> dict[str, float]:
        """Return the metrics of a REPORT."""
        return {name: number(self.fields[field]) for field, name in _METRICS.items() if field in self.fields}

    def outcome(self) -> dict[str, str]:
        """Return `status`, and `errorType` if there is one."""
        found = {"status": self.fields.get("Status", "success")}
        return found | ({"errorType": self.fields["Error Type"]} if "Error Type" in self.fields else {})

    def tracing(self) -> dict[str, str]:
        """Return the trace of a request; empty if it was not traced."""
        if "XRAY TraceId" not in self.fields:
            return {}
        segment = self.fields.get("SegmentId", "")
        sampled = int(self.fields.get("Sampled") == "true")
        value = f"Root={self.fields['XRAY TraceId']};Parent={segment};Sampled={sampled}"
        return {"spanId": segment, "type": "X-Amzn-Trace-Id", "value": value}


def platform_line(text: str) -> PlatformLine | None:
    """Return the line of the platform that a message is; None if it is something else."""
    if not _BEGINNING.match(text):
        return None
    kind, match = next(((kind, found) for kind, regex in _LINES.items() if (found := regex.match(text))), ("", None))
    if match is None:
        return None
    groups: dict[str, Any] = match.groupdict()
    request = groups.pop("request", None) or groups.pop("timed_out", None) or ""
    fields = {found["name"]: found["value"] for found in _FIELD.finditer(text)}
    fields |= {name: value for name, value in groups.items() if value is not None}
    if kind == "FAULT":
        error = _ERROR_TYPE.search(text)
        fields = {"Status": "timeout"} if match["timed_out"] else {"Status": "error"}
        fields |= {"Error Type": error["type"]} if error else {}
    items = _LIST.search(text)
    return PlatformLine(kind, request, fields, re.findall(r"\w+", items["items"]) if items else [])


def number(text: str) -> float:
    """Return the number that a field begins with, whole if it is written so; 0 if there is none."""
    match = _NUMBER.match(text)
    if match is None:
        return 0
    return float(match[0]) if match["fraction"] else int(match[0])
