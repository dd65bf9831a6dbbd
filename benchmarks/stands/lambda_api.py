"""Lambda's Extensions and Telemetry APIs for one extension: answer at once, and record the times of requests.

They do less than `telemap_lambda.sandbox`, so that their own work does not affect the measurement. Like Lambda's, they
keep connections.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Self

_DEADLINE_SECONDS = 60.0
_CLOCK_OF_PROCESS = 2  # CPUCLOCK_SCHED, of which clock_getcpuclockid(3) makes a clock's number
_REGISTER = "/2020-01-01/extension/register"
_SUBSCRIBE = "/2022-07-01/telemetry"
_NEXT = "/2020-01-01/extension/event/next"
_ANSWER = b'{"functionName":"bench","functionVersion":"$LATEST","handler":"app.handler"}'


@dataclass(frozen=True)
class Start:
    """A start of an extension.

    Attributes:
        register_seconds: time from the start to the registration.
        subscribe_seconds: time from the start to the subscription.
        ready_seconds: time from the start to the request for the first event.
        peak_bytes: peak resident memory until then.
        resident_bytes: resident memory then.
        cpu_seconds: CPU time until then.
        output: output until then.
    """

    register_seconds: float
    subscribe_seconds: float
    ready_seconds: float
    peak_bytes: int
    resident_bytes: int
    cpu_seconds: float
    output: str


def start(command: Sequence[str], environment: Mapping[str, str]) -> Start:
    """Start an extension, measure it when it asks for its first event, and kill it.

    Args:
        command: the command that Lambda would start.
        environment: its variables, except `AWS_LAMBDA_RUNTIME_API`.

    Raises:
        RuntimeError: the extension did not ask for its first event.
    """
    with running(command, environment) as extension:
        return extension.start


class Extension:
    """An extension that has asked for its first event.

    Attributes:
        start: how it started.
    """

    def __init__(self, start: Start, process_id: int, api: _Api) -> None:
        self.start = start
        self._process_id = process_id
        self._api = api
        self._posting: socket.socket | None = None

    @property
    def cpu_seconds(self) -> float:
        """The CPU time used so far."""
        return time.clock_gettime((~self._process_id << 3) | _CLOCK_OF_PROCESS)

    def invoke(self, request_id: str) -> None:
        """Send INVOKE, and wait until the extension asks for the next event."""
        event = {"eventType": "INVOKE", "requestId": request_id, "deadlineMs": int(time.time() * 1000) + 60_000}
        self._api.answer(json.dumps(event).encode())
        self._api.receive()

    def post(self, events: Sequence[object], *, keeps: bool = True) -> None:
        """Post telemetry, and wait for the answer.

        Args:
            events: the events.
            keeps: whether to keep the connection for the next post.
        """
        if self._posting is None:
            self._posting = socket.create_connection(("127.0.0.1", self._api.subscribed_port))
            self._posting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._posting.settimeout(_DEADLINE_SECONDS)
        body = json.dumps(events).encode()
        self._posting.sendall(
            b"POST %s HTTP/1.1\r\nHost: sandbox.localdomain:%d\r\nUser-Agent: Go-http-client/1.1\r\n"
            b"Content-Length: %d\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n%s"
            % (self._api.subscribed_path, self._api.subscribed_port, len(body), body)
        )
        if not _more(self._posting).startswith(b"HTTP/1.1 200 "):
            raise RuntimeError("the extension refused a post")
        if not keeps:
            self._posting.close()
            self._posting = None


@contextlib.contextmanager
def running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Extension]:
    """Run an extension for the duration of a context, from its request for the first event on. See `start`."""
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryFile() as output, _Api(listener) as api:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            env={**environment, "AWS_LAMBDA_RUNTIME_API": address},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            times = _serve(api)
            usage = _usage(process.pid)
            register, subscribe, ready = (times[path] - began for path in (_REGISTER, _SUBSCRIBE, _NEXT))
            yield Extension(Start(register, subscribe, ready, *usage, _written(output)), process.pid, api)
        except (RuntimeError, TimeoutError) as error:
            raise RuntimeError(f"{error}; it wrote: {_written(output)}") from error
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _written(output: IO[bytes]) -> str:
    output.seek(0)
    return output.read().decode(errors="replace")


def _serve(api: _Api) -> dict[str, float]:
    """Answer requests until the one for the first event; return the time of each."""
    times: dict[str, float] = {}
    while True:
        try:
            path, at = api.receive()
        except TimeoutError:
            raise RuntimeError(f"the extension did not ask for its first event, only for {sorted(times)}") from None
        times[path] = at
        if path == _NEXT:
            return times
        api.answer(_ANSWER)


class _Api:
    """The server of the APIs, which handles one request at a time.

    Attributes:
        subscribed_port: the port that telemetry goes to.
        subscribed_path: the path that telemetry goes to.
    """

    def __init__(self, listener: socket.socket) -> None:
        self.subscribed_port = 0
        self.subscribed_path = b"/"
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)
        self._asking: socket.socket | None = None
        self._closes = False

    def receive(self) -> tuple[str, float]:
        """Wait for a request; return its path and the time at which it began to arrive.

        Raises:
            TimeoutError: none came.
        """
        while True:
            found = self._selector.select(_DEADLINE_SECONDS)
            if not found:
                raise TimeoutError
            for key, _ in found:
                connection = key.fileobj
                assert isinstance(connection, socket.socket)  # noqa: S101 - nothing else is registered
                if connection is self._listener:
                    accepted, _ = self._listener.accept()
                    accepted.settimeout(_DEADLINE_SECONDS)
                    accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._selector.register(accepted, selectors.EVENT_READ)
                    continue
                at = time.perf_counter()
                path = self._read(connection)
                if path:
                    return path, at

    def answer(self, body: bytes) -> None:
        """Answer the last request."""
        assert self._asking is not None  # noqa: S101 - there was a request
        self._asking.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s"
            b"Lambda-Extension-Identifier: 0c1f2e3d-0000-4000-8000-000000000000\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (b"Connection: close\r\n" * self._closes, len(body), body)
        )
        if self._closes:
            self._forget(self._asking)

    def _read(self, connection: socket.socket) -> str:
        """Read a request; return its path, or nothing if the client has left."""
        data = connection.recv(65536)
        if not data:
            self._forget(connection)
            return ""
        while b"\r\n\r\n" not in data:
            data += _more(connection)
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        lengths = [line.split(b":")[1] for line in lines if line.startswith(b"content-length:")]
        while lengths and len(body) < int(lengths[0]):
            body += _more(connection)
        self._asking = connection
        self._closes = b"connection: close" in lines
        path = head.split()[1].decode()
        if path == _SUBSCRIBE:
            place = urlsplit(json.loads(body)["destination"]["URI"])
            self.subscribed_port, self.subscribed_path = place.port or 80, place.path.encode() or b"/"
        return path

    def _forget(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for key in list(self._selector.get_map().values()):
            if key.fileobj is not self._listener:
                assert isinstance(key.fileobj, socket.socket)  # noqa: S101 - nothing else is registered
                key.fileobj.close()
        self._selector.close()


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise RuntimeError("the extension closed the connection during a request")
    return data


def _usage(process_id: int) -> tuple[int, int, float]:
    """Return peak and resident memory in bytes (proc(5)), and CPU seconds."""
    lines = Path(f"/proc/{process_id}/status").read_text(encoding="ascii", errors="replace").splitlines()
    kib = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines) if "kB" in rest}
    return kib["VmHWM"] * 1024, kib["VmRSS"] * 1024, time.clock_gettime((~process_id << 3) | _CLOCK_OF_PROCESS)
