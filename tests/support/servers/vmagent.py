"""A real vmagent, which adds samples up before it passes them on."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from patience import PATIENCE_SECONDS
from servers.process import ServerProcess, find_program, free_port


class Vmagent:
    """Debian unstable's vmagent on 127.0.0.1; stable's is too old to add up.

    Args:
        aggregation: the text of its file of stream aggregation.
        target: where it writes to, by remote write.

    Raises:
        OptionalServerMissingError: it is not on this machine.
    """

    def __init__(self, aggregation: str, target: str) -> None:
        self._program = find_program("vmagent", unstable=True)
        self._aggregation = aggregation
        self._target = target
        self._address = f"127.0.0.1:{free_port()}"
        self._resources = contextlib.ExitStack()

    @property
    def write_url(self) -> str:
        """What `GATEWAY` is set to."""
        return f"http://{self._address}/api/v1/write"

    def check(self) -> str:
        """Return what it says of its configuration; nothing when all is well."""
        with tempfile.TemporaryDirectory(prefix="vmagent-") as folder:
            command = [*self._command(Path(folder)), "-dryRun"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
        return done.stderr if done.returncode else ""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as resources:
            folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="vmagent-")))
            ready = f"http://{self._address}/health"
            resources.enter_context(ServerProcess(self._command(folder), ready_url=ready, folder=folder))
            self._resources = resources.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def _command(self, folder: Path) -> list[str]:
        file = folder / "aggregate.yaml"
        file.write_text(self._aggregation)
        return [
            str(self._program),
            f"-httpListenAddr={self._address}",
            f"-remoteWrite.url={self._target}",
            f"-remoteWrite.streamAggr.config={file}",
            f"-remoteWrite.tmpDataPath={folder / 'queue'}",
        ]
