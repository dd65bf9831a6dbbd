"""The extension in a sandbox with TLS, tokens and passwords, none of which appear in the log."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from extension.expositions import value
from extension.lives import life
from extension.outcomes import assert_a_good_life, log_of
from patience import SHORT_END, await_until, invoke_until
from servers.available import available
from servers.certificates import Authority
from servers.pushgateway import CREDENTIALS, Pushgateway, ServerTls
from servers.victoriametrics import VictoriaMetrics

from telemap_lambda.fake_gateway import Behaviour, FakeGateway
from telemap_lambda.fake_gateway.access import Access

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.prometheus import Sample
    from servers.secrets import DeniedSecrets, SecretsManager

    from telemap_lambda.sandbox import Sandbox, SandboxResult

EACH_TIME = {"TELEMAP_PUSH_INTERVAL_MS": "0"}
MANY = [str(number) for number in range(500)]
"""Request ids of more invocations than it ever takes until a push can be made."""

USERNAME, PASSWORD, TOKEN = "wörker+1", "open/s3same&", "s3.same-token~/+=="


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def mtls_pushgateway(authority: Authority) -> Iterator[Pushgateway]:
    tls = ServerTls(*authority.issue("server", "127.0.0.1"), authority.file, authority.issue("client"))
    with available(lambda: Pushgateway(authenticated=True, tls=tls)) as gateway:
        yield gateway


def test_a_gateway_with_private_authority_mtls_and_password_works(
    play: Callable[..., SandboxResult], mtls_pushgateway: Pushgateway, authority: Authority, tmp_path: Path
) -> None:
    address = mtls_pushgateway.url.removeprefix("https://")
    environment = {
        "GATEWAY": f"https://{CREDENTIALS.username}:{quote(CREDENTIALS.password)}@{address}",
        "TELEMAP_CA_FILE": str(authority.file),
        "TELEMAP_CLIENT_CERT": str(tmp_path / "client.pem"),
        "TELEMAP_CLIENT_KEY": str(tmp_path / "client-key.pem"),
        "TELEMAP_COMPRESSION": "gzip",
        "TELEMAP_GROUPING": "team=a/b,stage=${env:STAGE:-dev}",
    }
    result = play(life("a", "b"), environment)

    assert_a_good_life(result)
    assert result.stderr == ""
    shown = mtls_pushgateway.metrics()
    assert value(shown, "aws_lambda_duration_seconds_count", team="a/b", stage="dev") == 2

    result = play(life("a", "b"), environment | {"TELEMAP_ON_SHUTDOWN": "delete", "TELEMAP_GROUPING": "team=other"})

    assert_a_good_life(result)
    await_until(lambda: 'team="other"' not in mtls_pushgateway.metrics())


@pytest.mark.parametrize(
    ("tls", "said"),
    [
        ({}, "TELEMAP_CA_FILE"),
        ({"TELEMAP_CA_FILE": "authority.pem"}, "TELEMAP_CLIENT_CERT"),
        ({"TELEMAP_CA_FILE": "gone.pem"}, "TELEMAP_CA_FILE: "),
    ],
)
def test_missing_tls_files_are_reported_and_delay_nothing(
    play: Callable[..., SandboxResult],
    mtls_pushgateway: Pushgateway,
    tmp_path: Path,
    tls: dict[str, str],
    said: str,
) -> None:
    named = {name: str(tmp_path / file) for name, file in tls.items()}
    result = play(life("a", "b"), {"GATEWAY": mtls_pushgateway.url} | named)

    assert_a_good_life(result)
    assert said in log_of(result)[0]


def statuses(gateway: FakeGateway) -> list[int | None]:
    return [request.status for request in gateway.requests]


def test_a_token_that_changed_is_read_again(
    open_sandbox: Callable[..., Sandbox], secrets_manager: SecretsManager
) -> None:
    secrets_manager.create_secret("extension/token", f"{TOKEN}\n")
    environment = {**secrets_manager.environment, "TELEMAP_AUTH_TOKEN_SECRET": "extension/token"} | EACH_TIME
    recording = life(*MANY, duration_ms=40)
    remaining = iter(recording.invocations)
    with FakeGateway(token=TOKEN) as gateway:
        sandbox = open_sandbox(recording, environment | {"GATEWAY": gateway.url}, freeze=False)
        sandbox.start()
        invoke_until(sandbox, remaining, lambda: 200 in statuses(gateway))
        gateway.access = Access.bearer("another")
        secrets_manager.change_secret("extension/token", "another")
        invoke_until(sandbox, remaining, lambda: 401 in statuses(gateway) and statuses(gateway)[-1] == 200)
        sandbox.invoke(next(remaining))
        sandbox.shutdown()
        result = sandbox.result()

    assert_a_good_life(result)
    assert statuses(gateway).count(401) == 1
    assert value(gateway.text(), "aws_lambda_duration_seconds_count") == len(result.invocations)


def forms(*secrets: str) -> list[str]:
    """Return the forms in which secrets could appear in a log."""
    encoded = [base64.b64encode(secret.encode()).decode().rstrip("=") for secret in secrets]
    return [*secrets, *(quote(secret, safe="") for secret in secrets), *(text[:-1] for text in encoded)]


BEHAVIOURS = [*Behaviour, None]


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: getattr(behaviour, "name", "DOWN"))
def test_the_debug_log_has_no_password(play: Callable[..., SandboxResult], behaviour: Behaviour | None) -> None:
    sent = f"{quote(USERNAME, safe='')}:{quote(PASSWORD, safe='')}"
    with FakeGateway(username=USERNAME, password=PASSWORD, behaviour=behaviour or Behaviour.NORMAL) as gateway:
        port = gateway.url.rpartition(":")[2] if behaviour else "1"
        environment = {"GATEWAY": f"http://{sent}@127.0.0.1:{port}", "TELEMAP_LOG_LEVEL": "debug"}
        result = play(life("a", "b"), environment | EACH_TIME, **SHORT_END)

    log = json.dumps(log_of(result), ensure_ascii=False)
    assert log != "[]"
    assert [form for form in forms(USERNAME, PASSWORD, f"{USERNAME}:{PASSWORD}") if form in log] == []


@pytest.mark.parametrize("behaviour", [Behaviour.NORMAL, Behaviour.ECHO])
def test_the_debug_log_has_no_token(
    open_sandbox: Callable[..., Sandbox], secrets_manager: SecretsManager, behaviour: Behaviour
) -> None:
    name = f"extension/token-{behaviour.name}"
    secrets_manager.create_secret(name, TOKEN)
    environment = {**secrets_manager.environment, "TELEMAP_AUTH_TOKEN_SECRET": name, "TELEMAP_LOG_LEVEL": "debug"}
    recording = life(*MANY, duration_ms=40)
    remaining = iter(recording.invocations)
    with FakeGateway(token=TOKEN, behaviour=behaviour) as gateway:
        sandbox = open_sandbox(recording, environment | {"GATEWAY": gateway.url} | EACH_TIME, freeze=False)
        sandbox.start()
        invoke_until(sandbox, remaining, lambda: gateway.requests)
        sandbox.invoke(next(remaining))
        sandbox.shutdown()
        result = sandbox.result()

    assert len(gateway.requests) > 0
    assert TOKEN in str(gateway.requests[0].headers)
    assert [form for form in forms(TOKEN) if form in result.stderr] == []


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "AWS_ENDPOINT_URL_SECRETS_MANAGER"])
@pytest.mark.parametrize(
    "url",
    [
        "http://scraper7:Zx9-Secret-Q/x@127.0.0.1:1",
        "http://scraper7:Zx9-Secret-Q#1@127.0.0.1:1",
        "socks5://scraper7:Zx9-Secret-Q@127.0.0.1:1",
        "http://scraper7:Zx9-Secret-Q@127.0.0.1:1",
    ],
)
def test_the_log_has_no_password_of_the_secrets_manager_connection(
    play: Callable[..., SandboxResult], denied_secrets: DeniedSecrets, name: str, url: str
) -> None:
    way = {"AWS_ENDPOINT_URL": "https://secrets.invalid", name: url, "NO_PROXY": "127.0.0.1"}
    settings = {"GATEWAY": "http://127.0.0.1:1", "AUTH_SECRET": "gw", "TELEMAP_LOG_LEVEL": "debug"}
    result = play(life("a", "b"), {**denied_secrets.environment, **way, **settings} | EACH_TIME)

    assert "the secret with the gateway's credentials cannot be read" in result.stderr
    assert "Zx9-Secret-Q" not in result.stderr
    assert "scraper7" not in result.stderr


def test_victoriametrics_stores_pushes_to_its_import_api(play: Callable[..., SandboxResult]) -> None:
    with available(VictoriaMetrics) as server:
        environment = {
            "GATEWAY": server.gateway_url,
            "TELEMAP_JOB": "orders/a b",
            "TELEMAP_GROUPING": "team=ä",
            "TELEMAP_COMPRESSION": "gzip",
        }
        result = play(life("a", "b"), environment)

        def counts() -> list[Sample]:
            name = "aws_lambda_duration_seconds_count"
            return [sample for sample in server.latest() if sample.labels["__name__"] == name]

        await_until(counts)
        (count,) = counts()

    assert_a_good_life(result)
    assert result.stderr == ""
    assert (count.labels["job"], count.labels["team"], count.value) == ("orders/a b", "ä", 2)
