"""Run the layer's Python while the layer is built, with its whole standard library."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from interpreter import reach

if TYPE_CHECKING:
    from interpreter.deb import Tree
    from interpreter.processors import Processor

OPTIONS = ("-I", "-S", "-B", "-X", "no_debug_ranges")
"""How to run Python on what builds a layer: isolated, and so that bytecode has lines, but no columns for tracebacks."""


class InterpreterError(Exception):
    """The interpreter does not start, or a program failed; the message has its words."""


class BuildTimePython:
    """Debian's Python, unpacked into a folder, for programs that build the layer.

    Args:
        folder: an empty folder.
        tree: the files of its packages.
        processor: this machine's.
        version: such as `3.11`.
    """

    def __init__(self, folder: Path, tree: Tree, processor: Processor, version: str) -> None:
        tree.write(folder)
        libraries = [folder / top / processor.triplet for top in ("lib", "usr/lib")]
        loader = next(path / processor.loader for path in libraries if (path / processor.loader).exists())
        program = folder / "usr" / "bin" / f"python{version}"
        self._command = [
            *(str(loader), "--library-path", ":".join(map(str, libraries))),
            *("--argv0", str(program), str(program), *OPTIONS),
        ]
        self._library = folder / "usr" / "lib" / f"python{version}"

    def reached_modules(self, packages: Path) -> set[str]:
        """Return the names of the modules of the standard library that packages reach.

        Raises:
            InterpreterError: a module cannot be parsed.
        """
        return set(self.run(Path(reach.__file__), packages, self._library).split())

    def run(self, program: Path, *arguments: str | Path) -> str:
        """Run a program, and return what it prints.

        Raises:
            InterpreterError: it failed.
        """
        command = [*self._command, str(program), *map(str, arguments)]
        environment = {"LC_ALL": "C"}
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        except OSError as error:
            raise InterpreterError(f"{command[0]}: {error.strerror}") from error
        if done.returncode:
            raise InterpreterError(f"{program.name} failed:\n{done.stderr}")
        return done.stdout
