"""Run the extension's process as Lambda does, and always clean it up."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from telemap_lambda.sandbox.errors import SandboxError
from telemap_lambda.sandbox.usage import Footprint, MemoryWatch, Usage, footprint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

    from telemap_lambda.sandbox.cpu_share import CpuShare
    from telemap_lambda.sandbox.service import Function

_JOIN_SECONDS = 10.0  # a process that left the group may keep the output open forever
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/opt/bin"


def extension_environment(
    function: Function, address: str, initialization_type: str, own: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment variables of the extension.

    The function's variables (`own`) override the platform's, so that a test can change anything. As in Lambda,
    extensions do not get the runtime's (`_HANDLER`, `LAMBDA_TASK_ROOT`, `AWS_EXECUTION_ENV`, the log stream).
    """
    return {
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_INITIALIZATION_TYPE": initialization_type,
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": f"{Path(sys.executable).parent}:{_SYSTEM_PATH}",
        **own,
    }


class ExtensionProcess:
    """An extension in its own session; its output is kept, and copied to a sink line by line.

    Args:
        executable: The file that Lambda would start.
        environment: All of its variables; none are inherited.
        share: Limits its share of a processor.
        sink: A stream to copy its output to, if any.
        on_exit: Called from another thread with the exit code (negative for a signal).

    Raises:
        SandboxError: The file cannot be started.

    """

    def __init__(
        self,
        executable: Path,
        environment: Mapping[str, str],
        *,
        share: CpuShare,
        sink: TextIO | None,
        on_exit: Callable[[int], None],
    ) -> None:
        self.started_at = time.monotonic()
        self.exited_at: float | None = None
        try:
            self._process = subprocess.Popen(  # noqa: S603  (the purpose of this class)
                share.command(executable),
                cwd="/",
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            message = f"{executable} cannot be started: {error}"
            raise SandboxError(message) from error
        self._gone = threading.Event()
        self._lock = threading.Lock()
        self._frozen = self._paused = False
        self._share = share
        share.hold(self._process.pid, self._pause)
        self._memory = MemoryWatch(self._process.pid)
        self._cpu_seconds = 0.0
        self._sink = sink
        self._on_exit = on_exit
        self._lines: list[str] = []
        self._copier = threading.Thread(target=self._copy, daemon=True)
        self._threads = [self._copier, threading.Thread(target=self._watch, daemon=True)]
        for thread in self._threads:
            thread.start()

    @property
    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; None while it is running."""
        return self._process.returncode if self._gone.is_set() else None

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def output(self) -> str:
        """Its standard output and standard error so far."""
        return "".join(self._lines)

    @property
    def usage(self) -> Usage:
        """Its memory and CPU use; CPU time is known once it has ended."""
        return Usage(self._memory.peak_bytes, self._memory.children_peak_bytes, self._cpu_seconds)

    def footprint(self) -> Footprint:
        """Measure the process now."""
        return footprint(self._process.pid)

    def freeze(self) -> None:
        """Stop its process group, as Lambda stops an environment between invocations; connections stay open."""
        self._stop(frozen=True)
        if not self._gone.is_set():
            self._memory.pause(paused=True)

    def thaw(self) -> None:
        """Continue its process group."""
        self._stop(frozen=False)
        if not self._gone.is_set():
            self._memory.pause(paused=False)

    def wait(self, timeout_seconds: float) -> bool:
        """Wait for its exit; return whether it exited in time."""
        return self._gone.wait(timeout_seconds)

    def wait_for_output(self, timeout_seconds: float) -> None:
        """Wait until all of its output has been read; it ends with the last process that writes to it."""
        self._copier.join(timeout_seconds)

    def kill(self) -> None:
        """Kill its process group, if it is running."""
        if not self._gone.is_set():
            self._signal_group(signal.SIGKILL)

    def close(self) -> None:
        """Kill it if it is running, and join the threads that watch it."""
        self.kill()
        self._memory.stop()
        for thread in self._threads:
            thread.join(_JOIN_SECONDS)
        self._share.release()

    def _pause(self, paused: bool) -> None:  # noqa: FBT001 - a callback
        self._stop(paused=paused)

    def _stop(self, *, frozen: bool | None = None, paused: bool | None = None) -> None:
        """Record a reason to stop its process group, and stop it while there is any reason."""
        with self._lock:
            self._frozen = self._frozen if frozen is None else frozen
            self._paused = self._paused if paused is None else paused
            if not self._gone.is_set():
                self._signal_group(signal.SIGSTOP if self._frozen or self._paused else signal.SIGCONT)

    def _signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _watch(self) -> None:
        """Wait for the exit, and kill remaining processes of the group before its id can be reused."""
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        self.exited_at = time.monotonic()
        self._signal_group(signal.SIGKILL)
        _, status, used = os.wait4(self._process.pid, 0)
        self._cpu_seconds = used.ru_utime + used.ru_stime
        self._process.returncode = code = os.waitstatus_to_exitcode(status)
        self._gone.set()
        self._on_exit(code)

    def _copy(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        with stream:
            for line in stream:
                text = line.decode(errors="replace")
                self._lines.append(text)
                if self._sink is not None:
                    self._sink.write(text)
