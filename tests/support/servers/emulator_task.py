"""What lies in `/var/task` in the emulator: the function's package, and a `bootstrap` that runs it."""

from __future__ import annotations

import contextlib
import importlib.metadata
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from servers.process import ServerMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FEW_LINES = Path(__file__).with_name("emulator_runtime.py")
_RIC = ("awslambdaric", "simplejson", "snapshot-restore-py")
"""The distributions that AWS's runtime interface client for Python is made of."""

_RIC_BOOTSTRAP = """#!/bin/sh
PYTHONPATH=/var/task:/var/task/runtime PYTHONDONTWRITEBYTECODE=1 exec python3 -m awslambdaric app.handler
"""


@contextlib.contextmanager
def task_folder(files: Mapping[str, str], *, awslambdaric: bool, package: Path | None = None) -> Iterator[Path]:
    """Make what will be `/var/task`, readable by everyone, with a runtime where managed instances look for it.

    Args:
        files: the function's own: name and text; one may be the `bootstrap`.
        awslambdaric: whether the runtime is AWS's own, with the function `handler` of `app.py`; else it is a few lines
            that bring a function of their own (see `Emulator.run`).
        package: a folder with more of the function's files, if any.
    """
    with tempfile.TemporaryDirectory(prefix="task-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        bootstrap = folder / "bootstrap"
        if awslambdaric:
            bootstrap.write_text(_RIC_BOOTSTRAP)
            _copy_awslambdaric(folder / "runtime")
        else:
            shutil.copyfile(_FEW_LINES, bootstrap)
        if package:
            shutil.copytree(package, folder, dirs_exist_ok=True)
            _open_for_everyone(folder)
        for path, text in files.items():
            file = folder / path
            file.write_text(text)
            file.chmod(0o644)
        bootstrap.chmod(0o755)
        yield folder


def require_awslambdaric() -> None:
    """Find AWS's runtime.

    Raises:
        ServerMissingError: it is not installed.
    """
    for name in _RIC:
        try:
            importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError as error:
            message = f"{name} (AWS's runtime) is not installed"
            raise ServerMissingError(message) from error


def _copy_awslambdaric(folder: Path) -> None:
    for name in _RIC:
        for file in importlib.metadata.distribution(name).files or ():
            if file.suffix in {".py", ".so"}:
                target = folder / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), target)
    _open_for_everyone(folder)


def _open_for_everyone(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
