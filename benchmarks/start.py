"""The extension's start as a process, against a bare Python and against one that imports what AWS's sample does."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ratio import compare, head, show

from telemap_lambda.sandbox import Recording, Sandbox, assemble

BARE = [sys.executable, "-I", "-S", "-c", "import json, socket"]
_IMPORTS = "import boto3, requests, prometheus_client"
HEAVY = [sys.executable, "-c", f"{_IMPORTS}; boto3.client('secretsmanager', region_name='eu-west-1')"]
GATEWAY = "http://127.0.0.1:9"  # nothing listens there, and no push is due before the first invocation


def process(command: list[str]) -> float:
    """Give the seconds that a process takes from start to end."""
    began = time.perf_counter()
    subprocess.run(command, check=True)  # noqa: S603 - our own commands
    return time.perf_counter() - began


def start(layer: Path) -> tuple[float, float]:
    """Start the extension; give the seconds until it registered, and until it asked for its first event."""
    with Sandbox(layer, recording=Recording.from_events([]), environment={"GATEWAY": GATEWAY}) as sandbox:
        result = sandbox.run()
    return result.register_seconds, result.init_seconds


def main() -> None:
    """Print a row for each comparison."""
    with tempfile.TemporaryDirectory() as folder:
        layer = assemble(Path(folder))
        head()
        show(
            "start to register, against a bare Python",
            compare(lambda: start(layer)[0], lambda: process(BARE), rounds=9),
        )
        show(
            "start to register, against boto3 and others",
            compare(lambda: start(layer)[0], lambda: process(HEAVY), rounds=9),
        )
        show(
            "start to first event, against boto3 and others",
            compare(lambda: start(layer)[1], lambda: process(HEAVY), rounds=9),
        )


if __name__ == "__main__":
    main()
