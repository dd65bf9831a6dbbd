"""An extension written like AWS's samples: it first imports boto3, requests and prometheus_client.

With `AUTH_SECRET`, it reads the gateway's credentials before its first event.
"""

import http.server
import json
import os
import threading

import boto3
import prometheus_client
import requests

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}"


class Listener(http.server.BaseHTTPRequestHandler):
    """Receives telemetry."""

    def do_POST(self) -> None:
        """Keep a batch."""
        batch = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        EVENTS.inc(len(batch))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing, because it would become telemetry itself."""


EVENTS = prometheus_client.Counter("events_total", "Events.")


def main() -> None:
    """Register, subscribe, and handle events."""
    answer = requests.post(
        f"{API}/2020-01-01/extension/register",
        json={"events": ["INVOKE", "SHUTDOWN"]},
        headers={"Lambda-Extension-Name": "telemap"},
        timeout=5,
    )
    headers = {"Lambda-Extension-Identifier": answer.headers["Lambda-Extension-Identifier"]}
    client = boto3.client("secretsmanager")
    if secret := os.environ.get("AUTH_SECRET"):
        client.get_secret_value(SecretId=secret)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    subscription = {
        "schemaVersion": "2022-12-13",
        "types": ["platform"],
        "buffering": {"maxItems": 1000, "maxBytes": 262144, "timeoutMs": 25},
        "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{server.server_port}"},
    }
    requests.put(f"{API}/2022-07-01/telemetry", json=subscription, headers=headers, timeout=5)
    while True:
        event = requests.get(f"{API}/2020-01-01/extension/event/next", headers=headers, timeout=None).json()  # noqa: S113
        if event["eventType"] == "SHUTDOWN":
            return


if __name__ == "__main__":
    main()
