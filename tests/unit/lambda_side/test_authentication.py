"""Credentials from a secret or from the gateway's URL, and the thread that pushes with them."""

from __future__ import annotations

import json
import queue
from typing import TYPE_CHECKING

import pytest
from unit.lambda_side.recording_server import RecordingServer, Request

from telemap.push import Credentials
from telemap_lambda import authentication
from telemap_lambda.authentication import Authentication
from telemap_lambda.gateway import Gateway
from telemap_lambda.local_server import Answer
from telemap_lambda.log import Log
from telemap_lambda.pusher import Pusher, PushResult
from telemap_lambda.secret import SecretError, read_credentials
from telemap_lambda.settings import GatewayAddress, Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.secrets import DeniedSecrets

TEXT = "parcels_total 3\n"
NEW = "new"


class Secrets:
    """A Secrets Manager that answers what the test says, and counts."""

    def __init__(self, *answers: dict[str, str] | None) -> None:
        self.answers = list(answers)
        self.server = RecordingServer(self._answer)

    def _answer(self, request: Request) -> Answer:
        assert request.headers["X-Amz-Target"] == "secretsmanager.GetSecretValue"
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        headers = {"Content-Type": "application/x-amz-json-1.1"}
        if answer is None:
            denial = {"__type": "AccessDeniedException", "Message": "not authorized"}
            return Answer(400, json.dumps(denial).encode(), headers)
        return Answer(200, json.dumps(answer).encode(), headers)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Secrets], RecordingServer]:
    """Give a function that points boto3 at these secrets."""

    def point(secrets: Secrets) -> RecordingServer:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_ENDPOINT_URL", secrets.server.url)
        return secrets.server

    return point


def text_of(password: str) -> dict[str, str]:
    return {"SecretString": json.dumps({"username": "lambda", "password": password})}


def test_the_credentials_of_the_url_are_used() -> None:
    settings = Settings(gateway=GatewayAddress("http://gateway", "lambda", "s3same"))

    assert Authentication(settings).credentials() == Credentials("lambda", "s3same")
    assert Authentication(Settings(gateway=GatewayAddress("http://gateway"))).credentials() is None
    assert not Authentication(settings).refused()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"SecretString": "s3same"}, "not JSON with 'username' and 'password'"),
        ({"SecretString": '["s3same"]'}, "no text 'username' and no 'password'"),
        ({"SecretString": '{"username": "s3same"}'}, "no text 'password'"),
        ({"SecretString": '{"username": "s3same", "password": 7}'}, "no text 'password'"),
        ({"SecretBinary": "czNzYW1l"}, "binary"),
        (None, "AccessDeniedException"),
    ],
)
def test_a_secret_that_cannot_be_used_is_an_error_without_it(
    use: Callable[[Secrets], RecordingServer], answer: dict[str, str] | None, words: str
) -> None:
    with use(Secrets(answer)) as server, pytest.raises(SecretError, match=words) as caught:
        read_credentials("any")

    assert "s3same" not in str(caught.value)
    assert len(server.requests) == 1


def test_an_arns_region_is_asked(use: Callable[[Secrets], RecordingServer]) -> None:
    with use(Secrets(text_of("s3same"))) as server:
        found = read_credentials("arn:aws:secretsmanager:ap-south-1:123456789012:secret:a-AbCdEf")

    assert found == Credentials("lambda", "s3same")
    assert "/ap-south-1/secretsmanager/" in server.requests[0].headers["Authorization"]


def test_a_secret_is_read_once(use: Callable[[Secrets], RecordingServer]) -> None:
    with use(Secrets(text_of("old"), text_of("new"))) as server:
        reader = Authentication(read_settings({"AUTH_SECRET": "any"}))
        assert [reader.credentials() for _ in range(3)] == [Credentials("lambda", "old")] * 3

    assert len(server.requests) == 1


def test_a_refusal_has_it_read_again_at_most_once_in_five_minutes(use: Callable[[Secrets], RecordingServer]) -> None:
    with use(Secrets(text_of("old"), text_of("new"), text_of("newer"))) as server:
        reader = Authentication(read_settings({"AUTH_SECRET": "any"}))
        reader.credentials()
        assert reader.refused()
        assert reader.credentials() == Credentials("lambda", "new")
        assert not reader.refused()

    assert len(server.requests) == 2
    assert authentication.READ_AGAIN_SECONDS == 300


def test_after_five_minutes_it_is_read_again(
    use: Callable[[Secrets], RecordingServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "READ_AGAIN_SECONDS", 0.0)  # five minutes are too long for a test
    with use(Secrets(None, text_of("old"), text_of("old"), None, text_of("new"))):
        reader = Authentication(read_settings({"AUTH_SECRET": "any"}))
        with pytest.raises(SecretError):
            reader.credentials()
        assert reader.credentials() == Credentials("lambda", "old")
        assert not reader.refused()  # it is the same
        assert not reader.refused()  # it is denied
        assert reader.credentials() == Credentials("lambda", "new")


def test_a_secret_that_is_denied_is_not_asked_for_at_each_push(
    denied_secrets: DeniedSecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in denied_secrets.environment.items():
        monkeypatch.setenv(name, text)
    reader = Authentication(read_settings({"AUTH_SECRET": "any"}))
    for _ in range(3):
        with pytest.raises(SecretError, match="AccessDenied"):
            reader.credentials()

    assert denied_secrets.calls == 1


def pushed(settings: Settings, *texts: str, log: Log | None = None) -> list[PushResult]:
    results: queue.SimpleQueue[PushResult] = queue.SimpleQueue()
    pusher = Pusher(settings, {"job": "orders"}, results.put, log or Log())
    for number, text in enumerate(texts):
        pusher.push(number, text)
    return [results.get(timeout=10) for _ in texts]


def test_pushes_are_reported_under_their_numbers() -> None:
    with Gateway() as gateway:
        results = pushed(Settings(gateway=GatewayAddress(gateway.url)), TEXT, "no exposition", TEXT)

    assert [(result.number, result.outcome) for result in results] == [(0, "success"), (1, "failure"), (2, "success")]
    assert "answered 400" in results[1].reason
    assert all(result.seconds > 0 for result in results)


def test_a_fault_of_telemaps_own_fails_a_push_and_not_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    with Gateway() as gateway:
        impossible = Settings(gateway=GatewayAddress(gateway.url), push_timeout=-1.0)
        results = pushed(impossible, TEXT, TEXT)

    assert [result.reason for result in results] == ["telemap met a fault of its own"] * 2
    assert all(json.loads(line)["level"] == "error" for line in capsys.readouterr().err.splitlines())


def test_a_refused_push_is_made_again_with_the_changed_password(use: Callable[[Secrets], RecordingServer]) -> None:
    with use(Secrets(text_of("old"), text_of(NEW))), Gateway(username="lambda", password=NEW) as gateway:
        settings = read_settings({"GATEWAY": gateway.url, "AUTH_SECRET": "any"})
        (result,) = pushed(settings, TEXT)

    assert result.outcome == "success"
    assert [request.status for request in gateway.requests] == [401, 200]
