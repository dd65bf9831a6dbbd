"""The HTTP handler of the fake gateway."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import time
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from telemap_lambda.fake_gateway.behaviour import Behaviour
from telemap_lambda.fake_gateway.requests import GatewayRequest
from telemap_lambda.local_server import Answer, LocalHandler, LocalServer

if TYPE_CHECKING:
    from email.message import Message
    from typing import Protocol

    class Decider(Protocol):
        """The part of the gateway that the handler uses."""

        behaviour: Behaviour
        delay_seconds: float

        def decide(self, method: str, path: str, headers: Message, body: bytes) -> Answer | None: ...  # noqa: D102
        def note(self, request: GatewayRequest) -> None: ...  # noqa: D102


_LINGER_NOT = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 seconds: close sends RST instead of FIN
_TRICKLE_SECONDS = 1.0


class GatewayHandler(LocalHandler):
    """Lets the gateway decide, and applies its behaviour to the connection."""

    def __init__(self, gateway: Decider, request: socket.socket, client_address: object, server: LocalServer) -> None:
        self.gateway = gateway
        self.local_server = server
        super().__init__(request, client_address, server)

    def answer(self, body: bytes) -> None:
        """Answer one request, unless the behaviour prevents it."""
        at = time.monotonic()
        behaviour = self.gateway.behaviour
        path = unquote(urlsplit(self.path).path)
        answer = self.gateway.decide(self.command, path, self.headers, body)
        lost = answer is None or behaviour is Behaviour.LOST_ANSWER
        status = None if lost or answer is None else answer.status
        self.gateway.note(GatewayRequest(self.command, self.path, status, at, self.headers, body))
        if behaviour is Behaviour.SLOW:
            self.local_server.stopping.wait(self.gateway.delay_seconds)
        if lost or answer is None:
            self._leave(behaviour)
        elif behaviour is Behaviour.TRICKLE:
            self._trickle(answer)
        else:
            self.respond(answer)

    def _leave(self, behaviour: Behaviour) -> None:
        """Leave the request without an answer."""
        self.close_connection = True
        if behaviour is Behaviour.RESET:
            self._reset()
        elif behaviour is not Behaviour.LOST_ANSWER:
            self.local_server.stopping.wait()

    def _trickle(self, answer: Answer) -> None:
        self.close_connection = True
        head = f"HTTP/1.1 {answer.status} Slowly\r\nContent-Length: {len(answer.body)}\r\n\r\n"
        for byte in head.encode() + answer.body:
            self.wfile.write(bytes([byte]))
            if self.local_server.stopping.wait(_TRICKLE_SECONDS):
                return

    def _reset(self) -> None:
        with contextlib.suppress(OSError):  # the client may have closed it first
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        os.close(self.connection.detach())  # a plain close would send FIN before RST
