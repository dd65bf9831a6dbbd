"""Limit processes to a share of a processor with a cgroup, as Lambda does (cgroups(7)).

Both versions are supported: `cpu.cfs_quota_us` (v1) and `cpu.max` (v2).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PERIOD_US = 20_000  # short, so that a process waits because of its share, not for the end of a period
_MIN_QUOTA_US = 1000  # the kernel's minimum
_ROOT, _MOUNT_POINT = 3, 4  # fields of a line in mountinfo, proc(5)
_REMOVAL_SECONDS = 10.0
_RETRY_SECONDS = 0.01


@dataclass(frozen=True)
class CpuQuota:
    """A private cgroup.

    Attributes:
        folder: Its directory.

    """

    folder: Path

    @classmethod
    def make(cls, share: float) -> CpuQuota | None:
        """Create a cgroup; return None if this process is not allowed to, or the kernel does not support it.

        Args:
            share: The share of one processor.

        """
        for parent in _parents():
            folder = parent / f"telemap-sandbox-{os.getpid()}-{uuid.uuid4().hex}"
            try:
                folder.mkdir()
            except OSError:
                continue
            made = cls(folder)
            with contextlib.suppress(OSError):
                _limit(folder, share)
                if made._lets_in():
                    return made
            made.remove()
        return None

    def _lets_in(self) -> bool:
        """Return whether our processes may enter."""
        return subprocess.run(self.command("true"), capture_output=True, check=False).returncode == 0  # noqa: S603

    def command(self, *words: str) -> list[str]:
        """Return a command that enters the cgroup and then runs the given command."""
        return ["/bin/sh", "-c", 'echo $$ >"$0" && exec "$@"', str(self.folder / "cgroup.procs"), *words]

    def remove(self) -> None:
        """Remove the cgroup; processes that still run in it move to its parent."""
        until = time.monotonic() + _REMOVAL_SECONDS
        while self.folder.exists() and time.monotonic() < until:
            with contextlib.suppress(OSError):  # an ended process may stay in it for a moment
                for process_id in (self.folder / "cgroup.procs").read_text().split():
                    (self.folder.parent / "cgroup.procs").write_text(process_id)
                self.folder.rmdir()
                return
            time.sleep(_RETRY_SECONDS)


def _limit(folder: Path, share: float) -> None:
    """Set the quota.

    Raises:
        OSError: The cgroup has no quota.

    """
    quota = max(round(_PERIOD_US * share), _MIN_QUOTA_US)
    period = round(quota / share)
    if (folder / "cpu.max").exists():
        (folder / "cpu.max").write_text(f"{quota} {period}")
        return
    if not os.access(
        folder / "cpu.cfs_quota_us", os.W_OK
    ):  # opening it for writing would create a file on other file systems
        raise OSError(f"{folder} has no quota")
    (folder / "cpu.cfs_period_us").write_text(str(period))
    (folder / "cpu.cfs_quota_us").write_text(str(quota))


def _parents() -> Iterator[Path]:
    """Yield the cgroups in which ours may be created: that of this process, and its parent.

    In v2, a cgroup that contains processes cannot have children with a quota, so only the parent works.
    """
    for mount, root, own in _hierarchies():
        inside = mount / os.path.relpath(own, root) if own.startswith(root) else mount
        for folder in (inside, inside.parent):
            if folder.is_relative_to(mount) and folder.is_dir():
                yield folder


def _hierarchies() -> Iterator[tuple[Path, str, str]]:
    """Yield each hierarchy that supports quotas: its mount point, its root cgroup, and our own cgroup."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
        memberships = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    lines = (line.split(":", 2) for line in memberships)
    own = {controller: path for _, controllers, path in lines for controller in controllers.split(",")}
    for line in mounts:
        front, _, back = line.partition(" - ")
        root, mount = front.split()[_ROOT], Path(front.split()[_MOUNT_POINT])
        kind, _, options = back.split(" ", 2)
        if kind == "cgroup2" and "" in own:
            yield mount, root, own[""]
        elif kind == "cgroup" and "cpu" in own and "cpu" in options.split(","):
            yield mount, root, own["cpu"]
