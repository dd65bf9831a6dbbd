"""Lambda's Extensions and Telemetry APIs for a single start: answer at once, and record the times of requests.

It does less than `telemap_lambda.sandbox`, so that its own work does not affect the measurement.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryFile() as output:
        listener.settimeout(_DEADLINE_SECONDS)
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
            times = _serve(listener)
            usage = _usage(process.pid)
        except (RuntimeError, TimeoutError) as error:
            raise RuntimeError(f"{error}; it wrote: {_written(output)}") from error
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        register, subscribe, ready = (times[path] - began for path in (_REGISTER, _SUBSCRIBE, _NEXT))
        return Start(register, subscribe, ready, *usage, _written(output))


def _written(output: IO[bytes]) -> str:
    output.seek(0)
    return output.read().decode(errors="replace")


def _serve(listener: socket.socket) -> dict[str, float]:
    """Answer requests until the one for the first event; return the time of each."""
    times: dict[str, float] = {}
    while _NEXT not in times:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            raise RuntimeError(f"the extension did not ask for its first event, only for {sorted(times)}") from None
        with connection:
            at = time.perf_counter()
            times[_read(connection)] = at
            if _NEXT not in times:
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                    b"Lambda-Extension-Identifier: 0c1f2e3d-0000-4000-8000-000000000000\r\n"
                    b"Content-Length: %d\r\n\r\n%s" % (len(_ANSWER), _ANSWER)
                )
    return times


def _read(connection: socket.socket) -> str:
    """Read a request; return its path."""
    connection.settimeout(_DEADLINE_SECONDS)
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]):
        body += _more(connection)
    return head.split()[1].decode()


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
