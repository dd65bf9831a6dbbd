"""Client for Lambda's Extensions API, and for subscribing to its Telemetry API.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html,
https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html
"""

from __future__ import annotations

from telemap_lambda.http_message import Client, Response

TYPE_CHECKING = False  # importing `typing` takes as long as everything that registering needs
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

INVOKE = "INVOKE"
SHUTDOWN = "SHUTDOWN"

SCHEMA_VERSIONS = ("2025-01-29", "2022-12-13", "2022-07-01")
"""Newest first; an environment that does not support a version answers 400."""

_BUFFERING = '{"timeoutMs": 25, "maxItems": 1000, "maxBytes": 1048576}'
"""The shortest timeout that the API accepts, and room for its largest record."""

_NEXT = "/2020-01-01/extension/event/next"

_CALL_SECONDS = 5.0
"""Maximum wait for calls that Lambda answers at once."""


class LambdaApiError(Exception):
    """Lambda refused a call, or could not be reached.

    Attributes:
        status: the HTTP status; 0 if there was no response.
    """

    def __init__(self, call: str, status: int, reason: str) -> None:
        self.status = status
        super().__init__(f"{call}: {f'status {status}, ' if status else ''}{reason}")


class LambdaApi:
    """The extension's side of the API.

    Args:
        address: host and port, from `AWS_LAMBDA_RUNTIME_API`.
        name: the extension's name, which is its file name in `/opt/extensions`.

    Attributes:
        events: the events that the extension is registered for.
    """

    def __init__(self, address: str, name: str) -> None:
        host, _, port = address.rpartition(":")
        self._client = Client((host, int(port)) if host else (address, 80))
        self._name = name
        self._identifier = ""
        self._registration = self._ask_for_next = b""
        self.events: tuple[str, ...] = ()

    @property
    def function_name(self) -> str:
        """The function's name, known after registering; empty if Lambda did not send it."""
        return str(_json_object(self._registration).get("functionName", ""))

    def register(
        self, *, managed: bool, connection: int | None = None, meanwhile: Callable[[], object] | None = None
    ) -> None:
        """Register for INVOKE and SHUTDOWN, or only for SHUTDOWN if INVOKE is refused.

        Args:
            managed: whether this is a managed instance, where extensions get no INVOKE.
            connection: the descriptor of a connection on which this has been asked for already, for both events.
            meanwhile: called while Lambda answers.

        Raises:
            LambdaApiError: Lambda refused the registration.
        """
        if managed:
            self._register((SHUTDOWN,), meanwhile)
            return
        try:
            self._register((INVOKE, SHUTDOWN), meanwhile, connection)
        except LambdaApiError as error:
            if error.status != 403:
                raise
            self._register((SHUTDOWN,))

    def next_event(self) -> dict[str, Any]:
        """Wait for the next event, without a time limit. The first call tells Lambda that the extension is ready.

        Raises:
            LambdaApiError: Lambda refused the call, or the answer is not an event.
        """
        return _event_in(self._call("GET", _NEXT, timeout=None))

    def ask(self) -> None:
        """Ask for the next event, which `take` returns. The first call tells Lambda that the extension is ready.

        Raises:
            LambdaApiError: Lambda could not be reached.
        """
        try:
            if not self._ask_for_next:
                self._ask_for_next = self._request("GET", _NEXT)
            self._client.send(self._ask_for_next, timeout=None)
        except OSError as error:
            raise LambdaApiError(_name(_NEXT), 0, str(error)) from error

    @property
    def file(self) -> int:
        """The descriptor that becomes readable when there may be something to `take`."""
        return self._client.file

    def take(self) -> dict[str, Any] | None:
        """Return the next event if it has come.

        Raises:
            LambdaApiError: Lambda refused the call, or the answer is not an event.
        """
        try:
            response = self._client.receive_some()
        except OSError as error:
            raise LambdaApiError(_name(_NEXT), 0, str(error)) from error
        return None if response is None else _event_in(_accepted(_NEXT, response))

    def subscribe(self, port: int, path: str, types: Sequence[str]) -> bool:
        """Subscribe to telemetry, with the newest schema that the environment supports.

        Args:
            port: the listener's port.
            path: the path that accepts posts.
            types: some of `platform`, `function`, `extension`.

        Returns:
            Whether telemetry will arrive; False in test environments without it (202).

        Raises:
            LambdaApiError: the subscription was refused.
        """
        for version in SCHEMA_VERSIONS:
            try:
                return self._subscribe(port, path, types, version).status != 202
            except LambdaApiError as error:
                if error.status != 400 or version == SCHEMA_VERSIONS[-1]:
                    raise
        raise AssertionError("the last version returns or raises")

    def report_init_error(self, message: str) -> None:
        """Report that the extension cannot start, which fails the function."""
        body = {"errorMessage": message, "errorType": "Extension.ConfigInvalid", "stackTrace": []}
        headers = {"Lambda-Extension-Function-Error-Type": "Extension.ConfigInvalid"}
        import json  # noqa: PLC0415 - it takes longer than the rest of the calls, which do without

        self._call("POST", "/2020-01-01/extension/init/error", json.dumps(body).encode(), headers)

    def _register(
        self,
        events: tuple[str, ...],
        meanwhile: Callable[[], object] | None = None,
        connection: int | None = None,
    ) -> None:
        body = f'{{"events":[{_texts(events)}]}}'.encode()  # importing `json` takes too long before registering
        name = {"Lambda-Extension-Name": self._name}
        path = "/2020-01-01/extension/register"
        response = self._call("POST", path, body, name, connection=connection, meanwhile=meanwhile)
        self._identifier = response.headers.get("lambda-extension-identifier", "")
        self._registration = response.body
        self.events = events

    def _subscribe(self, port: int, path: str, types: Sequence[str], version: str) -> Response:
        destination = f'{{"protocol": "HTTP", "URI": "http://sandbox.localdomain:{port}{path}"}}'
        body = (
            f'{{"schemaVersion": "{version}", "types": [{_texts(types)}],'
            f' "buffering": {_BUFFERING}, "destination": {destination}}}'
        )
        return self._call("PUT", "/2022-07-01/telemetry", body.encode())

    def _call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        *,
        timeout: float | None = _CALL_SECONDS,
        connection: int | None = None,
        meanwhile: Callable[[], object] | None = None,
    ) -> Response:
        """Make one call, unless it has been made on `connection`, and raise unless the status is 2xx."""
        request = self._request(method, path, body, headers)
        try:
            if connection is None:
                self._client.send(request, timeout=timeout)
            else:
                self._client.take_over(connection, request, timeout=timeout)
            if meanwhile is not None:
                meanwhile()
            response = self._client.receive()
        except OSError as error:
            raise LambdaApiError(_name(path), 0, str(error)) from error
        return _accepted(path, response)

    def _request(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
        sent = {"Content-Type": "application/json", **(headers or {})}
        if self._identifier:
            sent["Lambda-Extension-Identifier"] = self._identifier
        return self._client.request(method, path, sent, body)


def _name(path: str) -> str:
    """Return a call's name for messages."""
    return path.rpartition("/extension/")[2] or path


def _accepted(path: str, response: Response) -> Response:
    if not 200 <= response.status < 300:
        raise LambdaApiError(_name(path), response.status, response.body.decode(errors="replace")[:300])
    return response


def _event_in(response: Response) -> dict[str, Any]:
    event = _json_object(response.body)
    if "eventType" not in event:
        raise LambdaApiError(_name(_NEXT), response.status, "the answer is not an event")
    return event


def _texts(words: Sequence[str]) -> str:
    return ",".join(f'"{word}"' for word in words)


def _json_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object, whatever its content type (the emulator sends SHUTDOWN as `text/plain`)."""
    try:
        value = _json_value(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _json_value(body: bytes) -> object:
    try:
        from telemap.decode import decode_value  # noqa: PLC0415 - after registering
    except ImportError:  # the layer lacks the engine, and only keeps the function alive
        import json  # noqa: PLC0415 - as above

        return json.loads(body)
    return decode_value(body)
