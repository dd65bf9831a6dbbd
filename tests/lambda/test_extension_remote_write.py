"""The extension in a sandbox, and a database that it writes to."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from extension.lives import life
from extension.outcomes import assert_a_good_life, log_of
from extension.recording_server import RecordingServer, Request
from remote_write.database import Database, OutOfOrderError

from telemap_lambda.fake_database.decoding import decode
from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from telemap_lambda.sandbox import SandboxResult

COUNT = "aws_lambda_duration_seconds_count"
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIDOFOURS",
    "AWS_SECRET_ACCESS_KEY": "secret-key-of-ours",
    "AWS_SESSION_TOKEN": "session-token-of-ours",
    "AWS_REGION": "eu-west-1",
}
CONTAINER_TOKEN = "token-for/the+container=="  # noqa: S105 - for a test
PROXY_PASSWORD = "p%/ssw+rd-of-the-proxy"  # noqa: S105 - for a test


class Receiver(RecordingServer):
    """Stores what comes as Prometheus does."""

    def __init__(self) -> None:
        super().__init__(self._store)
        self.database = Database()
        self.refuses = False

    def _store(self, request: Request) -> Answer:
        if self.refuses:
            words = f"who are {request.headers['Authorization']} and {request.headers['x-amz-security-token']}?"
            return Answer(403, words.encode())
        try:
            self.database.write(request.body)
        except OutOfOrderError:
            return Answer(400, b"out of order sample")
        return Answer(204)


@pytest.fixture
def receiver(_integration: None) -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def test_a_life_is_written_with_labels_that_are_its_own(play: Callable[..., SandboxResult], receiver: Receiver) -> None:
    environment = {
        "GATEWAY": f"{receiver.url}/api/v1/write",
        "TELEMAP_GROUPING": "team=orders",
        "TELEMAP_PUSH_INTERVAL_MS": "0",
    }
    for _ in range(2):
        assert_a_good_life(play(life("a", "b", "c"), environment))
    labels = [dict(found) for found in receiver.database.series]

    assert receiver.database.counted(COUNT) == 6
    assert len({found["instance"] for found in labels}) == 2
    assert {found["team"] for found in labels} == {"orders"}
    assert all(found["job"] for found in labels)


def test_series_end_with_the_process_when_asked_to(play: Callable[..., SandboxResult], receiver: Receiver) -> None:
    environment = {"GATEWAY": f"{receiver.url}/api/v1/write", "TELEMAP_ON_SHUTDOWN": "delete"}
    assert_a_good_life(play(life("a", "b"), environment))

    assert receiver.database.counted(COUNT) == 2
    assert receiver.database.live() == {}


def test_neither_keys_nor_tokens_nor_signatures_are_in_a_debug_log(
    play: Callable[..., SandboxResult], receiver: Receiver
) -> None:
    environment = {
        "GATEWAY": f"{receiver.url}/api/v1/write",
        "TELEMAP_AUTH": "sigv4",
        "TELEMAP_LOG_LEVEL": "debug",
        "TELEMAP_PUSH_INTERVAL_MS": "0",
        **KEYS,
    }
    receiver.refuses = True
    refused = play(life("a", "b", "c"), environment)
    receiver.refuses = False
    taken = play(life("a", "b", "c"), environment)
    signed = [request.headers["Authorization"] for request in receiver.requests]
    signatures = [authorization.rpartition("=")[2] for authorization in signed]

    assert receiver.database.counted(COUNT) == 3
    assert all(one.startswith("AWS4-HMAC-SHA256 Credential=AKIDOFOURS/") for one in signed)
    assert any("answered 403: who are" in line for line in log_of(refused))
    secrets = [KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"], KEYS["AWS_SESSION_TOKEN"], *signatures]
    for result in (refused, taken):
        assert_a_good_life(result)
        assert [secret for secret in secrets if secret in result.stderr] == []


@pytest.mark.integration
@pytest.mark.parametrize("source", ["environment", "container"])
def test_a_debug_log_has_no_secret_of_keys_tenants_and_proxies(play: Callable[..., SandboxResult], source: str) -> None:
    def answer(request: Request) -> Answer:
        if request.path == "/keys":
            found = dict(zip(("AccessKeyId", "SecretAccessKey", "Token"), KEYS.values(), strict=False))
            return Answer(
                200 if request.headers["Authorization"] == CONTAINER_TOKEN else 403, json.dumps(found).encode()
            )
        signature = request.headers["Authorization"].rpartition("=")[2]
        words = [quote(KEYS["AWS_SESSION_TOKEN"]), base64.b64encode(signature.encode()).decode(), PROXY_PASSWORD]
        return Answer(403, " ".join(words).encode())

    with RecordingServer(answer) as server:
        container = {
            "AWS_REGION": "eu-west-1",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{server.url}/keys",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": CONTAINER_TOKEN,
        }
        environment = {
            "GATEWAY": "http://database.example/api/v1/write",
            "HTTP_PROXY": f"http://scraper:{quote(PROXY_PASSWORD, safe='')}@{server.address}",
            "TELEMAP_AUTH": "sigv4",
            "TELEMAP_TENANT": "team-a",
            "TELEMAP_LOG_LEVEL": "debug",
            "TELEMAP_PUSH_INTERVAL_MS": "0",
            **(KEYS if source == "environment" else container),
        }
        result = play(life("a", "b", "c"), environment)
    pushes = [request for request in server.requests if request.path != "/keys"]
    signatures = [request.headers["Authorization"].rpartition("=")[2] for request in pushes]
    keys = [value for name, value in KEYS.items() if name != "AWS_REGION"]
    secrets = [*keys, *signatures, CONTAINER_TOKEN, PROXY_PASSWORD]
    encoded = [base64.b64encode(secret.encode()).decode().rstrip("=")[:-1] for secret in secrets]

    assert any("answered 403" in line for line in log_of(result))
    assert pushes[0].headers["Proxy-Authorization"]
    assert pushes[0].headers["X-Scope-OrgID"] == "team-a"
    assert pushes[0].headers["x-amz-security-token"] == KEYS["AWS_SESSION_TOKEN"]
    forms = [*secrets, *encoded, *(quote(secret, safe="") for secret in secrets)]
    assert [form for form in forms if form in result.stderr] == []


def test_a_wrong_delivery_is_reported_and_samples_are_written_all_the_same(
    play: Callable[..., SandboxResult], receiver: Receiver
) -> None:
    environment = {"GATEWAY": f"{receiver.url}/api/v1/write", "TELEMAP_DELIVERY": "delta"}
    result = play(life("a"), environment)

    assert "delta cannot be used with a GATEWAY whose path is that of remote write" in log_of(result)[0]
    assert receiver.database.counted(COUNT) == 1
    assert all(decode(request.body) for request in receiver.requests)
