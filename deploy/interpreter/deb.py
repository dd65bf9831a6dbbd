"""Read Debian packages: a .deb is an `ar` archive with a compressed tar archive of its files, `data.tar.xz`.

The format is described in the manual page deb(5).
"""

from __future__ import annotations

import io
import posixpath
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_MAGIC = b"!<arch>\n"
_HEADER_BYTES = 60


class DebError(Exception):
    """A file is not a Debian package."""


class Tree:
    """The files of Debian packages, laid over one another, in memory.

    Attributes:
        files: contents, by path without a leading slash.
        links: targets of symbolic links, by path, as they are written.
    """

    def __init__(self, packages: Iterable[Path]) -> None:
        self.files: dict[str, bytes] = {}
        self.links: dict[str, str] = {}
        for package in packages:
            self._add(package)

    def read(self, path: str) -> bytes | None:
        """Return a file's content, through any links; None if there is no such file."""
        resolved = self._resolved(path)
        return None if resolved is None else self.files.get(resolved)

    def below(self, folder: str) -> Iterator[tuple[str, bytes]]:
        """Yield the files below a folder: path relative to it, and content."""
        for path in sorted(self.files):
            if path.startswith(folder + "/"):
                yield path[len(folder) + 1 :], self.files[path]

    def write(self, folder: Path) -> None:
        """Write all files and links into a folder; all files become executable."""
        for path, content in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(0o755)
        for path, link in self.links.items():
            if not posixpath.isabs(link):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).symlink_to(link)

    def _add(self, package: Path) -> None:
        with tarfile.open(fileobj=io.BytesIO(_data(package)), mode="r:*") as data:
            for member in data:
                path = posixpath.normpath(member.name)
                if member.issym():
                    self.links[path] = member.linkname
                elif member.isreg() or member.islnk():
                    content = data.extractfile(member)
                    self.files[path] = content.read() if content else b""

    def _resolved(self, path: str) -> str | None:
        """Return the path after all links, of the file itself and of its folders; None in a loop."""
        for _ in range(40):
            parts = path.split("/")
            heads = ("/".join(parts[:length]) for length in range(1, len(parts) + 1))
            link = next((head for head in heads if head in self.links), None)
            if link is None:
                return path
            joined = posixpath.join("/", posixpath.dirname(link), self.links[link], path[len(link) + 1 :])
            path = posixpath.normpath(joined).lstrip("/")
        return None


def _data(package: Path) -> bytes:
    """Return the compressed tar archive in a package.

    Raises:
        DebError: there is none.
    """
    content = package.read_bytes()
    position = len(_MAGIC)
    if content[:position] == _MAGIC:
        while header := content[position : position + _HEADER_BYTES]:
            name, size = header[:16].decode().strip().rstrip("/"), int(header[48:58])
            start = position + _HEADER_BYTES
            if name.startswith("data.tar"):
                return content[start : start + size]
            position = start + size + size % 2
    raise DebError(f"{package.name}: not a Debian package")
