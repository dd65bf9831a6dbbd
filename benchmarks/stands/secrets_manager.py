"""A fake Secrets Manager for boto3, with one secret: the gateway's credentials."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from stands.gateway import PASSWORD, USERNAME

from telemap_lambda.local_server import Answer, LocalHandler, LocalServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECRET = "bench"  # noqa: S105 - its name


@contextlib.contextmanager
def secrets_manager() -> Iterator[Mapping[str, str]]:
    """Serve the secret; return the variables for boto3 and the extension to find it."""
    server = LocalServer(_Handler)
    server.start()
    try:
        yield {"AUTH_SECRET": SECRET, "AWS_ENDPOINT_URL": f"http://{server.address}"}
    finally:
        server.stop()


class _Handler(LocalHandler):
    def answer(self, body: bytes) -> None:
        asked = json.loads(body)["SecretId"]
        held = json.dumps({"username": USERNAME, "password": PASSWORD})
        answer = {"ARN": f"arn:{asked}", "Name": asked, "VersionId": "0" * 32, "SecretString": held}
        self.respond(Answer(200, json.dumps(answer).encode(), {"Content-Type": "application/x-amz-json-1.1"}))
