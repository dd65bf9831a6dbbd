"""Start `telemap playground` with a page that says where it is, and end it."""

from __future__ import annotations

import contextlib
import http.client
import json
import select
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PAGE = {
    "index.html": "<!doctype html><title>Playground</title>",
    "page-0A1B2C3D.js": "export {};",
    "examples/index.json": "[]",
    "notes.md": "not served",
}
"""A page as `make playground` builds it, but for what it shows."""


def write_page(folder: Path) -> Path:
    """Write a page, with a file beside it that must not be served."""
    for name, content in PAGE.items():
        file = folder / "page" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    (folder / "secret.js").write_text("secret", encoding="utf-8")
    return folder / "page"


@dataclass(frozen=True)
class Answer:
    """An answer.

    Attributes:
        headers: names in lower case.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Playground:
    """A playground that runs."""

    process: subprocess.Popen[str]
    address: str

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.address.split(":")[2].split("/")[0])

    @property
    def token(self) -> str:
        """The token in its address."""
        return self.address.partition("#token=")[2]

    @property
    def headers(self) -> dict[str, str]:
        """What the page sends with each request."""
        return {"X-Telemap-Token": self.token, "X-Telemap-Session": "tab-1", "Origin": f"http://127.0.0.1:{self.port}"}

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request of a client that adds what HTTP demands."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        with contextlib.closing(client):
            client.request(method, path, body, dict(headers or {}))
            response = client.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def get(self, path: str) -> Answer:
        """Get something, as the page does."""
        return self.request("GET", path, headers=self.headers)

    def post(self, path: str, value: Any, **headers: str) -> Answer:
        """Post a value, as the page does."""
        body = json.dumps(value).encode()
        return self.request("POST", path, body, {**self.headers, "Content-Type": "application/json", **headers})

    def raw(self, request: bytes) -> bytes:
        """Send bytes, and return all that comes until the connection is closed."""
        with self.connect() as connection:
            with contextlib.suppress(ConnectionError):  # it may be refused before all is sent
                connection.sendall(request)
            return read_all(connection)

    def interrupt(self) -> tuple[str, str, int]:
        """Press Ctrl-C; return the rest of both outputs, and the exit code."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=PATIENCE_SECONDS)
        return out, err, self.process.returncode


def read_all(connection: socket.socket) -> bytes:
    """Return all that comes until the connection is closed."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            parts.append(piece)
    return b"".join(parts)


@contextlib.contextmanager
def playground(
    page: Path, *words: str, folder: Path | None = None, stdin: Any = subprocess.DEVNULL, opens: bool = False
) -> Iterator[Playground]:
    """Run a playground until the end of the block.

    Args:
        page: the folder of its page.
        words: its arguments; it listens on a free port unless they name one.
        folder: where it runs.
        stdin: its standard input.
        opens: whether it may open a browser.
    """
    port = [] if "--port" in words else ["--port", "0"]
    options = ["--page", str(page), *port, *([] if opens else ["--no-open"])]
    command = [sys.executable, "-m", "telemap", "playground", *words, *options]
    process = subprocess.Popen(
        command, cwd=folder, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], PATIENCE_SECONDS)
        address = process.stdout.readline().strip() if readable else ""
        if not address.startswith("http://127.0.0.1:"):
            process.kill()
            raise AssertionError(f"no address: {address!r}, {process.communicate()}")
        yield Playground(process, address)
    finally:
        process.kill()
        process.communicate()
