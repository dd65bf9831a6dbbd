"""Run AWS's emulator once, inside the namespaces of `servers.emulator`: a plan on stdin, what came of it on stdout."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from patience import PATIENCE_SECONDS, await_until
from roots.root import BUSYBOX
from servers.emulator import EMULATOR, GATEWAY, ROOTS_EMULATOR, STOPPED_FOR_GOOD
from servers.process import ServerError, ServerProcess, local_session
from servers.pushgateway import Pushgateway

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EMULATOR_ADDRESS = "127.0.0.1:8080"
RUNTIME_API_ADDRESS = "127.0.0.1:9001"
INVOKE_URL = f"http://{EMULATOR_ADDRESS}/2015-03-31/functions/function/invocations"

_STOPPED = "could not send batch to telemetry Subscriber as previous batch hasn't processed yet"
"""What the emulator of managed instances prints when it has stopped for good.

On a busy machine, a batch of telemetry may be due before the last one is answered. The emulator's only consumer of
events then sends an event about this to itself, and waits for itself forever.
"""

_UNAVAILABLE = '"Runtime.Unavailable"'
_RETRY_SECONDS = 1.0
_LOOK_SECONDS = 0.2

# From Linux's <sys/mount.h>, <sys/ioctl.h> and <net/if.h>.
MS_BIND = 0x1000
MS_REC = 0x4000
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1


def bring_loopback_up() -> None:
    """Set the new network namespace's loopback interface up; there is no other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0))
        flags = struct.unpack("16sH14x", request)[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def mount(source: str, target: Path, kind: str | None, flags: int = 0) -> None:
    """Call mount(2).

    Raises:
        OSError: it failed.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    filesystem = None if kind is None else kind.encode()
    if libc.mount(source.encode(), os.fsencode(target), filesystem, ctypes.c_ulong(flags), None):
        code = ctypes.get_errno()
        raise OSError(code, f"mount: {os.strerror(code)}", str(target))


def lay_over(folder: Path, entries: Mapping[str, Path]) -> None:
    """Return a folder, in this mount namespace, further entries, in memory: the machine's own folder stays as it is.

    What it had before is still there (the tests' own Python may live in it), save where an entry has the same name.
    """
    shown = {entry.name: entry for entry in folder.iterdir()} | dict(entries)
    links = {name: entry.readlink() for name, entry in shown.items() if entry.is_symlink()}
    # Opened before the folder is covered, since a source may lie in it.
    opened = {name: os.open(entry, os.O_PATH) for name, entry in shown.items() if name not in links}
    mount("tmpfs", folder, "tmpfs")
    folder.chmod(0o755)
    for name, link in links.items():
        (folder / name).symlink_to(link)
    for name, descriptor in opened.items():
        source = Path(f"/proc/self/fd/{descriptor}")
        target = folder / name
        target.mkdir() if source.is_dir() else target.touch()
        mount(str(source), target, None, MS_BIND | MS_REC)
        os.close(descriptor)


def invoke(payload: Any, pause_seconds: float) -> dict[str, Any]:
    """Invoke the function as a client of Lambda does, and pause.

    A managed instance refuses, without a trace in telemetry, while its runtime has not yet asked for the next event.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    with local_session() as session:
        answer = session.post(INVOKE_URL, json=payload, timeout=PATIENCE_SECONDS)
        while answer.status_code == 400 and _UNAVAILABLE in answer.text and time.monotonic() < until:
            time.sleep(_RETRY_SECONDS)
            answer = session.post(INVOKE_URL, json=payload, timeout=PATIENCE_SECONDS)
        time.sleep(pause_seconds)
        return {"status": answer.status_code, "body": answer.text}


def run(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Live one execution environment's life, from the emulator's start to its end by SIGTERM (which sends SHUTDOWN)."""
    command: list[str | Path] = [
        *_emulator(plan["root"]),
        f"--runtime-interface-emulator-address={EMULATOR_ADDRESS}",
        f"--runtime-api-address={RUNTIME_API_ADDRESS}",
        "/var/task/bootstrap",
    ]
    with Pushgateway(port=int(GATEWAY.rpartition(":")[2])) as pushgateway:
        emulator = ServerProcess(
            command,
            ready_url=f"http://{EMULATOR_ADDRESS}/",
            environment=plan["environment"],
            folder=Path("/" if plan["root"] else "/var/task"),
        )
        with emulator, _watched(emulator):
            try:
                invocations = [invoke(payload, plan["pause_seconds"]) for payload in plan["payloads"]]
            except requests.RequestException as error:
                message = f"{error}; the emulator printed:\n{emulator.output()}"
                raise ServerError(message) from error
            if plan["awaited"]:
                await_until(lambda: re.search(plan["awaited"], pushgateway.metrics()))
            metrics_before_shutdown = pushgateway.metrics()
            exit_code = emulator.stop()
            return {
                "exit_code": exit_code,
                "invocations": invocations,
                "metrics_before_shutdown": metrics_before_shutdown,
                "metrics": pushgateway.metrics(),
                "log": emulator.output(),
            }


@contextlib.contextmanager
def _watched(emulator: ServerProcess) -> Iterator[None]:
    """End this process, and with it all that it has started, once the emulator has stopped for good."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_SECONDS):
            if _STOPPED in emulator.output():
                os._exit(STOPPED_FOR_GOOD)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _emulator(root: str) -> list[str | Path]:
    """Return the beginning of the emulator's command."""
    if not root:
        return [EMULATOR]
    start = f'cd /var/task && exec /{ROOTS_EMULATOR} "$@"'
    return [BUSYBOX, "chroot", root, "/bin/sh", "-c", start, "sh"]


def main() -> None:
    """Read the plan, lay out the environment as Lambda does, run it, and print what came of it."""
    plan = json.load(sys.stdin)
    bring_loopback_up()
    if plan["root"]:
        subprocess.run([BUSYBOX, "sh", "-c", plan["mounts"]], check=True)
    else:
        lay_over(Path("/opt"), {entry.name: entry for entry in Path(plan["layer"]).iterdir()})
        lay_over(Path("/var"), {"task": Path(plan["task"])})
    json.dump(run(plan), sys.stdout)


if __name__ == "__main__":
    main()
