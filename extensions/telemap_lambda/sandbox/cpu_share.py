"""The share of a processor that an extension gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap_lambda.sandbox.cpu_quota import CpuQuota
from telemap_lambda.sandbox.duty_cycle import DutyCycle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class CpuShare:
    """Limits a process to a share of a processor, with a cgroup if possible, otherwise by stopping it at intervals.

    Args:
        share: The share of one processor; 1 for no limit.
        quota: Whether to try a cgroup.

    """

    def __init__(self, share: float, *, quota: bool) -> None:
        self._share = share
        self._quota = CpuQuota.make(share) if quota and share < 1 else None
        self._cycle: DutyCycle | None = None

    def command(self, executable: Path) -> list[str]:
        """Return the command that starts an executable, inside the cgroup if there is one."""
        return [str(executable)] if self._quota is None else self._quota.command(str(executable))

    def hold(self, process_id: int, stop: Callable[[bool], None]) -> None:
        """Limit the started process, unless the cgroup already does.

        Args:
            process_id: The process.
            stop: Stops it (True) or continues it (False).

        """
        if self._share < 1 and self._quota is None:
            self._cycle = DutyCycle(process_id, self._share, stop)

    def release(self) -> None:
        """Remove the limit."""
        if self._cycle is not None:
            self._cycle.end()
        if self._quota is not None:
            self._quota.remove()
