"""Root directories without Python, in which a test runs the layer as in an image of another Linux.

Only root can use them, for they are mounted and entered with chroot(2), each time in a mount namespace of its own.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from servers.process import PROJECT, OptionalServerMissingError, ServerMissingError

if TYPE_CHECKING:
    from collections.abc import Mapping

BUSYBOX = PROJECT / ".cache" / "debian" / "bin" / "busybox"
"""Static: it runs in any root, and whatever LD_PRELOAD says."""

_ROOTS = PROJECT / ".cache" / "roots"
_SYSTEM = ("bin", "lib", "lib64", "sbin", "usr")


@dataclass
class Root:
    """A root directory.

    Attributes:
        folder: what becomes `/`; a test may add files to it.
        mounted: folders and files that are mounted there: path without the leading slash, and source.
    """

    folder: Path
    mounted: dict[str, Path] = field(default_factory=dict)

    def write(self, path: str, content: str) -> None:
        """Write a file, given as a path without the leading slash."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)

    def mount_commands(self, mounted: Mapping[str, Path]) -> str:
        """Return shell commands, for busybox, that mount all that belongs into the root, and more.

        Args:
            mounted: what else to mount: path without the leading slash, and source.
        """
        lines = []
        for path, source in {**self.mounted, **mounted}.items():
            target = self.folder / path
            if source.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.touch()
            lines.append(f"{_words(BUSYBOX, 'mount', '-o', 'rbind', source, target)} || exit 99\n")
        return "".join(lines)

    def command(self, mounted: Mapping[str, Path], *command: str) -> list[str]:
        """Return a command that runs another in the root, as the same process.

        Args:
            mounted: what to mount besides: path without the leading slash, and source.
            command: runs in the root.
        """
        script = self.mount_commands(mounted) + f'exec {_words(BUSYBOX, "chroot", self.folder)} "$@"\n'
        return [str(BUSYBOX), "unshare", "--mount", str(BUSYBOX), "sh", "-c", script, "sh", *command]

    def layer(self, layer: Path, folder: Path, mounted: Mapping[str, Path] | None = None) -> Path:
        """Make a layer for the sandbox whose launcher is another layer's, in the root.

        Args:
            layer: what is `/opt` in the root.
            folder: an empty folder, which becomes the layer.
            mounted: what to mount besides: path without the leading slash, and source.
        """
        launcher = folder / "extensions" / "telemap"
        launcher.parent.mkdir(parents=True)
        command = self.command({"opt": layer, **(mounted or {})}, "/opt/extensions/telemap")
        launcher.write_text(f"#!{BUSYBOX} sh\nexec {_words(*command)}\n")
        launcher.chmod(0o755)
        return folder


def busybox_root(folder: Path) -> Root:
    """Make a root with busybox's shell alone: no other program, and no C library.

    Raises:
        ServerMissingError: there is no static busybox, or roots cannot be used here.
    """
    _require_root()
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "busybox").write_bytes(BUSYBOX.read_bytes())
    (folder / "bin" / "busybox").chmod(0o755)
    (folder / "bin" / "sh").symlink_to("busybox")
    return _with_kernel(Root(folder))


def debian_root(name: str, folder: Path) -> Root:
    """Make a root with the programs and libraries of one in `.cache/roots`.

    Raises:
        OptionalServerMissingError: there is none: mirrors may no longer have its packages.
        ServerMissingError: roots cannot be used here.
    """
    _require_root()
    base = _ROOTS / name
    if not base.is_dir():
        message = f"{base.relative_to(PROJECT)} (a root directory from Debian's packages) is missing"
        raise OptionalServerMissingError(message)
    folder.mkdir()
    root = Root(folder)
    for top in _SYSTEM:
        if (base / top).is_symlink():
            (folder / top).symlink_to((base / top).readlink())
        elif (base / top).exists():
            root.mounted[top] = base / top
    return _with_kernel(root)


def _with_kernel(root: Root) -> Root:
    root.mounted |= {"proc": Path("/proc"), "dev": Path("/dev")}
    (root.folder / "tmp").mkdir()
    (root.folder / "tmp").chmod(0o1777)
    root.write("etc/hosts", "127.0.0.1 localhost sandbox.localdomain\n")
    root.write("etc/resolv.conf", "nameserver 127.0.0.1\n")
    root.folder.chmod(0o755)
    return root


def _require_root() -> None:
    if not BUSYBOX.exists():
        raise ServerMissingError(f"{BUSYBOX.relative_to(PROJECT)} (static) is missing")
    if os.geteuid() != 0:
        raise ServerMissingError("only root can enter a root directory")
    allowed = subprocess.run(
        [BUSYBOX, "unshare", "--mount", BUSYBOX, "true"], capture_output=True, text=True, check=False
    )
    if allowed.returncode:
        raise ServerMissingError(f"mounting in a namespace is not allowed here: {allowed.stderr.strip()}")


def _words(*words: object) -> str:
    return shlex.join(map(str, words))
