"""The engine in Pyodide, under Node: what the worker of the page runs, without a browser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from servers.process import ServerError

from playground.building import node

if TYPE_CHECKING:
    from types import TracebackType

_SCRIPT = Path(__file__).with_name("engine_process.mjs")


class NodeEngine:
    """A process that answers questions as the worker does.

    Args:
        static: the folder of the static playground.
        python: a file in the place of the module that answers.
    """

    def __init__(self, static: Path, python: Path | None = None) -> None:
        replacing: list[Path | str] = [] if python is None else ["--python", python]
        self._process = subprocess.Popen(
            [node(), _SCRIPT, static, *replacing],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def told(self, question: str, arguments: Any) -> dict[str, Any]:
        """Return what the worker posts for a question: an object with `answer` or `refused`.

        Raises:
            ServerError: the process has ended.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([question, arguments]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ServerError(f"the engine has ended at {question}")
        told: dict[str, Any] = json.loads(line)
        return told

    def ask(self, question: str, arguments: Any) -> Any:
        """Return the answer to a question."""
        return self.told(question, arguments)["answer"]
