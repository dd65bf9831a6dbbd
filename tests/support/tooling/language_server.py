"""A client of the YAML language server that editors run: JSON-RPC over its standard streams, as the protocol has it.

Source: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""

from __future__ import annotations

import itertools
import json
import os
import queue
import subprocess
import threading
from typing import TYPE_CHECKING, Any, Self

from patience import PATIENCE_SECONDS
from servers.process import PROJECT, ServerError, ServerMissingError, find_program

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SERVER = PROJECT / ".cache" / "yaml-language-server" / "node_modules" / ".bin" / "yaml-language-server"
"""How long an answer may take: the server is slow to start on a busy machine."""


class LanguageServer:
    """The language server of one folder, up while the `with` block runs.

    Args:
        folder: what the editor has open.
        settings: those of the editor that begin with `yaml.`, as the editor's settings file has them.

    Raises:
        ServerMissingError: there is no Node.js, or no language server.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        self._node = find_program("node")
        if not SERVER.exists():
            raise ServerMissingError(f"there is no {SERVER.relative_to(PROJECT)}")
        self._folder = folder
        # The store of schemas is on the internet: tests ask nobody.
        self._settings = {"schemaStore": {"enable": False}} | {
            name.removeprefix("yaml."): value for name, value in settings.items()
        }
        self._numbers = itertools.count(1)
        self._answers: queue.Queue[Any] = queue.Queue()
        self._diagnostics: queue.Queue[Any] = queue.Queue()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [self._node, SERVER, "--stdio"],
            cwd=self._folder,
            env={"PATH": os.defpath, "HOME": str(self._folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self._ask(
            "initialize",
            processId=os.getpid(),
            rootUri=self._folder.as_uri(),
            workspaceFolders=[{"uri": self._folder.as_uri(), "name": self._folder.name}],
            capabilities={
                "workspace": {"configuration": True, "workspaceFolders": True},
                "textDocument": {"hover": {"contentFormat": ["plaintext"]}, "completion": {}},
            },
        )
        self._tell("initialized")
        self._tell("workspace/didChangeConfiguration", settings={"yaml": self._settings})
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._ask("shutdown")
            self._tell("exit")
            self._process.wait(PATIENCE_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            for stream in (self._process.stdin, self._process.stdout):
                if stream:
                    stream.close()

    def open(self, path: Path) -> list[str]:
        """Open a file, and give what the editor would show as wrong, each as `line:column: message`, counted from 1."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": path.read_text(encoding="utf-8")}
        self._tell("textDocument/didOpen", textDocument=document)
        while True:
            shown = self._diagnostics.get(timeout=PATIENCE_SECONDS)
            if shown["uri"] == path.as_uri():
                return [_as_line(diagnostic) for diagnostic in shown["diagnostics"]]

    def hover(self, path: Path, line: int, column: int) -> str:
        """Return what the editor shows where the mouse rests, in a file that is open."""
        answer = self._ask("textDocument/hover", **_place(path, line, column))
        return answer["contents"]["value"] if answer else ""

    def complete(self, path: Path, line: int, column: int) -> list[str]:
        """Return what the editor offers to write, in a file that is open."""
        answer = self._ask("textDocument/completion", **_place(path, line, column))
        items = answer["items"] if isinstance(answer, dict) else answer or []
        return [item["label"] for item in items]

    def _ask(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": parameters})
        try:
            answer = self._answers.get(timeout=PATIENCE_SECONDS)
        except queue.Empty as error:
            raise ServerError(f"the language server did not answer to {method}") from error
        if answer.get("id") != number or "error" in answer:
            raise ServerError(f"the language server answered to {method}: {answer}")
        return answer["result"]

    def _tell(self, method: str, **parameters: Any) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        stream = self._process.stdin
        if stream is None:
            raise ServerError("the language server has not been started")
        stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        stream.flush()

    def _read(self) -> None:
        stream, length = self._process.stdout, 0
        while stream and (header := stream.readline()):
            if header != b"\r\n":
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                continue
            message = json.loads(stream.read(length))
            if "method" not in message:
                self._answers.put(message)
            elif "id" in message:
                self._answer(message)
            elif message["method"] == "textDocument/publishDiagnostics":
                self._diagnostics.put(message["params"])

    def _answer(self, request: dict[str, Any]) -> None:
        """Answer what the server asks: it wants to know settings, and says which methods it has."""
        result = None
        if request["method"] == "workspace/configuration":
            result = [self._settings if item["section"] == "yaml" else {} for item in request["params"]["items"]]
        self._send({"id": request["id"], "result": result})


def _place(path: Path, line: int, column: int) -> dict[str, Any]:
    return {"textDocument": {"uri": path.as_uri()}, "position": {"line": line - 1, "character": column - 1}}


def _as_line(diagnostic: dict[str, Any]) -> str:
    start = diagnostic["range"]["start"]
    return f"{start['line'] + 1}:{start['character'] + 1}: {diagnostic['message']}"
