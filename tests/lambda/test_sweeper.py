"""The scheduled sweeper function."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from patience import PATIENCE_SECONDS, await_until
from servers.pushgateway import CREDENTIALS

from telemap.push import Basic, Gateway
from telemap_lambda.fake_gateway import FakeGateway
from telemap_lambda.sweep import SweepError, SweepSettingsError
from telemap_lambda.sweeper import handler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from servers.pushgateway import Pushgateway

TEXT = "# TYPE telemap_mapping_info gauge\ntelemap_mapping_info 1\n"
NOTHING = dict.fromkeys(("groups", "covered", "old", "deleted", "pushed_again", "gone", "undated", "failed", "left"), 0)


@pytest.fixture
def gateway(_integration: None) -> Iterator[FakeGateway]:
    with FakeGateway() as running:
        yield running


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that sets environment variables."""
    for name in ("AUTH_SECRET", "TELEMAP_AUTH_TOKEN_SECRET", "TELEMAP_SWEEP_JOB", "TELEMAP_SWEEP_OLDER_THAN"):
        monkeypatch.delenv(name, raising=False)

    def configure(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return configure


def push(url: str, *jobs: str, credentials: Basic | None = None) -> None:
    for job in jobs:
        gateway = Gateway(url, {"job": job}, timeout=PATIENCE_SECONDS)
        gateway.credentials = credentials
        gateway.put(TEXT)
        gateway.close()


def context(milliseconds: int) -> Any:
    return SimpleNamespace(get_remaining_time_in_millis=lambda: milliseconds)


def test_it_sweeps_with_a_secret_and_returns_json_counts(
    authenticated_pushgateway: Pushgateway, secrets_manager: Any, configure: Callable[..., None]
) -> None:
    push(authenticated_pushgateway.url, "a/b", "b", credentials=Basic(*CREDENTIALS))
    content = json.dumps({"username": CREDENTIALS.username, "password": CREDENTIALS.password})
    secret = secrets_manager.create_secret("it_sweeps_with_a_secret", content)
    configure(**secrets_manager.environment, GATEWAY=authenticated_pushgateway.url, AUTH_SECRET=secret)
    configure(TELEMAP_SWEEP_OLDER_THAN="0s")

    counts = handler({"source": "aws.events"}, context(60_000))

    assert json.loads(json.dumps(counts)) == {**NOTHING, "groups": 2, "covered": 2, "deleted": 2}
    await_until(lambda: "telemap_mapping_info" not in authenticated_pushgateway.metrics())


def test_groups_are_kept_for_two_hours_by_default(gateway: FakeGateway, configure: Callable[..., None]) -> None:
    push(gateway.url, "a", "b")
    configure(GATEWAY=gateway.url)
    assert handler({}, None) == {**NOTHING, "groups": 2, "covered": 2}

    configure(TELEMAP_SWEEP_OLDER_THAN="0s", TELEMAP_SWEEP_JOB="a")
    assert handler({}, None) == {**NOTHING, "groups": 2, "covered": 1, "deleted": 1}
    assert [group.grouping for group in gateway.groups] == [{"job": "b"}]


def test_failures_are_only_logged_if_anything_is_deleted(
    gateway: FakeGateway, configure: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    push(gateway.url, "a", "b", "c")
    gateway.fail_every = 4  # the pushes were three
    configure(GATEWAY=gateway.url, TELEMAP_SWEEP_OLDER_THAN="0s")

    assert handler({}, None) == {**NOTHING, "groups": 3, "covered": 3, "deleted": 2, "failed": 1}
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == (
        "the group {'job': 'a'} was not deleted: the gateway answered 500: status 500 on request"
    )


def test_a_sweep_that_deletes_nothing_fails_the_function(gateway: FakeGateway, configure: Callable[..., None]) -> None:
    push(gateway.url, "a", "b")
    configure(GATEWAY=gateway.url, TELEMAP_SWEEP_OLDER_THAN="0s")

    gateway.fail_every = 1
    with pytest.raises(SweepError, match="none of 2 old groups could be deleted: the gateway answered 500"):
        handler({}, None)
    gateway.fail_every = 0
    with pytest.raises(SweepError, match="none of 2 old groups could be deleted: there was not enough time"):
        handler({}, context(0))
    gateway.status = 403
    with pytest.raises(SweepError, match="the gateway's groups cannot be read: the gateway answered 403"):
        handler({}, None)
    assert len(gateway.groups) == 2


@pytest.mark.parametrize(
    ("variable", "value"),
    [("GATEWAY", ""), ("GATEWAY", "http://vm:8428/api/v1/import/prometheus"), ("TELEMAP_SWEEP_OLDER_THAN", "soon")],
)
def test_an_invalid_setting_fails_the_function(variable: str, value: str, configure: Callable[..., None]) -> None:
    configure(GATEWAY="http://127.0.0.1:9")
    configure(**{variable: value})
    with pytest.raises(SweepSettingsError, match=f"{variable}: "):
        handler({}, None)
