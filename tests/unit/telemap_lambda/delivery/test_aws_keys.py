"""The keys to sign with: from the environment, the container, or STS; and when they are read again."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from extension.recording_server import RecordingServer, Request

from telemap_lambda.delivery.authentication import Authentication
from telemap_lambda.delivery.aws_keys import assume_role, read_keys
from telemap_lambda.delivery.endpoints import Endpoints
from telemap_lambda.delivery.secret import SecretError
from telemap_lambda.delivery.sigv4 import AwsKeys, SigV4
from telemap_lambda.local_server import Answer
from telemap_lambda.settings.reading import read_settings
from telemap_lambda.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from telemap.push import Credentials

WORKSPACE = "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write"
ROLE = "arn:aws:iam::123456789012:role/metrics"
URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105 - the name of a variable


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", URI, TOKEN):
        monkeypatch.delenv(name, raising=False)


def in_iso(unix_time: float) -> str:
    return datetime.fromtimestamp(unix_time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def keys_of(number: int, expires_at: float) -> dict[str, str]:
    return {
        "AccessKeyId": f"AKID{number}",
        "SecretAccessKey": f"secret{number}",
        "Token": f"token{number}",
        "Expiration": in_iso(expires_at),
    }


class Container:
    """Hands out keys, other ones each time."""

    def __init__(self, lifetime: float = 3600.0) -> None:
        self.now = time.time()
        self.lifetime = lifetime
        self.answer: Answer | None = None
        self.server = RecordingServer(self._answer)

    def _answer(self, _: Request) -> Answer:
        number = len(self.server.requests)
        return self.answer or Answer(200, json.dumps(keys_of(number, self.now + self.lifetime)).encode())


@pytest.fixture
def container(_integration: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Container]:
    made = Container()
    with made.server:
        monkeypatch.setenv(URI, f"{made.server.url}/v1/keys?x=1")
        monkeypatch.setenv(TOKEN, "token of the container")
        yield made


class MovedWorld(World):
    """A world whose clocks the test moves."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead


def access_key(credentials: Credentials | None) -> str:
    assert isinstance(credentials, SigV4)
    [key] = [secret for secret in credentials.secrets if secret.startswith("AKID")]
    return key


def test_keys_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert read_keys() == AwsKeys("AKID", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    assert read_keys() == AwsKeys("AKID", "secret", "token")


def test_without_them_the_container_is_asked(container: Container) -> None:
    keys = read_keys()

    (request,) = container.server.requests
    assert (request.method, request.path, request.headers["Authorization"]) == (
        "GET",
        "/v1/keys?x=1",
        "token of the container",
    )
    assert (keys.access_key_id, keys.secret_access_key, keys.session_token) == ("AKID1", "secret1", "token1")
    assert keys.expires_at == int(container.now + 3600)


@pytest.mark.parametrize(
    "uri",
    [
        "http://192.0.2.1/keys",
        "http://example.com/keys",
        "https://127.0.0.1/keys",
        "http://127.0.0.1.example.com/keys",
        "http://[2001:db8::1]/keys",
        "ftp://localhost/keys",
        "http://[::1/keys",
        "/keys",
    ],
)
def test_no_other_host_is_asked(monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    monkeypatch.setenv(URI, uri)
    with pytest.raises(SecretError, match=URI) as caught:
        read_keys()
    assert not caught.value.passing


@pytest.mark.parametrize(
    ("answer", "words", "passing"),
    [
        (Answer(500, b"s3same"), "answered 500", True),
        (Answer(403, b"s3same"), "answered 403", False),
        (Answer(200, b"s3same"), "not JSON", False),
        (Answer(200, b'{"AccessKeyId": "s3same"}'), "no AccessKeyId and SecretAccessKey", False),
        (Answer(200, b'{"AccessKeyId": "s3same", "SecretAccessKey": ""}'), "no AccessKeyId", False),
        (Answer(200, b'{"AccessKeyId": "a\\r\\nb: s3same", "SecretAccessKey": "x"}'), "no AccessKeyId", False),
        (Answer(200, b'["s3same"]'), "no AccessKeyId", False),
    ],
)
def test_an_answer_without_keys_is_an_error_without_them(
    container: Container, answer: Answer, words: str, *, passing: bool
) -> None:
    container.answer = answer
    with pytest.raises(SecretError, match=words) as caught:
        read_keys()

    assert "s3same" not in str(caught.value)
    assert caught.value.passing is passing


def test_nothing_at_all_is_an_error() -> None:
    with pytest.raises(SecretError, match="neither AWS_ACCESS_KEY_ID nor"):
        read_keys()


def test_keys_are_read_again_five_minutes_before_they_expire(container: Container) -> None:
    world = MovedWorld()
    authentication = Authentication(read_settings({"GATEWAY": WORKSPACE}), world, Endpoints())
    assert access_key(authentication.credentials()) == "AKID1"
    world.ahead = 3290.0
    assert access_key(authentication.credentials()) == "AKID1"
    container.now += world.ahead
    world.ahead = 3301.0
    assert access_key(authentication.credentials()) == "AKID2"
    assert access_key(authentication.credentials()) == "AKID2"

    assert len(container.server.requests) == 2


def test_keys_that_cannot_be_read_again_stay_in_use(container: Container) -> None:
    world = MovedWorld()
    authentication = Authentication(read_settings({"GATEWAY": WORKSPACE}), world, Endpoints())
    authentication.credentials()
    container.answer = Answer(500)
    world.ahead = 3301.0

    assert access_key(authentication.credentials()) == "AKID1"


@pytest.mark.usefixtures("container")
def test_a_refusal_has_keys_read_again() -> None:
    authentication = Authentication(read_settings({"GATEWAY": WORKSPACE}), World(), Endpoints())
    before = authentication.credentials()

    assert authentication.refused()
    assert access_key(authentication.credentials()) != access_key(before)


def test_the_same_keys_again_are_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    authentication = Authentication(read_settings({"GATEWAY": WORKSPACE}), World(), Endpoints())
    authentication.credentials()

    assert not authentication.refused()


ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>role secret</SecretAccessKey><SessionToken>role token</SessionToken>
<Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
DENIED = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>"""


@pytest.fixture
def sts(_integration: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], RecordingServer]:
    """Return a function that points boto3 at an STS that answers this."""

    def make(answer: Answer) -> RecordingServer:
        server = RecordingServer(lambda _: answer)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        return server

    return make


def test_a_role_of_another_account_is_assumed(sts: Callable[[Answer], RecordingServer]) -> None:
    with sts(Answer(200, ASSUMED.encode(), {"Content-Type": "text/xml"})) as server:
        settings = read_settings({"GATEWAY": WORKSPACE, "TELEMAP_ROLE_ARN": ROLE})
        credentials: Any = Authentication(settings, World(), Endpoints()).credentials()

    assert credentials.secrets == {"AKIDROLE", "role secret", "role token"}
    (request,) = server.requests
    assert f"RoleArn={ROLE.replace(':', '%3A').replace('/', '%2F')}".encode() in request.body


def test_a_role_that_must_not_be_assumed_is_an_error(sts: Callable[[Answer], RecordingServer]) -> None:
    with (
        sts(Answer(403, DENIED.encode(), {"Content-Type": "text/xml"})),
        pytest.raises(SecretError, match="not authorized to perform: sts:AssumeRole") as caught,
    ):
        assume_role(ROLE)

    assert not caught.value.passing
