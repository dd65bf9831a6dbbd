"""Run the tests of the page in a browser, each as a test of pytest: they are written for `node --test`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from servers.process import PROJECT, ServerMissingError

from playground.building import node

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = PROJECT / "tests" / "playground" / "browser"
_UNPACKED = PROJECT / ".cache" / "chromium"
_REPORTER = Path(__file__).with_name("reporter.mjs")
_TEST = re.compile(r'^(both|statically|locally)\("([^"]+)"', re.MULTILINE)
_BACKENDS = {"both": ("static", "local"), "statically": ("static",), "locally": ("local",)}


@dataclass(frozen=True, slots=True)
class Browser:
    """A Chromium, and what it needs in its environment."""

    program: str
    environment: Mapping[str, str]


def find_browser() -> Browser:
    """Return the Chromium that CHROMIUM names, that is on PATH, or that `.ci/servers` has unpacked.

    Raises:
        ServerMissingError: there is none.
    """
    named = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if named:
        return Browser(named, {})
    program = _UNPACKED / "usr" / "lib" / "chromium" / "chromium-headless-shell"
    if not program.exists():
        raise ServerMissingError("no chromium")
    folders = {str(path.parent) for path in _UNPACKED.glob("**/lib/**/lib*.so*")}
    fonts = _UNPACKED / "fonts.conf"
    folder = _UNPACKED / "usr" / "share" / "fonts"
    fonts.write_text(f"<fontconfig><dir>/usr/share/fonts</dir><dir>{folder}</dir></fontconfig>\n", encoding="utf-8")
    return Browser(str(program), {"LD_LIBRARY_PATH": ":".join(sorted(folders)), "FONTCONFIG_FILE": str(fonts)})


def names_in(file: str, backend: str) -> list[str]:
    """Return the names of the tests of a file that a back end has, in their order."""
    text = (FOLDER / f"{file}.test.mjs").read_text(encoding="utf-8")
    return [name for kind, name in _TEST.findall(text) if backend in _BACKENDS[kind]]


def run(file: str, backend: str, built: Path) -> dict[str, str]:
    """Run the tests of a file, and return what each has told: nothing if it has passed.

    Args:
        file: its name, without `.test.mjs`.
        backend: `static` or `local`.
        built: the folder of what `make playground` builds.

    Raises:
        ServerMissingError: there is no Node, or no browser.
    """
    browser = find_browser()
    environment = {
        **os.environ,
        **browser.environment,
        "BACKEND": backend,
        "BROWSER": browser.program,
        "STATIC": str(built / "static"),
        "PAGE": str(built / "page"),
        "PYTHON": sys.executable,
    }
    command: list[str | Path] = [node(), "--test", f"--test-reporter={_REPORTER}", FOLDER / f"{file}.test.mjs"]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    told = dict(map(json.loads, finished.stdout.splitlines()))
    missing = f"it has not run:\n{finished.stdout[-4000:]}{finished.stderr[-4000:]}"
    return {name: told.get(name, missing) for name in names_in(file, backend)}
