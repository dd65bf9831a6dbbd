"""Run a real server process for a test, and end it by its process id.

Errors:

    ServerError             the server did not come up, or did not end as it should
    └── ServerMissingError  its program is not on this machine
        └── OptionalServerMissingError
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

import requests
from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROJECT = Path(__file__).parents[3]
UNPACKED_PROGRAMS = PROJECT / ".cache" / "debian" / "usr" / "bin"
"""Where `make test` unpacks Debian's packages when a program is not installed."""

UNSTABLE_PROGRAMS = PROJECT / ".cache" / "debian-unstable" / "usr" / "bin"
"""Where it unpacks those of Debian unstable, if it can have them."""

POLL_SECONDS = 0.02


class ServerError(RuntimeError):
    """A server for the tests did not start or stop as it should."""


class ServerMissingError(ServerError):
    """The program of a server is not on this machine."""


class OptionalServerMissingError(ServerMissingError):
    """The tests can do without it, also in continuous integration."""


def find_program(name: str, *, unstable: bool = False) -> Path:
    """Find an installed program, or the one that `make test` unpacked; or Debian unstable's.

    Raises:
        ServerMissingError: there is none.
    """
    if unstable:
        found = shutil.which(name, path=str(UNSTABLE_PROGRAMS))
        if found is None:
            raise OptionalServerMissingError(
                f"{name} of Debian unstable is not in {UNSTABLE_PROGRAMS.relative_to(PROJECT)}"
            )
        return Path(found)
    found = shutil.which(name) or shutil.which(name, path=str(UNPACKED_PROGRAMS))
    if found is None:
        message = f"{name} is neither on PATH nor in {UNPACKED_PROGRAMS.relative_to(PROJECT)}"
        raise ServerMissingError(message)
    return Path(found)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class ServerProcess:
    """One server process, up while the `with` block runs.

    Args:
        command: program and arguments.
        ready_url: an HTTP address that answers, with whatever status, as soon as the server is up.
        environment: its whole environment; that of the tests when left out.
        folder: its working directory.
        start_seconds: how long it may take to come up.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        ready_url: str,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        start_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._command = [str(word) for word in command]
        self._ready_url = ready_url
        self._environment = environment
        self._folder = folder
        self._start_seconds = start_seconds
        self._resources = contextlib.ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the server and wait until it answers.

        Raises:
            ServerError: it ended, or did not answer in time; the message has what it printed.
        """
        with contextlib.ExitStack() as resources:
            # A file without a name: nothing is left of it, however the tests end.
            self._log = resources.enter_context(tempfile.TemporaryFile())
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=subprocess.STDOUT,
            )
            resources.callback(self.stop)
            self._wait_until_ready(self._process)
            self._resources = resources.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def output(self) -> str:
        """Return what the server has printed so far, on both streams; to be asked inside the `with` block."""
        if self._log is None:
            raise ServerError("the server was never started")
        # Not read(): that would move the offset at which the server goes on writing.
        log = self._log.fileno()
        return os.pread(log, os.fstat(log).st_size, 0).decode(errors="replace")

    def stop(self) -> int:
        """Ask the server to end (SIGTERM), kill it when it does not, and return its exit code."""
        if self._process is None:
            raise ServerError("the server was never started")
        self._process.terminate()
        try:
            return self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self._start_seconds
        while not _answers(self._ready_url):
            if process.poll() is not None:
                raise ServerError(self._failure(f"ended with exit code {process.returncode}"))
            if time.monotonic() > deadline:
                raise ServerError(self._failure(f"gave no answer in {self._start_seconds} s"))
            time.sleep(POLL_SECONDS)

    def _failure(self, what: str) -> str:
        return f"{self._command[0]} {what}; it printed:\n{self.output()}"


def local_session() -> requests.Session:
    """Return an HTTP session that no proxy setting or netrc file of this machine leads astray."""
    session = requests.Session()
    session.trust_env = False
    return session


def _answers(url: str) -> bool:
    with local_session() as session:
        try:
            session.get(url, timeout=10).close()
        except requests.RequestException:
            return False
    return True
