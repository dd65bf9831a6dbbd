"""A gateway for the demo: a real Pushgateway if installed, otherwise the built-in one."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING

import requests

from telemap.errors import TelemapError
from telemap_lambda.fake_gateway import FakeGateway

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROGRAMS = ("prometheus-pushgateway", "pushgateway")
_START_SECONDS = 10.0
_POLL_SECONDS = 0.02


class DemoGatewayError(TelemapError):
    """The installed Pushgateway did not start."""


class DemoGateway:
    """A running gateway.

    Attributes:
        name: a description for users.
        url: the base URL.
    """

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.url = url

    def text(self) -> str:
        """Return the metrics that it serves."""
        return _get(f"{self.url}/metrics", timeout=_START_SECONDS).text


@contextlib.contextmanager
def demo_gateway() -> Iterator[DemoGateway]:
    """Run a gateway on a free port of this machine."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        with FakeGateway() as embedded:
            yield DemoGateway("the built-in gateway (prometheus-pushgateway is not installed)", embedded.url)
        return
    url = f"127.0.0.1:{_free_port()}"
    # Debian's default persists the metrics in a file that is shared between processes.
    command = [program, f"--web.listen-address={url}", "--persistence.file="]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)  # noqa: S603
        try:
            _await(process, f"http://{url}")
            yield DemoGateway(program, f"http://{url}")
        finally:
            process.terminate()
            process.wait()


def _await(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(requests.RequestException):
            if _get(f"{url}/-/ready", timeout=1).ok:
                return
        time.sleep(_POLL_SECONDS)
    raise DemoGatewayError(f"{process.args!r} did not start; exit code {process.poll()}")


def _get(url: str, *, timeout: float) -> requests.Response:
    """Send a GET request without a proxy."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=timeout)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
