"""Measure the resources of a process, from /proc (proc(5))."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_SECONDS = 0.05
_KIB = 1024


@dataclass(frozen=True)
class Usage:
    """The resources that an extension used.

    Attributes:
        peak_bytes: Peak resident memory of the process (VmHWM), as last read before its end.
        children_peak_bytes: The same for its largest child process; 0 if it had none, or only very short-lived ones.
        cpu_seconds: CPU time of the process and of the children that it waited for.

    """

    peak_bytes: int = 0
    children_peak_bytes: int = 0
    cpu_seconds: float = 0.0


@dataclass(frozen=True)
class Footprint:
    """The resources that a process uses at a point in time."""

    resident_bytes: int
    threads: int
    descriptors: int


class MemoryWatch:
    """Tracks the peak memory of a process and its children, because it is not available after they end.

    Args:
        process_id: The process.

    """

    def __init__(self, process_id: int) -> None:
        self.peak_bytes = 0
        self.children_peak_bytes = 0
        self._process_id = process_id
        self._ended = threading.Event()
        self._awake = threading.Event()
        self._awake.set()
        self._thread = threading.Thread(target=self._run, name=f"memory of {process_id}", daemon=True)
        self._thread.start()

    def pause(self, *, paused: bool) -> None:
        """Stop sampling while the process is frozen, or continue."""
        if paused:
            self.sample()
            self._awake.clear()
        else:
            self._awake.set()

    def sample(self) -> None:
        """Take a sample now."""
        self.peak_bytes = max(self.peak_bytes, _status(self._process_id).get("VmHWM", 0) * _KIB)
        for child in descendants(self._process_id):
            self.children_peak_bytes = max(self.children_peak_bytes, _status(child).get("VmHWM", 0) * _KIB)

    def stop(self) -> None:
        """Stop sampling."""
        self._ended.set()
        self._awake.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            self.sample()
            self._awake.wait()


def footprint(process_id: int) -> Footprint:
    """Measure a running process; return zeros if it has ended."""
    status = _status(process_id)
    descriptors = 0
    with contextlib.suppress(OSError):
        descriptors = sum(1 for _ in Path(f"/proc/{process_id}/fd").iterdir())
    return Footprint(status.get("VmRSS", 0) * _KIB, status.get("Threads", 0), descriptors)


def _status(process_id: int) -> dict[str, int]:
    """Read the numbers of /proc/PID/status, with memory in KiB; return none if the process has ended."""
    try:
        lines = Path(f"/proc/{process_id}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (line.partition(":") for line in lines)
    numbers = {name: text.split()[0] for name, _, text in pairs if text.split()}
    return {name: int(text) for name, text in numbers.items() if text.isdecimal()}


def descendants(process_id: int) -> list[int]:
    """Return the ids of all live descendants of a process."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process_id}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return [one for child in found for one in (child, *descendants(child))]
