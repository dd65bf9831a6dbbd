"""Write files atomically; all files of telemap's commands are written here."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO


def write_whole(name: str | os.PathLike[str], content: bytes | IO[bytes]) -> None:
    """Write a file atomically, via a new file in the same directory whose name cannot be predicted.

    Symbolic links are followed, and an existing file keeps its mode.

    Raises:
        OSError: the file cannot be written, and is unchanged; the error has its name as given.
    """
    source = BytesIO(content) if isinstance(content, bytes) else content
    try:
        if Path(name).exists() and not Path(name).is_file():  # such as /dev/stdout, which cannot be replaced
            with Path(name).open("wb") as target:
                shutil.copyfileobj(source, target)
        else:
            _replace(_resolved(name), source)
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(name)) from error


def _resolved(name: str | os.PathLike[str]) -> Path:
    try:
        return Path(name).resolve()
    except RuntimeError as error:  # up to Python 3.12, for links in a circle
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from error


def _replace(path: Path, source: IO[bytes]) -> None:
    is_there = path.exists()
    if is_there and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    descriptor, beside = tempfile.mkstemp(prefix=".telemap-", suffix=".new", dir=path.parent)
    try:
        with open(descriptor, "wb") as target:  # noqa: PTH123 - a descriptor has no path
            shutil.copyfileobj(source, target)
            os.fchmod(descriptor, path.stat().st_mode & 0o7777 if is_there else 0o666 & ~_umask())
        os.replace(beside, path)  # noqa: PTH105 - as mkstemp gives it
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)  # noqa: PTH108 - as above
        raise


def _umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
