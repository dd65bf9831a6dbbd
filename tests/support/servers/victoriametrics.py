"""A real VictoriaMetrics, single node."""

from __future__ import annotations

import contextlib
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from patience import PATIENCE_SECONDS
from servers.process import ServerProcess, find_program, free_port, local_session
from servers.prometheus import QueryApi, Sample

if TYPE_CHECKING:
    from collections.abc import Mapping


class VictoriaMetrics:
    """A VictoriaMetrics on 127.0.0.1 that remembers nothing beyond its `with` block.

    Args:
        unstable: whether it is Debian unstable's.

    Raises:
        ServerMissingError: there is no `victoria-metrics` on this machine.
    """

    def __init__(self, *, unstable: bool = False) -> None:
        self._program = find_program("victoria-metrics", unstable=unstable)
        self._address = f"127.0.0.1:{free_port()}"
        self._resources = contextlib.ExitStack()
        # Without `nocache` a query for now is answered for 30 s ago (-search.latencyOffset).
        self.api = QueryApi(f"http://{self._address}", {"nocache": "1"})

    @property
    def gateway_url(self) -> str:
        """What `GATEWAY` is set to: its import of Prometheus's text format."""
        return f"{self.api.url}/api/v1/import/prometheus"

    @property
    def write_url(self) -> str:
        """What `GATEWAY` is set to for remote write."""
        return f"{self.api.url}/api/v1/write"

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as resources:
            folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="victoriametrics-")))
            command: list[str | Path] = [
                self._program,
                f"-httpListenAddr={self._address}",
                f"-storageDataPath={folder}",
                "-memory.allowedBytes=256MB",
            ]
            resources.enter_context(ServerProcess(command, ready_url=f"{self.api.url}/health", folder=folder))
            resources.callback(self.api.close)
            self._resources = resources.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def import_text(self, text: str, labels: Mapping[str, str]) -> None:
        """Import an exposition whose samples have their own times."""
        with local_session() as session:
            extra = [("extra_label", f"{name}={value}") for name, value in labels.items()]
            session.post(self.gateway_url, params=extra, data=text, timeout=PATIENCE_SECONDS).raise_for_status()

    def latest(self) -> list[Sample]:
        """Return the last sample of each series, of the last hour."""
        # Which series a selector finds is remembered for 10 s: this one has never been asked before.
        return self.api.query(f'last_over_time({{__name__!="",never!="{time.monotonic_ns()}"}}[1h])')

    def flush(self) -> None:
        """Make what was written visible to queries, which else takes up to a second or two."""
        with local_session() as session:
            session.get(f"{self.api.url}/internal/force_flush", timeout=PATIENCE_SECONDS).raise_for_status()
