"""Unpack the layer to measure, as Lambda does."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from telemap_lambda.sandbox import assemble

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Layer:
    """A layer in a folder.

    Attributes:
        folder: the directory that is `/opt` in Lambda.
        built: whether it is the layer that users deploy; False if assembled from the installed packages.
        binaries: a directory in which `python3` is this Python, outside any virtual environment: the function's.
    """

    folder: Path
    built: bool
    binaries: Path

    @property
    def launcher(self) -> Path:
        """The file that Lambda starts."""
        return self.folder / "extensions" / "telemap"

    @property
    def modules(self) -> Path:
        """The directory of the modules."""
        return self.folder / "telemap"

    @property
    def python(self) -> Path:
        """The interpreter that runs the extension: the layer's own, if it has one."""
        return next((self.modules / "python").glob(f"{platform.machine()}/python3"), self.functions_python)

    @property
    def functions_python(self) -> Path:
        """The function's interpreter."""
        return self.binaries / "python3"

    @property
    def main(self) -> Path:
        """The file that the launcher has the interpreter run."""
        return next((self.modules / "telemap_lambda").glob("__main__.py*"))

    @property
    def environment(self) -> dict[str, str]:
        """The function's variables that an extension sees."""
        return {
            "PATH": f"{self.binaries}:/usr/bin:/bin",
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "LANG": "en_US.UTF-8",
        }


@contextlib.contextmanager
def unpacked(file: Path | None) -> Iterator[Layer]:
    """Unpack a layer for the duration of a context; without a file, assemble one from the installed packages."""
    with tempfile.TemporaryDirectory(prefix="telemap-bench-") as name:
        folder = Path(name)
        binaries = folder / "bin"
        binaries.mkdir()
        (binaries / "python3").symlink_to(Path(sys.executable).resolve())
        if file is None:
            yield Layer(assemble(folder / "opt"), built=False, binaries=binaries)
            return
        with zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                path = Path(archive.extract(entry, folder / "opt"))
                if mode := entry.external_attr >> 16 & 0o777:
                    os.chmod(path, mode)  # noqa: PTH101 - zipfile leaves modes out
        layer = Layer(folder / "opt", built=True, binaries=binaries)
        _run_by_bash(layer.launcher)
        yield layer


def _run_by_bash(launcher: Path) -> None:
    """Have the launcher run by bash, as in Lambda: Amazon Linux's `sh` is bash."""
    if bash := shutil.which("bash"):
        launcher.write_text(launcher.read_text().replace("#!/bin/sh\n", f"#!{bash}\n", 1))
