#!/usr/bin/env python3
"""A Lambda runtime in few lines, and its function, which does what its event says (see `Emulator.run`).

It becomes `/var/task/bootstrap`, so it uses nothing but the standard library.
"""

import json
import os
import time
import urllib.request
from typing import Any

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"


def handler(event: dict[str, Any]) -> dict[str, Any]:
    """Log, wait or fail, as the event says, and return the event."""
    if "log" in event:
        print(event["log"], flush=True)
    time.sleep(event.get("sleep_seconds", 0))
    if "error" in event:
        raise RuntimeError(event["error"])
    return event


def post(path: str, answer: dict[str, Any], headers: dict[str, str] | None = None) -> None:
    """Post the function's answer."""
    body = json.dumps(answer).encode()
    request = urllib.request.Request(f"{API}{path}", data=body, headers=headers or {}, method="POST")  # noqa: S310 - http
    urllib.request.urlopen(request).close()  # noqa: S310 - http, to the emulator


def main() -> None:
    """Take one event after the other, until Lambda ends this process."""
    while True:
        with urllib.request.urlopen(f"{API}/invocation/next") as invocation:  # noqa: S310 - http, from the emulator
            request_id = invocation.headers["Lambda-Runtime-Aws-Request-Id"]
            event = json.load(invocation)
        try:
            post(f"/invocation/{request_id}/response", handler(event))
        except RuntimeError as error:
            failure = {"errorMessage": str(error), "errorType": "RuntimeError"}
            headers = {"Lambda-Runtime-Function-Error-Type": "Function.RuntimeError"}
            post(f"/invocation/{request_id}/error", failure, headers)


if __name__ == "__main__":
    main()
