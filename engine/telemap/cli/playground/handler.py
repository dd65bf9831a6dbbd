"""Answer the requests of the page: its files, those named on the command line, and questions.

All that the page may ask is in `playground/src/files.ts`.
"""

from __future__ import annotations

import io
import json
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Final

from telemap.cli.playground.admission import Refusal, refused_body, refused_origin, refused_token, session_of
from telemap.cli.playground.connection import TimedReader, is_open, linger
from telemap.cli.playground.mapping_file import ConflictError, NotSaveableError
from telemap.cli.playground.questions import NotAnsweredError, Question, to_json
from telemap.errors import TelemapError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemap.cli.playground.events_file import EventsFile
    from telemap.cli.playground.mapping_file import MappingFile
    from telemap.cli.playground.page_files import PageFile
    from telemap.cli.playground.questions import Questions

REQUEST_SECONDS: Final = 75.0
"""Longest time until the head of a request is there, the pause after the last one included."""

BODY_SECONDS: Final = 60.0
"""Longest time until the body is there."""

_SEND_SECONDS: Final = 30.0

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_JSON: Final = "application/json"
_KEPT: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Served:
    """What is served.

    Attributes:
        page: the page's files by path.
        token: what each request but those for the page must have.
        mapping: the mapping named on the command line.
        events: the recording named there.
        questions: the questions of all tabs.
        documentation: the address of the published documentation; None if there is none.
        site: the address of a playground for links to share; None if there is none.
    """

    page: Mapping[str, PageFile]
    token: str
    mapping: MappingFile | None
    events: EventsFile | None
    questions: Questions
    documentation: str | None
    site: str | None


class Handler(BaseHTTPRequestHandler):
    """Serves one connection; `served` is set in a subclass."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer goes out as a whole
    served: Served

    def setup(self) -> None:
        """Read from the connection within a time."""
        super().setup()
        self.rfile.close()
        self._arriving = TimedReader(self.connection)
        self.rfile = io.BufferedReader(self._arriving)
        self._has_unread = False

    def handle_one_request(self) -> None:
        """Serve a request."""
        self._arriving.until = time.monotonic() + REQUEST_SECONDS
        super().handle_one_request()

    def finish(self) -> None:
        """End the connection so that the other side can read the answer."""
        super().finish()
        if self._has_unread:
            linger(self.connection)

    def do_GET(self) -> None:
        """Answer with a file of the page, or about the files named on the command line."""
        file = self.served.page.get(self.path)
        refusal = refused_origin(self.headers, is_page=file is not None)
        if refusal is None and (self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers):
            refusal = Refusal(400, "a GET request has no body")
        if refusal is None and file is None:
            refusal = refused_token(self.headers, self.served.token)
        if refusal is not None:
            self._refuse(refusal)
        elif file is not None:
            self._send(200, file.content, file.media_type, _KEPT if file.is_hashed else "no-cache")
        else:
            self._answer_about_files()

    def do_POST(self) -> None:
        """Answer a question, or save."""
        refusal = self._refused_post()
        if refusal is not None:
            self._refuse(refusal)
            return
        self._arriving.until = time.monotonic() + BODY_SECONDS
        try:
            body = self._body()
        except TimeoutError:
            self._refuse(Refusal(408, "the body did not arrive in time"))
            return
        if body is None:
            self._refuse(Refusal(400, "the body is not a JSON object"), is_read=True)
        elif self.path == "/save":
            self._save(body)
        else:
            self._ask(self.path.removeprefix("/ask/"), body)

    def handle_expect_100(self) -> bool:
        """Refuse before the body is sent, if the client waits for that."""
        refusal = self._refused_post() if self.command == "POST" else None
        if refusal is not None:
            self._refuse(refusal)
            return False
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Refuse a request that is not HTTP, or has another method."""
        if code == 501:
            self._refuse(Refusal(405, "this method is not allowed"), {"Allow": "GET, POST"})
        else:
            self._refuse(Refusal(code, message or "this is not a request"))

    def version_string(self) -> str:
        """Return the value of `Server`."""
        return "telemap"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Log nothing: requests are of no interest to who sits at the terminal."""

    def _refused_post(self) -> Refusal | None:
        refusal = refused_origin(self.headers, is_page=False) or refused_token(self.headers, self.served.token)
        if refusal is None and self.path != "/save" and not self.path.startswith("/ask/"):
            refusal = Refusal(404, "there is nothing at this address")
        return refusal or refused_body(self.headers)

    def _body(self) -> dict[str, Any] | None:
        """Return the body, a JSON object; None if it is something else."""
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionAbortedError
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None

    def _answer_about_files(self) -> None:
        served = self.served
        if self.path == "/changes":
            changes = {"mapping": served.mapping, "events": served.events}
            self._send_json(200, {name: file.digest() if file else None for name, file in changes.items()})
        elif self.path == "/files":
            try:
                mapping = served.mapping.document() if served.mapping else None
                events = served.events.document() if served.events else None
            except (OSError, TelemapError) as error:
                self._refuse(Refusal(500, _said(error)), is_read=True)
            else:
                addresses = {"documentation": served.documentation, "site": served.site}
                self._send_json(200, {"mapping": mapping, "events": events, **addresses})
        else:
            self._refuse(Refusal(404, "there is nothing at this address"), is_read=True)

    def _save(self, body: dict[str, Any]) -> None:
        text, digest = body.get("text"), body.get("digest")
        if not isinstance(text, str) or not isinstance(digest, str | None) or body.keys() != {"text", "digest"}:
            self._refuse(Refusal(400, "to save takes a text and a digest"), is_read=True)
        elif self.served.mapping is None:
            self._refuse(Refusal(400, "no mapping was named on the command line: download it"), is_read=True)
        else:
            try:
                self._send_json(200, {"digest": self.served.mapping.save(text, digest)})
            except ConflictError as conflict:
                self._send_json(409, {"text": conflict.text, "digest": conflict.digest})
            except UnicodeEncodeError:
                self._refuse(Refusal(400, "the text has half a character (a lone surrogate)"), is_read=True)
            except NotSaveableError as error:
                self._refuse(Refusal(400, str(error)), is_read=True)
            except (OSError, TelemapError) as error:
                self._refuse(Refusal(500, _said(error)), is_read=True)

    def _ask(self, name: str, arguments: dict[str, Any]) -> None:
        session = session_of(self.headers)
        if session is None:
            self._refuse(Refusal(400, "the name of the session is missing or not valid"), is_read=True)
            return
        question = Question(session, name, arguments, lambda: is_open(self.connection))
        try:
            answer = self.served.questions.ask(question)
        except NotAnsweredError as error:
            self._refuse(Refusal(500 if error.is_fault else 400, str(error)), is_read=True)
        else:
            self._send(200, answer, _JSON, "no-store")

    def _refuse(self, refusal: Refusal, headers: Mapping[str, str] | None = None, *, is_read: bool = False) -> None:
        """Answer why a request is refused.

        Args:
            refusal: why.
            headers: further ones.
            is_read: whether the request was read to its end, so that the connection can be used on.
        """
        if not is_read:
            self.close_connection = self._has_unread = True
        self._send_json(refusal.status, {"error": refusal.reason}, headers)

    def _send_json(self, status: int, value: Any, headers: Mapping[str, str] | None = None) -> None:
        self._send(status, to_json(value), _JSON, "no-store", headers)

    def _send(
        self, status: int, content: bytes, media_type: str, caching: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.connection.settimeout(_SEND_SECONDS)
        self.request_version = self.protocol_version  # with a status also for what is no request
        self.send_response(status)
        for name, value in {**_HEADERS, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", caching)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)


def _said(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"cannot use {error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
    return str(error)
