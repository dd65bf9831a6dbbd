"""Write a file whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path


def write_whole(name: str, content: bytes) -> None:
    """Write a file; what stands there before is replaced at once, when all is written.

    A symbolic link stays one, and the file keeps its mode.

    Raises:
        OSError: it cannot be written; what stood there is as it was.
    """
    if Path(name).exists() and not Path(name).is_file():  # such as /dev/stdout, which has nothing to be replaced
        Path(name).write_bytes(content)
        return
    path = Path(name).resolve()
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    beside = path.with_name(f".telemap-{os.getpid()}.new")
    try:
        beside.write_bytes(content)
        if path.exists():
            shutil.copymode(path, beside)
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
