"""Serve the Extensions API and the Telemetry API at AWS_LAMBDA_RUNTIME_API."""

from __future__ import annotations

import functools
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from telemap_lambda.local_server import Answer, LocalHandler, LocalServer
from telemap_lambda.sandbox.agent import Call
from telemap_lambda.sandbox.subscription import SubscriptionError, read_subscription

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping
    from email.message import Message
    from typing import Self

    from telemap_lambda.sandbox.agent import Agent
    from telemap_lambda.sandbox.conditions import Conditions
    from telemap_lambda.sandbox.telemetry import Telemetry

_EXTENSION = "/2020-01-01/extension"
_ROUTES = {
    ("POST", f"{_EXTENSION}/register"): "register",
    ("GET", f"{_EXTENSION}/event/next"): "next",
    ("POST", f"{_EXTENSION}/init/error"): "init/error",
    ("POST", f"{_EXTENSION}/exit/error"): "exit/error",
    ("PUT", "/2022-07-01/telemetry"): "telemetry",
}
_EVENTS = frozenset({"INVOKE", "SHUTDOWN"})


@dataclass(frozen=True)
class Function:
    """The simulated function."""

    name: str = "sandbox-function"
    version: str = "$LATEST"
    handler: str = "app.handler"
    account_id: str = "123456789012"
    region: str = "eu-west-1"
    memory_mb: int = 128

    @property
    def arn(self) -> str:
        """The function's ARN, as in INVOKE."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.name}"


class Service:
    """The server of both APIs, for one extension.

    Args:
        agent: The extension's state.
        telemetry: The telemetry to subscribe to.
        function: The function that `register` describes.
        conditions: The conditions, which decide what is refused.

    """

    def __init__(self, agent: Agent, telemetry: Telemetry, function: Function, conditions: Conditions) -> None:
        self._agent = agent
        self._telemetry = telemetry
        self._function = function
        self._conditions = conditions
        self._server = LocalServer(functools.partial(_Handler, self))

    @property
    def address(self) -> str:
        """The value of AWS_LAMBDA_RUNTIME_API."""
        return self._server.address

    def start(self) -> Self:
        """Start listening."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop at once, even if the extension is waiting for an event."""
        self._agent.close()
        self._server.stop()

    def answer(self, method: str, path: str, headers: Message, body: bytes) -> Answer | None:
        """Answer a request, and record it; return None to close the connection without an answer."""
        at = time.monotonic()
        name = _ROUTES.get((method, path), f"{method} {path}")
        refusal = self._refusal(name, headers)
        if refusal is None and name == "next":
            self._agent.note(Call(name, at, 403 if self._agent.refusing else 200))
            return self._next()
        answer = refusal or self._decide(name, headers, body)
        self._agent.note(Call(name, at, answer.status))
        return answer

    def _refusal(self, name: str, headers: Message) -> Answer | None:
        """Refuse unknown routes and unknown extensions."""
        if name not in _ROUTES.values():
            return _error(404, "NotFound", name)
        registration = self._agent.registration
        identifier = headers.get("Lambda-Extension-Identifier")
        if name == "register" or (registration is not None and identifier == registration.identifier):
            return None
        if identifier is None:
            return _error(403, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header")
        return _error(403, "Extension.UnknownExtensionIdentifier", f"Unknown extension {identifier}")

    def _decide(self, name: str, headers: Message, body: bytes) -> Answer:
        if name == "register":
            return self._register(headers, body)
        if name == "telemetry":
            return self._subscribe(body)
        reason = headers.get("Lambda-Extension-Function-Error-Type", "Unhandled")
        self._agent.fail(f"extension reported {name}: {reason}")
        return _json(202, {"status": "OK"})

    def _register(self, headers: Message, body: bytes) -> Answer:
        name = headers.get("Lambda-Extension-Name")
        if not name:
            return _error(403, "Extension.InvalidExtensionName", "Empty extension name")
        if self._agent.registration is not None:
            return _error(403, "Extension.RegistrationClosed", "Extension registration closed already")
        try:
            requested = json.loads(body)["events"]
            events = frozenset(str(event) for event in requested)
        except (ValueError, KeyError, TypeError):
            return _error(400, "InvalidRequestFormat", "body must be an object with a list of events")
        granted = _EVENTS - {"INVOKE"} if self._conditions.managed else _EVENTS
        if events - granted:
            unknown = ", ".join(sorted(events - granted))
            return _error(403, "Extension.InvalidEventType", f"{unknown}: not an available event")
        identifier = self._agent.register(name, events).identifier
        return _json(200, self._registration(headers), {"Lambda-Extension-Identifier": identifier})

    def _registration(self, headers: Message) -> dict[str, str]:
        function = self._function
        content = {"functionName": function.name, "functionVersion": function.version, "handler": function.handler}
        if "accountId" in headers.get("Lambda-Extension-Accept-Feature", ""):
            content["accountId"] = function.account_id
        return content

    def _next(self) -> Answer | None:
        self._telemetry.close_subscription()
        event = self._agent.next_event()
        if self._agent.refusing:
            return _error(403, "Forbidden", "the environment has ended")
        return None if event is None else Answer(200, event, {"Content-Type": "application/json"})

    def _subscribe(self, body: bytes) -> Answer:
        if not self._conditions.telemetry_supported:
            return _error(202, "Telemetry.NotSupported", "Telemetry API is not supported")
        if self._agent.asked_at:  # the first `next` ends init
            return _error(403, "Telemetry.SubscriptionClosed", "Telemetry API subscription is closed already")
        if self._telemetry.deliveries:
            return _error(500, "InternalServerError", "subscribed already")  # as AWS's emulator does
        try:
            subscription = read_subscription(body, self._conditions.schema_versions)
        except SubscriptionError as error:
            return _error(400, "ValidationError", str(error))
        self._telemetry.subscribe(subscription)
        return _json(200, "OK")


class _Handler(LocalHandler):
    def __init__(self, service: Service, request: socket.socket, address: object, server: LocalServer) -> None:
        self._service = service
        super().__init__(request, address, server)

    def answer(self, body: bytes) -> None:
        answer = self._service.answer(self.command, urlsplit(self.path).path, self.headers, body)
        if answer is None:
            self.close_connection = True
        else:
            self.respond(answer)


def _json(status: int, content: object, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, json.dumps(content).encode(), {"Content-Type": "application/json", **(headers or {})})


def _error(status: int, kind: str, message: str) -> Answer:
    return _json(status, {"errorType": kind, "errorMessage": message})
