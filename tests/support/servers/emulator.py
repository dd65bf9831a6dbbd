"""AWS's own Lambda emulator (the Runtime Interface Emulator, RIE), for a test of a layer.

It starts each program in `/opt/extensions` and gives it a real Extensions API. As an on-demand function it answers the
telemetry subscription with 202 and delivers nothing; as a managed instance it delivers real telemetry.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patience import PATIENCE_SECONDS
from servers.emulator_task import require_awslambdaric, task_folder
from servers.process import PROJECT, ServerError, ServerMissingError, find_program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roots.root import Root

GATEWAY = "http://127.0.0.1:9091"
"""The Pushgateway beside the emulator, as the extension sees it."""

EMULATOR = PROJECT / ".cache" / "aws-lambda-rie"
ROOTS_EMULATOR = "aws-lambda-rie"
"""Where the emulator is in a root, without the leading slash."""

TESTS = Path(__file__).parents[1]
RUN_SECONDS = 5 * PATIENCE_SECONDS
RUNS = 10
STOPPED_FOR_GOOD = 75
"""The exit code of a run in which the emulator did, by a fault of its own that a busy machine brings about."""

OLDEST_PYTHON = (3, 11)


@dataclasses.dataclass(frozen=True)
class Invocation:
    """What the caller of the function got.

    Args:
        status: the HTTP status; 502 when the extension or the runtime died.
        body: the function's answer, or the emulator's words for what went wrong.
    """

    status: int
    body: str


@dataclasses.dataclass(frozen=True)
class EmulatorRun:
    """One life of an execution environment.

    Args:
        exit_code: of the emulator; 0 when everything in it ended in time.
        invocations: one for each payload.
        metrics_before_shutdown: what the Pushgateway held when SHUTDOWN was about to be sent.
        metrics: what it held after all processes had ended.
        log: what the emulator, the extension and the runtime printed.
    """

    exit_code: int
    invocations: tuple[Invocation, ...]
    metrics_before_shutdown: str
    metrics: str
    log: str


class Emulator:
    """Runs layers in AWS's emulator, each in namespaces of its own, where `/opt` and `/var/task` are the test's.

    Args:
        managed: whether to play a managed instance; else an on-demand function.
        awslambdaric: whether the functions run in AWS's own runtime, `awslambdaric`; else in a few lines of ours.

    Raises:
        ServerMissingError: the emulator, a Pushgateway, a runtime, a right or a Python that it needs is missing.
    """

    def __init__(self, *, managed: bool = False, awslambdaric: bool = False) -> None:
        if not os.access(EMULATOR, os.X_OK):
            message = f"{EMULATOR.relative_to(PROJECT)} (AWS's Lambda emulator) is missing"
            raise ServerMissingError(message)
        find_program("prometheus-pushgateway")
        allowed = subprocess.run([*_unshare(), "true"], capture_output=True, text=True, check=False)
        if allowed.returncode:
            message = f"the emulator needs namespaces of its own: {allowed.stderr.strip()}"
            raise ServerMissingError(message)
        if awslambdaric:
            require_awslambdaric()
        self._awslambdaric = awslambdaric
        self._python_folder = _python_folder(for_everyone=managed, same_version=awslambdaric)
        self._environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "AWS_LAMBDA_FUNCTION_NAME": "emulated-function",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": "10",
            "GATEWAY": GATEWAY,
            **({"AWS_LAMBDA_MAX_CONCURRENCY": "1"} if managed else {}),
        }

    def run(
        self,
        layer: Path,
        *,
        payloads: Sequence[Mapping[str, Any]] = ({}, {}),
        environment: Mapping[str, str] | None = None,
        task_files: Mapping[str, str] | None = None,
        pause_seconds: float = 0.1,
        awaited: str = "",
        root: Root | None = None,
        package: Path | None = None,
    ) -> EmulatorRun:
        """Start a function with a layer, invoke it, and shut its execution environment down.

        Args:
            layer: what is to be seen under `/opt`; its files must be readable by everyone.
            payloads: one an invocation. Without awslambdaric `{"log": "text"}` makes the function print it,
                `{"sleep_seconds": 0.5}` makes it slow, `{"error": "text"}` makes it fail with that message.
            environment: the function's variables, beside `GATEWAY`, which names the Pushgateway.
            task_files: files of the function's package, `/var/task`: name and text. With awslambdaric one of them is
                `app.py`, with the function `handler`.
            pause_seconds: how long to wait after each invocation.
            awaited: a regex; what the gateway shows is waited for to match it before the end.
            root: what everything runs in, except for the Pushgateway; this machine's own root if none.
            package: a folder that is copied into the function's package; it has a `bootstrap`, as `task_files` may.

        Raises:
            ServerError: the emulator did not start (the message has its log), or did not end.
        """
        with task_folder(task_files or {}, awslambdaric=self._awslambdaric, package=package) as task:
            mounted = {"opt": layer.resolve(), "var/task": task, ROOTS_EMULATOR: EMULATOR}
            plan = {
                "root": str(root.folder) if root else "",
                "mounts": root.mount_commands(mounted) if root else "",
                "layer": str(layer.resolve()),
                "task": str(task),
                "payloads": list(payloads),
                "environment": self._environment | ({} if root else self._python()) | dict(environment or {}),
                "pause_seconds": pause_seconds,
                "awaited": awaited,
            }
            return _parse(_run_apart(json.dumps(plan)))

    def _python(self) -> dict[str, str]:
        """Return the variables with which the function finds a Python."""
        return {"PATH": f"{self._python_folder}:/usr/bin:/bin", "LANG": "C.UTF-8"}


def _unshare() -> list[str]:
    """Return the command that starts another in mount, network and process namespaces, which end with it.

    Who is not root becomes root in a user namespace, where the system lets them.
    """
    apart = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
    return apart if os.geteuid() == 0 else [*apart, "--map-root-user"]


def _run_apart(plan: str) -> str:
    """Run a plan in namespaces of its own; again, if the emulator stopped for good."""
    command = [*_unshare(), sys.executable, "-m", "servers.emulator_run"]
    for _ in range(RUNS):
        try:
            done = subprocess.run(
                command, cwd=TESTS, input=plan, capture_output=True, text=True, timeout=RUN_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as late:
            message = f"the emulator's run did not end in {RUN_SECONDS} s"
            raise ServerError(message) from late
        if done.returncode != STOPPED_FOR_GOOD:
            break
    if done.returncode:
        message = f"the emulator's run failed with exit code {done.returncode}:\n{done.stderr}"
        raise ServerError(message)
    return done.stdout


def _parse(output: str) -> EmulatorRun:
    answer = json.loads(output)
    invocations = tuple(Invocation(**invocation) for invocation in answer.pop("invocations"))
    return EmulatorRun(invocations=invocations, **answer)


def _python_folder(*, for_everyone: bool, same_version: bool) -> Path:
    """Find the folder of a `python3` for the extension and the runtime.

    Args:
        for_everyone: whether any user must be able to run it: the processes of a managed instance are user 993's.
        same_version: whether it must be of the version that runs the tests, as compiled modules need it.

    Raises:
        ServerMissingError: nobody else can be made to run a Python here.
    """
    own = Path(sys.executable).resolve().parent
    if not for_everyone:
        return own
    if os.geteuid() != 0:
        raise ServerMissingError("the emulator's managed instance changes its user id, which only root can")
    least, most = (sys.version_info[:2], sys.version_info[:2]) if same_version else (OLDEST_PYTHON, (3, 999))
    for folder in (own, Path("/usr/local/bin"), Path("/usr/bin")):
        if _is_for_everyone(folder / "python3", least, most):
            return folder
    wanted = f"{least[0]}.{least[1]}" + ("" if same_version else " or later")
    message = f"the emulator's managed instance needs a python3 that every user can run, {wanted}"
    raise ServerMissingError(message)


@cache
def _is_for_everyone(python: Path, least: tuple[int, int], most: tuple[int, int]) -> bool:
    if not python.exists() or any(not parent.stat().st_mode & 0o001 for parent in python.resolve().parents):
        return False
    code = f"import sys; sys.exit(not {least} <= sys.version_info[:2] <= {most})"
    return subprocess.run([python, "-c", code], check=False).returncode == 0
