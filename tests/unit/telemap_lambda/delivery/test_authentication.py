"""Credentials from a secret or from the gateway's URL, and the thread that pushes with them."""

from __future__ import annotations

import json
import queue
from typing import TYPE_CHECKING, Any

import pytest
from extension.recording_server import RecordingServer, Request
from patience import PATIENCE_SECONDS

from telemap.push import Basic, Bearer
from telemap_lambda.barrier import INTERNAL_ERROR
from telemap_lambda.delivery.authentication import Authentication
from telemap_lambda.delivery.endpoints import Endpoints
from telemap_lambda.delivery.pusher import Pusher
from telemap_lambda.delivery.pushes import Content, Payload, Push, PushResult
from telemap_lambda.delivery.secret import (
    SecretError,
    answer_in,
    credentials_in,
    read_secret,
    secret_text,
    token_in,
)
from telemap_lambda.delivery.secret_child import ask
from telemap_lambda.fake_gateway import FakeGateway
from telemap_lambda.local_server import Answer
from telemap_lambda.log import Log
from telemap_lambda.settings.gateway_url import GatewayAddress
from telemap_lambda.settings.model import Settings
from telemap_lambda.settings.reading import read_settings
from telemap_lambda.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.secrets import DeniedSecrets

TEXT = "parcels_total 3\n"
NEW = "new"


class Secrets:
    """A Secrets Manager that answers what the test says, and counts: a secret, a status, None for a denial."""

    def __init__(self, *answers: dict[str, Any] | int | None) -> None:
        self.answers = list(answers)
        self.server = RecordingServer(self._answer)

    def _answer(self, request: Request) -> Answer:
        assert request.headers["X-Amz-Target"] == "secretsmanager.GetSecretValue"
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        headers = {"Content-Type": "application/x-amz-json-1.1"}
        if isinstance(answer, int):
            return Answer(answer, b"{}", headers)
        if answer is None:
            denial = {"__type": "AccessDeniedException", "Message": "not authorized"}
            return Answer(400, json.dumps(denial).encode(), headers)
        return Answer(200, json.dumps(answer).encode(), headers)


class MovedClock(World):
    """A world with a monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


class ReadHere(Endpoints):
    """Endpoints that read secrets as the child process does, but in this one: its imports take half a second."""

    def read_secret(self, name: str) -> str:
        return secret_text(answer_in(json.dumps(ask("secret", name)).encode(), b"", 0))


def authentication(settings: Settings, world: World | None = None) -> Authentication:
    return Authentication(settings, world or World(), ReadHere())


@pytest.fixture
def use(_integration: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[Secrets], RecordingServer]:
    """Return a function that points boto3 at these secrets."""

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

    assert authentication(settings).credentials() == Basic("lambda", "s3same")
    assert authentication(Settings(gateway=GatewayAddress("http://gateway"))).credentials() is None
    assert not authentication(settings).refused()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"SecretString": "s3same"}, "not JSON with 'username' and 'password'"),
        ({"SecretString": '["s3same"]'}, "not JSON with 'username' and 'password'"),
        ({"SecretString": '{"user": "s3same"}'}, "no text 'username' and no 'password'"),
        ({"SecretString": '{"username": "s3same"}'}, "no text 'password'"),
        ({"SecretString": '{"username": "s3same", "password": 7}'}, "no text 'password'"),
        ({"SecretString": '{"username": "lam:bda", "password": "s3same"}'}, "the user name must not contain a colon"),
        ({"SecretString": '{"username": "lambda", "password": "s3same\\n"}'}, "control characters"),
        ({"SecretString": '{"username": "lambda", "password": "s3same\\ud800"}'}, "control characters"),
        ({"SecretBinary": "czNzYW1l"}, "binary"),
        ({"SecretString": 7}, "SecretString is not text"),
        ({"SecretString": {"s3same": "s3same"}}, "SecretString is not text"),
        ({"SecretString": ["s3same"]}, "SecretString is not text"),
        ({"SecretString": True}, "SecretString is not text"),
        (None, "AccessDeniedException"),
    ],
)
def test_a_secret_that_cannot_be_used_is_an_error_without_it(
    use: Callable[[Secrets], RecordingServer], answer: dict[str, Any] | None, words: str
) -> None:
    with use(Secrets(answer)) as server, pytest.raises(SecretError, match=words) as caught:
        credentials_in(ReadHere().read_secret("any"))

    assert "s3same" not in str(caught.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [({"SecretBinary": "czNzYW1l"}, "binary"), ({"SecretString": ["s3same"]}, "is not text"), (None, "AccessDenied")],
)
def test_the_child_process_reports_why_a_secret_cannot_be_read(
    use: Callable[[Secrets], RecordingServer], answer: dict[str, Any] | None, words: str
) -> None:
    with use(Secrets(answer)) as server, pytest.raises(SecretError, match=words):
        read_secret("any")

    assert len(server.requests) == 1


def test_a_token_is_read_from_its_secret(use: Callable[[Secrets], RecordingServer]) -> None:
    with use(Secrets({"SecretString": "s3.same==\n"})):
        reader = authentication(read_settings({"TELEMAP_AUTH_TOKEN_SECRET": "any"}))
        assert reader.credentials() == Bearer("s3.same==")


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_token_is_the_whole_secret_but_for_the_end_of_its_line(end: str) -> None:
    assert token_in(f"s3.same=={end}") == Bearer("s3.same==")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("s3\nsame", "control characters"),
        ("s3same\x00", "control characters"),
        ("s3sämé", "ASCII"),
        ("\n", "ASCII"),
        ('{"token": "s3same"}', "it is JSON"),
    ],
)
def test_a_secret_that_is_no_token_is_an_error_without_it(text: str, words: str) -> None:
    with pytest.raises(SecretError, match=words) as caught:
        token_in(text)

    assert "s3" not in str(caught.value)


def test_an_arns_region_is_asked(use: Callable[[Secrets], RecordingServer]) -> None:
    with use(Secrets(text_of("s3same"))) as server:
        found = credentials_in(read_secret("arn:aws:secretsmanager:ap-south-1:123456789012:secret:a-AbCdEf"))

    assert found == Basic("lambda", "s3same")
    assert "/ap-south-1/secretsmanager/" in server.requests[0].headers["Authorization"]


def test_a_secret_is_read_once(use: Callable[[Secrets], RecordingServer]) -> None:
    with use(Secrets(text_of("old"), text_of("new"))) as server:
        reader = authentication(read_settings({"AUTH_SECRET": "any"}))
        assert [reader.credentials() for _ in range(3)] == [Basic("lambda", "old")] * 3

    assert len(server.requests) == 1


def test_a_refusal_has_it_read_again_at_most_once_in_five_minutes(use: Callable[[Secrets], RecordingServer]) -> None:
    with use(Secrets(text_of("old"), text_of("new"), text_of("newer"))) as server:
        reader = authentication(read_settings({"AUTH_SECRET": "any"}))
        reader.credentials()
        assert reader.refused()
        assert reader.credentials() == Basic("lambda", "new")
        assert not reader.refused()

    assert len(server.requests) == 2


def test_after_five_minutes_it_is_read_again(use: Callable[[Secrets], RecordingServer]) -> None:
    clock = MovedClock()
    with use(Secrets(None, text_of("old"), text_of("old"), None, text_of("new"))) as server:
        reader = authentication(read_settings({"AUTH_SECRET": "any"}), clock)
        with pytest.raises(SecretError):
            reader.credentials()
        clock.seconds += 299
        with pytest.raises(SecretError):
            reader.credentials()
        assert len(server.requests) == 1
        clock.seconds += 1
        assert reader.credentials() == Basic("lambda", "old")
        assert not reader.refused()  # it is the same
        clock.seconds += 300
        assert not reader.refused()  # it is denied
        clock.seconds += 300
        assert reader.credentials() == Basic("lambda", "new")


def test_what_was_read_once_is_used_while_the_secret_cannot_be_read(use: Callable[[Secrets], RecordingServer]) -> None:
    with use(Secrets(text_of("old"), None)) as server:
        reader = authentication(read_settings({"AUTH_SECRET": "any"}))
        reader.credentials()
        assert not reader.refused()
        assert reader.credentials() == Basic("lambda", "old")

    assert len(server.requests) == 2


def test_a_secret_that_is_denied_is_not_asked_for_at_each_push(
    denied_secrets: DeniedSecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in denied_secrets.environment.items():
        monkeypatch.setenv(name, text)
    reader = authentication(read_settings({"AUTH_SECRET": "any"}))
    for _ in range(3):
        with pytest.raises(SecretError, match="AccessDenied"):
            reader.credentials()

    assert denied_secrets.calls == 1


def test_a_secrets_manager_that_has_a_bad_moment_is_asked_again_soon(use: Callable[[Secrets], RecordingServer]) -> None:
    clock = MovedClock()
    with use(Secrets(503, 503, text_of("s3same"))) as server:  # boto3 tries twice by itself
        reader = authentication(read_settings({"AUTH_SECRET": "any"}), clock)
        for _ in range(2):
            with pytest.raises(SecretError, match="503"):
                reader.credentials()
        clock.seconds += 1
        assert reader.credentials() == Basic("lambda", "s3same")

    assert len(server.requests) == 3


def test_a_secrets_manager_that_is_down_is_a_bad_moment(
    use: Callable[[Secrets], RecordingServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    with use(Secrets(None)):
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        with pytest.raises(SecretError, match="Could not connect") as caught:
            credentials_in(read_secret("any"))

    assert caught.value.passing


PROXY_PASSWORD = "Zx9-Secret-Q"  # noqa: S105 - it opens nothing
WITH_PASSWORD = [
    f"http://scraper7:{PROXY_PASSWORD}@127.0.0.1:1",
    f"http://scraper7:{PROXY_PASSWORD}/x@127.0.0.1:1",
    f"http://scraper7:{PROXY_PASSWORD}#1@127.0.0.1:1",
    f"socks5://scraper7:{PROXY_PASSWORD}@127.0.0.1:1",
    f"ftp://scraper7:{PROXY_PASSWORD}@127.0.0.1:1",
    f"scraper7:{PROXY_PASSWORD}@127.0.0.1:1",
    f"scraper7:{PROXY_PASSWORD}",
    f"http:/scraper7:{PROXY_PASSWORD}@127.0.0.1:1",
    f"http://scraper7:{PROXY_PASSWORD}@[::1",
    f"http://scraper7:{PROXY_PASSWORD}@127.0.0.1:port",
    f"http://127.0.0.1:1/?token={PROXY_PASSWORD}&user=scraper7",
]


@pytest.mark.integration
@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER"])
@pytest.mark.parametrize("url", WITH_PASSWORD)
def test_what_boto3_says_of_a_url_holds_no_password(
    use: Callable[[Secrets], RecordingServer], monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    with use(Secrets(None)):
        scheme = name.partition("_")[0].lower() if name.lower().endswith("_proxy") else "http"
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"{scheme}://secrets.invalid")
        monkeypatch.setenv(name, url)
        with pytest.raises(SecretError) as caught:
            ReadHere().read_secret("any")

    assert PROXY_PASSWORD not in str(caught.value)
    assert "scraper7" not in str(caught.value)


@pytest.mark.integration
@pytest.mark.parametrize("name", ["HTTP_PROXY", "AWS_ENDPOINT_URL"])
def test_what_the_child_process_says_of_a_url_holds_no_password(
    use: Callable[[Secrets], RecordingServer], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with use(Secrets(None)):
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://secrets.invalid")
        monkeypatch.setenv(name, WITH_PASSWORD[0])
        with pytest.raises(SecretError, match=r"127\.0\.0\.1") as caught:
            read_secret("any")

    assert PROXY_PASSWORD not in str(caught.value)
    assert "scraper7" not in str(caught.value)


def test_keys_that_an_answer_repeats_are_not_reported(
    use: Callable[[Secrets], RecordingServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = "FwoGZXIvYXdzEBYaD/token+with=marks"  # noqa: S105 - it opens nothing
    denial = {"__type": "SignatureDoesNotMatch", "Message": f"the request was 'x-amz-security-token:{token}\n\x1b[2J'"}
    answer = Answer(403, json.dumps(denial).encode(), {"Content-Type": "application/x-amz-json-1.1"})
    with use(Secrets(None)), RecordingServer(lambda _: answer) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)
        with pytest.raises(SecretError, match=r"x-amz-security-token:\*\*\* \\x1b\[2J'") as caught:
            credentials_in(read_secret("any"))

    assert token[:8] not in str(caught.value)


def test_a_secret_that_is_no_text_fails_pushes_and_ends_no_thread(
    use: Callable[[Secrets], RecordingServer], capsys: pytest.CaptureFixture[str]
) -> None:
    with use(Secrets({"SecretString": 7})), FakeGateway() as gateway:
        settings = read_settings({"GATEWAY": gateway.url, "AUTH_SECRET": "any"})
        results = pushed(settings, TEXT, TEXT)

    assert ["SecretString is not text" in result.reason for result in results] == [True, True]
    assert capsys.readouterr().err == ""


def pushed(settings: Settings, *texts: str, log: Log | None = None) -> list[PushResult]:
    results: queue.SimpleQueue[PushResult] = queue.SimpleQueue()
    pusher = Pusher(settings, results.put, log or Log(), World(), ReadHere())
    for number, text in enumerate(texts):
        pusher.push(Push(number, Payload(Content.ALL, "put", text), {"job": "orders"}))
    return [results.get(timeout=PATIENCE_SECONDS) for _ in texts]


@pytest.mark.integration
def test_pushes_are_reported_under_their_numbers() -> None:
    with FakeGateway() as gateway:
        results = pushed(Settings(gateway=GatewayAddress(gateway.url)), TEXT, "no exposition", TEXT)

    assert [(result.number, result.status) for result in results] == [(0, 200), (1, 400), (2, 200)]
    assert ["answered 400" in result.reason for result in results] == [False, True, False]
    assert all(result.seconds > 0 for result in results)


def test_an_internal_error_is_reported_and_fails_pushes(capsys: pytest.CaptureFixture[str]) -> None:
    impossible = Settings(gateway=GatewayAddress("ftp://lambda:s3same@gateway"))
    results = pushed(impossible, TEXT, TEXT)

    assert [result.reason for result in results] == [INTERNAL_ERROR] * 2
    said = capsys.readouterr().err
    assert [json.loads(line)["level"] for line in said.splitlines()] == ["error"]
    assert "s3same" not in said


def test_a_refused_push_is_made_again_with_the_changed_password(use: Callable[[Secrets], RecordingServer]) -> None:
    with use(Secrets(text_of("old"), text_of(NEW))), FakeGateway(username="lambda", password=NEW) as gateway:
        settings = read_settings({"GATEWAY": gateway.url, "AUTH_SECRET": "any"})
        (result,) = pushed(settings, TEXT)

    assert (result.status, result.reason) == (200, "")
    assert [request.status for request in gateway.requests] == [401, 200]
