#!/usr/bin/env python3
"""A small Lambda extension that counts telemetry and pushes the counts at SHUTDOWN, to test the emulator."""

import collections
import http.server
import json
import os
import threading
import urllib.error
import urllib.request
from typing import Any

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}"
COUNTS: collections.Counter[str] = collections.Counter()


def call(method: str, path: str, headers: dict[str, str], body: Any = None) -> tuple[int, str, Any]:
    """Call one of Lambda's APIs; return the status, the extension's identifier and the body."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(API + path, content, headers, method=method)  # noqa: S310 - http
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - http, to the emulator
            return answer.status, answer.headers["Lambda-Extension-Identifier"], json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, "", json.load(refusal)


class Listener(http.server.BaseHTTPRequestHandler):
    """Count telemetry by its type."""

    def do_POST(self) -> None:
        events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        COUNTS.update(event["type"] for event in events)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def register() -> dict[str, str]:
    """Register, only for SHUTDOWN if INVOKE is refused, and return the headers for further calls."""
    for events in (["INVOKE", "SHUTDOWN"], ["SHUTDOWN"]):
        name = {"Lambda-Extension-Name": "probe"}
        status, identifier, _ = call("POST", "/2020-01-01/extension/register", name, {"events": events})
        if status == 200:
            return {"Lambda-Extension-Identifier": identifier}
    raise SystemExit("cannot register")


def subscribe(identity: dict[str, str]) -> int:
    """Listen, subscribe to telemetry, and return the status of the answer."""
    server = http.server.HTTPServer(("0.0.0.0", 0), Listener)  # noqa: S104 - where Lambda delivers, and in its own namespace
    threading.Thread(target=server.serve_forever, daemon=True).start()
    subscription = {
        "schemaVersion": "2025-01-29",
        "types": ["platform", "function"],
        "buffering": {"maxItems": 1000, "maxBytes": 262144, "timeoutMs": 25},
        "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{server.server_port}"},
    }
    return call("PUT", "/2022-07-01/telemetry", identity, subscription)[0]


def push(labels: str) -> None:
    """Push the counts, and a series whose labels describe this life."""
    lines = [f'probe_events_total{{type="{name}"}} {count}\n' for name, count in sorted(COUNTS.items())]
    lines.append(f"probe_life{{{labels}}} 1\n")
    url = f"{os.environ['GATEWAY']}/metrics/job/probe"
    request = urllib.request.Request(url, "".join(lines).encode(), method="PUT")  # noqa: S310 - http
    urllib.request.urlopen(request).close()  # noqa: S310 - http, to the Pushgateway beside the emulator


def main() -> None:
    """Run the extension from registration to SHUTDOWN."""
    identity = register()
    subscribed = subscribe(identity)
    while True:
        _, _, event = call("GET", "/2020-01-01/extension/event/next", identity)
        COUNTS[event["eventType"]] += 1
        if event["eventType"] == "SHUTDOWN":
            reason = event["shutdownReason"]
            push(f'subscribed="{subscribed}",reason="{reason}",user="{os.getuid()}"')
            return


if __name__ == "__main__":
    main()
