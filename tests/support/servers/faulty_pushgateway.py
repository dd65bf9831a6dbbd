"""The real Pushgateway, with the faults that a gateway has: it hangs, it is restarted, and its groups are deleted."""

from __future__ import annotations

import base64
import contextlib
import signal
from typing import TYPE_CHECKING, Self

from patience import PATIENCE_SECONDS
from servers.process import ServerProcess, find_program, free_port, local_session
from servers.prometheus import scrape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.prometheus import Sample


class FaultyPushgateway:
    """A Pushgateway on 127.0.0.1 that persists nothing: what it held is gone when it is restarted.

    Raises:
        ServerMissingError: there is no `prometheus-pushgateway` on this machine.
    """

    def __init__(self) -> None:
        self._program = find_program("prometheus-pushgateway")
        self._resources = contextlib.ExitStack()
        self._process: _StoppableProcess | None = None
        self.address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.address}"

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    @contextlib.contextmanager
    def hanging(self) -> Iterator[None]:
        """Take connections, and answer nothing, until the block ends."""
        process = self._running()
        process.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.signal(signal.SIGCONT)

    @contextlib.contextmanager
    def restarted(self) -> Iterator[None]:
        """Be away while the block runs, and then come back empty."""
        self._resources.close()
        yield
        self._start()

    def delete(self, job: str, instance: str) -> None:
        """Delete a group."""
        with local_session() as session:
            encoded = base64.urlsafe_b64encode(job.encode()).decode()
            group = f"{self.url}/metrics/job@base64/{encoded}/instance/{instance}"
            session.delete(group, timeout=PATIENCE_SECONDS).raise_for_status()

    def samples(self) -> list[Sample]:
        """Return what Prometheus would scrape now."""
        return scrape(self.url)

    def _start(self) -> None:
        options = [f"--web.listen-address={self.address}", "--persistence.file="]
        self._process = _StoppableProcess([self._program, *options], ready_url=f"{self.url}/-/ready")
        self._resources.enter_context(self._process)

    def _running(self) -> _StoppableProcess:
        assert self._process is not None
        return self._process


class _StoppableProcess(ServerProcess):
    """A server process that takes signals."""

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
