"""AWS's own runtime, `awslambdaric`, without a platform around it: what it logs as it invokes a function."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import uuid
from typing import TYPE_CHECKING, Any

from patience import PATIENCE_SECONDS
from servers.process import ServerError

from telemap_lambda.local_server import Answer, LocalHandler, LocalServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_NEXT = "/2018-06-01/runtime/invocation/next"
_HEAD_BYTES = 16
"""Of a frame: its type, its length in bytes, its time (awslambdaric/bootstrap.py, FramedTelemetryLogSink)."""

_IS_TEXT = 1
"""The bit of a frame's type that tells text from JSON."""


def records(function: Path, payloads: Sequence[Mapping[str, Any]], *, log_format: str) -> list[Any]:
    """Invoke the `handler` of a module, and give what the Telemetry API would have as records of its log.

    What the function prints is not among them: the platform reads that elsewhere.

    Args:
        function: the module.
        payloads: one an invocation.
        log_format: `Text` or `JSON`, as the function's configuration says.

    Raises:
        ServerError: the runtime did not answer all invocations.
    """
    platform = _Platform(payloads)
    with platform, tempfile.TemporaryFile() as log:
        variables = {
            "PATH": os.defpath,
            "PYTHONPATH": str(function.parent),
            "AWS_LAMBDA_RUNTIME_API": platform.address,
            "AWS_LAMBDA_LOG_FORMAT": log_format,
            "_LAMBDA_TELEMETRY_LOG_FD": str(log.fileno()),
        }
        runtime = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", f"{function.stem}.handler"],
            env=variables,
            stdout=subprocess.DEVNULL,
            pass_fds=[log.fileno()],
        )
        try:
            if not platform.done.wait(PATIENCE_SECONDS):
                raise ServerError("awslambdaric did not answer all invocations")
        finally:
            runtime.kill()
            runtime.wait()
        log.seek(0)
        return list(_records(log.read()))


def _records(log: bytes) -> Iterator[Any]:
    while log:
        kind, length = int.from_bytes(log[:4], "big"), int.from_bytes(log[4:8], "big")
        message, log = log[_HEAD_BYTES : _HEAD_BYTES + length].decode(), log[_HEAD_BYTES + length :]
        yield message if kind & _IS_TEXT else json.loads(message)


class _Platform(LocalServer):
    """Lambda's Runtime API, for some invocations."""

    def __init__(self, payloads: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(_Handler)
        self.payloads = list(payloads)
        self.done = threading.Event()

    def __enter__(self) -> _Platform:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Handler(LocalHandler):
    server: _Platform

    def answer(self, body: bytes) -> None:  # noqa: ARG002 - what functions answer is not looked at
        if self.path != _NEXT:
            self.respond(Answer(202, b'{"status":"OK"}'))
        elif self.server.payloads:
            headers = {
                "Lambda-Runtime-Aws-Request-Id": str(uuid.uuid4()),
                "Lambda-Runtime-Deadline-Ms": "4102444800000",
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:orders",
                "Content-Type": "application/json",
            }
            self.respond(Answer(200, json.dumps(self.server.payloads.pop(0)).encode(), headers))
        else:
            self.server.done.set()
            self.server.stopping.wait()  # as the platform does: there is no next one
            self.close_connection = True
