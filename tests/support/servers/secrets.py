"""Secrets Manager for a test: moto's server, and one that denies everything."""

from __future__ import annotations

import contextlib
import http.server
import json
import sys
import threading
from typing import TYPE_CHECKING, Any, ClassVar, Self

import boto3
from servers.process import ServerProcess, free_port

if TYPE_CHECKING:
    from collections.abc import Mapping

REGION = "eu-central-1"


def aws_environment(endpoint: str) -> Mapping[str, str]:
    """Return the variables that point boto3 at an endpoint, whatever else this machine is set up for."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


class SecretsManager:
    """AWS Secrets Manager as moto plays it, over real HTTP on 127.0.0.1."""

    def __init__(self) -> None:
        self._port = free_port()
        self._resources = contextlib.ExitStack()
        self.url = f"http://127.0.0.1:{self._port}"
        self.environment = aws_environment(self.url)

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self._port)]
        self._resources.enter_context(ServerProcess(command, ready_url=f"{self.url}/moto-api/"))
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def create_secret(self, name: str, value: str) -> str:
        """Create a secret that holds a string and return its ARN."""
        client = self._client()
        try:
            arn: str = client.create_secret(Name=name, SecretString=value)["ARN"]
        finally:
            client.close()
        return arn

    def change_secret(self, name: str, value: str) -> None:
        """Return a secret, known by name or ARN, another string, as a rotation does."""
        client = self._client()
        try:
            client.put_secret_value(SecretId=name, SecretString=value)
        finally:
            client.close()

    def _client(self) -> Any:
        return boto3.client(
            "secretsmanager",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
        )


class _Denial(http.server.BaseHTTPRequestHandler):
    """Answer every call as AWS does when the role lacks `secretsmanager:GetSecretValue`."""

    answer: ClassVar[bytes] = json.dumps(
        {
            "__type": "AccessDeniedException",
            "Message": "User is not authorized to perform: secretsmanager:GetSecretValue",
        }
    ).encode()

    def do_POST(self) -> None:
        if isinstance(self.server, _DenyingServer):
            self.server.calls += 1
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response(400)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        """Print nothing: the test counts the calls."""


class _DenyingServer(http.server.HTTPServer):
    calls = 0


class DeniedSecrets:
    """A Secrets Manager that denies every call with `AccessDeniedException`."""

    def __init__(self) -> None:
        self._resources = contextlib.ExitStack()
        self._server: _DenyingServer | None = None
        self.url = ""
        self.environment: Mapping[str, str] = {}

    def __enter__(self) -> Self:
        self._server = self._resources.enter_context(_DenyingServer(("127.0.0.1", 0), _Denial))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.environment = aws_environment(self.url)
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="denied-secrets")
        thread.start()
        self._resources.callback(thread.join)
        self._resources.callback(self._server.shutdown)
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    @property
    def calls(self) -> int:
        """How many calls were denied."""
        return 0 if self._server is None else self._server.calls
