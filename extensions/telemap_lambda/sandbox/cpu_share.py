"""The part of a processor that an extension gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap_lambda.sandbox.cpu_quota import CpuQuota
from telemap_lambda.sandbox.duty_cycle import DutyCycle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class CpuShare:
    """Holds one process to its part of a processor: by a cgroup where that may be, else by stopping it in between.

    Args:
        share: The part of one processor; 1 for no limit.
        quota: Whether to try a cgroup.

    """

    def __init__(self, share: float, *, quota: bool) -> None:
        self._share = share
        self._quota = CpuQuota.make(share) if quota and share < 1 else None
        self._cycle: DutyCycle | None = None

    def command(self, executable: Path) -> list[str]:
        """Return the command that starts an executable so that it is held, where that is done from its start on."""
        return [str(executable)] if self._quota is None else self._quota.command(str(executable))

    def hold(self, process_id: int, stop: Callable[[bool], None]) -> None:
        """Hold what was started.

        Args:
            process_id: The process.
            stop: Stops it, or lets it go on.

        """
        if self._share < 1 and self._quota is None:
            self._cycle = DutyCycle(process_id, self._share, stop)

    def release(self) -> None:
        """End, when the process has ended or need no longer be held."""
        if self._cycle is not None:
            self._cycle.end()
        if self._quota is not None:
            self._quota.remove()
