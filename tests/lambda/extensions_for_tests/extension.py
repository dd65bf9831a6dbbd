"""An extension whose manners are set by its environment, and which prints what it sees, a JSON object a line."""

import json
import os
import re
import sys
import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
MANNERS: dict[str, Any] = json.loads(os.environ.get("MANNERS", "{}"))


def say(**seen: Any) -> None:
    sys.stdout.write(json.dumps({**seen, "at": time.monotonic()}) + "\n")
    sys.stdout.flush()


class Reports:
    """Counts the invocations whose reports have come, by posts that are answered."""

    def __init__(self) -> None:
        self._text = ""
        self._came = threading.Condition()

    def take(self, post: str) -> None:
        with self._came:
            self._text += post
            self._came.notify_all()

    def wait_for(self, count: int, seconds: float) -> None:
        """Wait for reports, and for one post at least."""
        pattern = r'"platform\.report".*?"requestId":"([^"]+)"'
        with self._came:
            self._came.wait_for(lambda: self._text and len(set(re.findall(pattern, self._text))) >= count, seconds)


REPORTS = Reports()


class Listener(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        refuse = MANNERS.get("refuse_posts", 0) > 0
        if refuse:
            MANNERS["refuse_posts"] -= 1
        else:
            say(post=body.decode(), path=self.path)
        self.send_response(500 if refuse else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if not refuse:
            REPORTS.take(body.decode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class names it)
        pass


def call(method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, str], Any]:
    connection = HTTPConnection(API)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, json.dumps(body), named)
    response = connection.getresponse()
    told = json.loads(response.read())
    connection.close()
    return response.status, dict(response.getheaders()), told


def subscribe(identifier: str, port: int) -> None:
    for schema in MANNERS.get("schemas", ["2022-12-13"]):
        asked = {
            "schemaVersion": schema,
            "types": MANNERS.get("types", ["platform", "function"]),
            "buffering": {"maxItems": 1000, "maxBytes": 262144, "timeoutMs": 25},
            "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{port}/telemetry"},
            **MANNERS.get("subscription", {}),
        }
        status, _, told = call("PUT", "/2022-07-01/telemetry", asked, Lambda_Extension_Identifier=identifier)
        say(subscribed=status, told=told, schema=schema)
        if status != 400:
            return


def register() -> str:
    name = {"Lambda_Extension_Name": "telemap", "Lambda_Extension_Accept_Feature": "accountId"}
    for events in MANNERS.get("events", [["INVOKE", "SHUTDOWN"]]):
        status, headers, told = call("POST", "/2020-01-01/extension/register", {"events": events}, **name)
        say(registered=status, told=told)
        if status == 200:
            return headers["Lambda-Extension-Identifier"]
    sys.exit(4)


def spin(seconds: float) -> None:
    """Take so much CPU time."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def main() -> None:
    time.sleep(MANNERS.get("late", 0))
    spin(MANNERS.get("busy", 0))
    threading.Thread(target=spin, args=(MANNERS.get("busy_beside", 0),), daemon=True).start()
    say(environment=dict(os.environ), folder=str(Path.cwd()), session=os.getsid(0) == os.getpid())
    listener = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    identifier = register()
    subscribe(identifier, listener.server_port)
    if "init_error" in MANNERS:
        path = "/2020-01-01/extension/init/error"
        headers = {"Lambda_Extension_Function_Error_Type": MANNERS["init_error"]}
        call("POST", path, {}, Lambda_Extension_Identifier=identifier, **headers)
    invoked = 0
    while True:
        event = call("GET", "/2020-01-01/extension/event/next", Lambda_Extension_Identifier=identifier)[2]
        say(event=event)
        if event["eventType"] == "SHUTDOWN":
            REPORTS.wait_for(MANNERS.get("reports", invoked), MANNERS.get("reported", 0))
            time.sleep(MANNERS.get("linger", 0.05))
            sys.exit(0)
        if MANNERS.get("slow_to_ask"):  # so that an invocation lasts until the report of the one before has come
            REPORTS.wait_for(invoked, MANNERS["reported"])
        invoked += 1
        if event["requestId"] == MANNERS.get("crash_at"):
            sys.exit(3)
        time.sleep(MANNERS.get("hold", 0))


main()
