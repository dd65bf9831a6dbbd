"""A proxy between the extension and databases that breaks exchanges, before or after they have arrived."""

from __future__ import annotations

import http.client
import random
import threading
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from extension.recording_server import RecordingServer, Request
from patience import PATIENCE_SECONDS

from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

_PASSED_ON = ("Content-Type", "Content-Encoding", "X-Prometheus-Remote-Write-Version")


class BreakingProxy:
    """Serves on 127.0.0.1 within a `with` block.

    Args:
        urls: where exchanges go, to each; the answer is the one with the highest status.
        fates: what may become of an exchange, each as likely: `whole`, `lost` before it arrives, `unanswered` after.
        seed: of the dice.

    Attributes:
        broken: how many exchanges were broken.
    """

    def __init__(self, urls: Sequence[str], fates: Sequence[str], seed: int = 1) -> None:
        self._targets = [urlsplit(url) for url in urls]
        self._fates = fates
        self._dice = random.Random(seed)  # noqa: S311 - no secret
        self._lock = threading.Lock()
        self._server = RecordingServer(self._answer)
        self.url = f"{self._server.url}{self._targets[0].path}"
        self.broken = 0

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def _answer(self, request: Request) -> Answer | None:
        with self._lock:
            fate = self._dice.choice(self._fates)
            self.broken += fate != "whole"
        if fate == "lost":
            return None
        answers = [self._pass_on(request, target.netloc) for target in self._targets]
        return None if fate == "unanswered" else max(answers, key=lambda answer: answer.status)

    def _pass_on(self, request: Request, where: str) -> Answer:
        connection = http.client.HTTPConnection(where, timeout=PATIENCE_SECONDS)
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        connection.request(request.method, request.path, request.body, headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return Answer(response.status, body)
