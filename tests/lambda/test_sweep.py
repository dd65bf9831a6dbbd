"""`telemap sweep`, with the real Pushgateway and with misbehaving gateways."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from extension.recording_server import RecordingServer, Request
from patience import PATIENCE_SECONDS, await_until
from servers.available import available
from servers.certificates import Authority
from servers.exchange import call
from servers.pushgateway import CREDENTIALS, Pushgateway, ServerTls

from telemap.cli import main
from telemap.push import Basic, Gateway, Tls
from telemap_lambda.fake_gateway import Behaviour, FakeGateway
from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

TEXT = '# TYPE telemap_mapping_info gauge\ntelemap_mapping_info{hash="0a1b"} 1\n# TYPE a_total counter\na_total 3\n'
FOREIGN = "# TYPE b_total counter\nb_total 1\n"
ODD = [
    "/",
    "a/b",
    "",
    " ",
    ".",
    "..",
    "%2F",
    "é☃",
    "a+b c",
    "?x=1#y",
    "a\nb",
    '"\\',
    "@base64",
    "=",
    "x" * 300,
    "\x00\x7f",
]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GATEWAY", "AUTH_SECRET", "TELEMAP_AUTH_TOKEN_SECRET", "TELEMAP_CA_FILE", "TELEMAP_CLIENT_CERT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sweep(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, int], dict[str, str]]]:
    """Return a function that sweeps and returns the exit code, the non-zero counts, and the reasons by job."""

    def run(url: str, *options: str) -> tuple[int, dict[str, int], dict[str, str]]:
        code = main(["sweep", "--gateway", url, "--format", "json", *options])
        told = json.loads(capsys.readouterr().out)
        reasons = {group["labels"]["job"]: group["reason"] for group in told["groups"] if "reason" in group}
        return code, {name: count for name, count in told["counts"].items() if count}, reasons

    return run


def push(url: str, text: str = TEXT, credentials: Basic | None = None, **grouping: str) -> None:
    gateway = Gateway(url, grouping, timeout=PATIENCE_SECONDS)
    gateway.credentials = credentials
    gateway.put(text)
    gateway.close()


def listed(url: str) -> list[Mapping[str, str]]:
    """Return the grouping keys on a Pushgateway."""
    return [group["labels"] for group in json.loads(call(url, "GET", "/api/v1/metrics").text)["data"]]


def listing(*groups: Mapping[str, Any]) -> Answer:
    return Answer(200, json.dumps({"status": "success", "data": groups}).encode())


def group(job: str, *, pushed: float | None = 1.0) -> Mapping[str, Any]:
    """Return a group as listed by a Pushgateway, pushed in 1970."""
    moments = {} if pushed is None else {"push_time_seconds": {"metrics": [{"labels": {}, "value": str(pushed)}]}}
    return {"labels": {"job": job}, "telemap_mapping_info": {}, **moments}


def test_groups_with_odd_labels_are_deleted_and_others_are_not(pushgateway: Pushgateway, sweep: Any) -> None:
    for odd in ODD:
        push(pushgateway.url, job="odd", instance=odd)
        push(pushgateway.url, job=f"{odd}!", instance="i")
    push(pushgateway.url, FOREIGN, job="foreign", instance="a/b")
    count = len(listed(pushgateway.url))

    assert count == 2 * len(ODD) + 1
    assert sweep(pushgateway.url, "--older-than", "0s") == (
        0,
        {"groups": count, "covered": count - 1, "deleted": count - 1},
        {},
    )
    await_until(lambda: listed(pushgateway.url) == [{"job": "foreign", "instance": "a/b"}])


def aged(listing: str, before: float, seconds: float) -> str:
    """Make groups older if they were pushed before a given time."""
    told = json.loads(listing)
    for group in told["data"]:
        for metric in group["push_time_seconds"]["metrics"]:
            pushed = float(metric["value"])
            metric["value"] = repr(pushed - seconds if pushed < before else pushed)
    return json.dumps(told)


def test_old_groups_are_deleted_unless_pushed_in_the_meantime(pushgateway: Pushgateway, sweep: Any) -> None:
    """All that is pushed before the youngest group is told to be three hours older than it is."""
    for instance in ("old", "living", "living too"):
        push(pushgateway.url, job="j", instance=instance)
    became_young = time.time()
    push(pushgateway.url, job="j", instance="young")
    looks: list[str] = []

    def between(request: Request) -> Answer:
        """Forward requests; push two groups again after the first list."""
        answer = call(pushgateway.url, request.method, request.path, request.body)
        if request.method == "GET":
            answer = answer._replace(text=aged(answer.text, became_young, 3 * 3600))
        if request.method == "GET" and not looks:
            looks.append(request.path)
            push(pushgateway.url, job="j", instance="living")
            push(pushgateway.url, job="j", instance="living too")
        return Answer(answer.status, answer.text.encode())

    with RecordingServer(between) as passing:
        code, counts, _ = sweep(passing.url, "--older-than", "2h")
        methods = [request.method for request in passing.requests]

    assert code == 0
    assert counts == {"groups": 4, "covered": 4, "deleted": 1, "pushed_again": 2}
    left = {"living", "living too", "young"}
    await_until(lambda: {labels["instance"] for labels in listed(pushgateway.url)} == left)
    assert methods[:2] == ["GET", "GET"]
    assert methods.count("DELETE") == 1


def test_a_deleted_group_is_restored_by_the_next_push(pushgateway: Pushgateway, sweep: Any) -> None:
    def own(text: str) -> str:
        return "\n".join(line for line in text.splitlines() if re.match(r"(# TYPE )?(a_total|telemap_)", line))

    gateway = Gateway(pushgateway.url, {"job": "j", "instance": "i"}, timeout=PATIENCE_SECONDS)
    gateway.put(TEXT)
    before = own(pushgateway.metrics())
    assert sweep(pushgateway.url, "--older-than", "0s")[1]["deleted"] == 1
    await_until(lambda: own(pushgateway.metrics()) == "")
    gateway.put(TEXT)
    gateway.close()
    assert own(pushgateway.metrics()) == before != ""


def test_refused_pushes_count_for_the_age_of_a_group(pushgateway: Pushgateway, sweep: Any) -> None:
    """It holds nothing, and is there to be alerted on: only `--job` finds it, and only when nobody tries any more."""
    assert call(pushgateway.url, "PUT", "/metrics/job/refused", "a 1 1\n").status == 400
    assert listed(pushgateway.url) == [{"job": "refused"}]

    assert sweep(pushgateway.url, "--older-than", "0s") == (0, {"groups": 1}, {})
    assert sweep(pushgateway.url, "--job", "refused", "--older-than", "1h")[1] == {"groups": 1, "covered": 1}
    assert sweep(pushgateway.url, "--job", "refused", "--older-than", "0s")[1]["deleted"] == 1
    await_until(lambda: listed(pushgateway.url) == [])


def test_a_single_job_can_be_swept_whoever_pushed_it(pushgateway: Pushgateway, sweep: Any) -> None:
    push(pushgateway.url, job="mine", instance="1")
    push(pushgateway.url, FOREIGN, job="mine", instance="2")
    push(pushgateway.url, job="other")

    assert sweep(pushgateway.url, "--job", "mine", "--older-than", "0s")[1] == {
        "groups": 3,
        "covered": 2,
        "deleted": 2,
    }
    await_until(lambda: listed(pushgateway.url) == [{"job": "other"}])


def test_a_dry_run_only_reports(pushgateway: Pushgateway, capsys: pytest.CaptureFixture[str]) -> None:
    push(pushgateway.url, job="j", instance="é\x1b")

    assert main(["sweep", "--gateway", pushgateway.url, "--older-than", "0s", "--dry-run"]) == 0
    told = capsys.readouterr()
    assert re.sub(r"[0-9]+s ago", "Ns ago", told.out) == (
        '{instance="\\u00e9\\u001b",job="j"}, last push Ns ago: would be deleted\n'
        "1 groups, 1 of telemap's: 1 would be deleted\n"
    )
    assert told.err == ""
    assert len(listed(pushgateway.url)) == 1


def test_the_outcomes_are_reported_as_text(pushgateway: Pushgateway, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["sweep", "--gateway", pushgateway.url]
    push(pushgateway.url, job="j")

    assert main(arguments) == 0
    assert capsys.readouterr().out == "1 groups, 1 of telemap's: none is old enough\n"
    assert main([*arguments, "--older-than", "0s"]) == 0
    assert capsys.readouterr().out.endswith(" ago: deleted\n1 groups, 1 of telemap's: 1 deleted\n")


def test_the_gateway_and_credentials_may_come_from_the_environment(
    authenticated_pushgateway: Pushgateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = authenticated_pushgateway.url.removeprefix("http://")
    push(authenticated_pushgateway.url, credentials=Basic(*CREDENTIALS), job="a/b", instance="")
    monkeypatch.setenv("GATEWAY", f"{CREDENTIALS.username}:{CREDENTIALS.password.replace(' ', '%20')}@{address}")

    assert main(["sweep", "--older-than", "0s"]) == 0
    assert "1 deleted" in capsys.readouterr().out
    await_until(lambda: "a_total" not in authenticated_pushgateway.metrics())


def test_credentials_are_read_from_a_secret(
    authenticated_pushgateway: Pushgateway, secrets_manager: Any, monkeypatch: pytest.MonkeyPatch, sweep: Any
) -> None:
    secret = {"username": CREDENTIALS.username, "password": CREDENTIALS.password}
    name = secrets_manager.create_secret("a_secret_lets_the_sweep_in", json.dumps(secret))
    for variable, value in {**secrets_manager.environment, "AUTH_SECRET": name}.items():
        monkeypatch.setenv(variable, value)
    push(authenticated_pushgateway.url, credentials=Basic(*CREDENTIALS), job="j")

    assert sweep(authenticated_pushgateway.url, "--older-than", "0s")[1]["deleted"] == 1


@pytest.mark.integration
def test_it_trusts_and_shows_the_certificates_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sweep: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    authority = Authority(tmp_path)
    client = authority.issue("client")
    served = ServerTls(*authority.issue("gateway", "127.0.0.1"), authority.file, client)
    with available(lambda: Pushgateway(tls=served)) as gateway:
        assert main(["sweep", "--gateway", gateway.url]) == 1
        assert "TELEMAP_CA_FILE" in capsys.readouterr().err

        monkeypatch.setenv("TELEMAP_CA_FILE", str(authority.file))
        monkeypatch.setenv("TELEMAP_CLIENT_CERT", str(client.certificate))
        monkeypatch.setenv("TELEMAP_CLIENT_KEY", str(client.key))
        pushing = Gateway(
            gateway.url, {"job": "j"}, timeout=PATIENCE_SECONDS, tls=Tls(str(authority.file), *map(str, client))
        )
        pushing.put(TEXT)
        pushing.close()
        assert sweep(gateway.url, "--older-than", "0s")[1]["deleted"] == 1


def test_a_secret_that_cannot_be_read_is_a_failure(
    denied_secrets: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable, value in {**denied_secrets.environment, "AUTH_SECRET": "mine"}.items():
        monkeypatch.setenv(variable, value)

    assert main(["sweep", "--gateway", "127.0.0.1:9"]) == 1
    assert "telemap: the secret with the gateway's credentials cannot be read: " in capsys.readouterr().err


def test_a_wrong_password_is_a_failure_and_not_shown(
    authenticated_pushgateway: Pushgateway, capsys: pytest.CaptureFixture[str]
) -> None:
    url = authenticated_pushgateway.url.replace("//", "//lambda:hidden@")

    assert main(["sweep", "--gateway", url]) == 1
    told = capsys.readouterr()
    assert "401" in told.err
    assert "hidden" not in told.out + told.err


@pytest.mark.integration
def test_a_failed_deletion_does_not_stop_the_others(sweep: Any) -> None:
    with FakeGateway() as gateway:
        for job in "abcdef":
            push(gateway.url, job=job)
        gateway.fail_every = 3
        code, counts, reasons = sweep(gateway.url, "--older-than", "0s")

        assert (code, counts) == (1, {"groups": 6, "covered": 6, "deleted": 4, "failed": 2})
        assert set(reasons.values()) == {"the gateway answered 500: status 500 on request"}
        assert {one.grouping["job"] for one in gateway.groups} == set(reasons)


@pytest.mark.integration
def test_a_gateway_that_does_not_delete_is_detected(sweep: Any) -> None:
    with FakeGateway() as gateway:
        push(gateway.url, job="j")
        gateway.behaviour = Behaviour.LYING
        code, counts, reasons = sweep(gateway.url, "--older-than", "0s")

    assert (code, counts) == (1, {"groups": 1, "covered": 1, "failed": 1})
    assert reasons == {"j": "the gateway confirmed the deletion, but the group still exists"}


@pytest.mark.integration
def test_a_gateway_that_goes_down_is_given_up(sweep: Any) -> None:
    def answer(request: Request) -> Answer | None:
        return listing(*(group(f"j{number}") for number in range(50))) if request.method == "GET" else None

    with RecordingServer(answer) as server:
        code, counts, reasons = sweep(server.url)
        asked = [request.path for request in server.requests if request.method == "DELETE"]

    assert (code, counts) == (1, {"groups": 50, "covered": 50, "failed": 50})
    assert set(asked) == {"/metrics/job/j0", "/metrics/job/j1", "/metrics/job/j2"}
    assert reasons["j49"] == "the gateway no longer answers"


@pytest.mark.integration
def test_a_group_without_push_time_is_kept_and_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with RecordingServer(lambda _: listing(group("undated", pushed=None), group("never", pushed=0.0))) as server:
        assert main(["sweep", "--gateway", server.url, "--older-than", "0s"]) == 0
        assert {request.method for request in server.requests} == {"GET"}
    told = capsys.readouterr()
    assert told.err.splitlines() == [
        f'telemap: {{job="{job}"}}: kept: the gateway does not report its push time' for job in ("undated", "never")
    ]
    assert told.out == "2 groups, 2 of telemap's: 2 kept\n"


@pytest.mark.integration
def test_a_group_deleted_by_someone_else_is_reported_as_gone(sweep: Any) -> None:
    answers = [listing(group("a")), listing()]

    with RecordingServer(lambda _: answers.pop(0)) as server:
        assert sweep(server.url) == (0, {"groups": 1, "covered": 1, "gone": 1}, {})


@pytest.mark.integration
def test_thousands_of_groups_are_deleted_with_few_lists(sweep: Any) -> None:
    groups = [{**group(f"j{number}"), "padding": "x" * 2000} for number in range(2000)]
    full, empty = listing(*groups), listing()
    deleted: set[str] = set()

    def answer(request: Request) -> Answer:
        if request.method == "GET":
            return empty if len(deleted) == len(groups) else full
        deleted.add(request.path)
        return Answer(202)

    with RecordingServer(answer) as server:
        code, counts, _ = sweep(server.url)
        methods = [request.method for request in server.requests]

    assert (code, counts) == (0, {"groups": 2000, "covered": 2000, "deleted": 2000})
    assert methods.count("DELETE") == 2000
    assert methods.count("GET") < 1000


@pytest.mark.integration
def test_gateways_without_groups_are_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    with FakeGateway(adding=True) as adding:
        assert main(["sweep", "--gateway", adding.url]) == 1
    told = capsys.readouterr().err
    assert "the gateway answered 404" in told
    assert "only a Prometheus Pushgateway lists its groups" in told

    assert main(["sweep", "--gateway", "http://127.0.0.1:8428/api/v1/import/prometheus"]) == 2
    assert "VictoriaMetrics' import has no groups" in capsys.readouterr().err


@pytest.mark.integration
@pytest.mark.parametrize("answer", [Answer(200, b"<html>Sign in</html>"), Answer(200, b'{"data": [{}]}'), Answer(200)])
def test_an_answer_that_is_not_a_pushgateways_is_a_failure(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    with RecordingServer(lambda _: answer) as server:
        assert main(["sweep", "--gateway", server.url]) == 1
    assert "the gateway's groups cannot be read: " in capsys.readouterr().err


def test_an_invalid_proxy_is_a_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HTTP_PROXY", "socks5://a:hidden@b")
    assert main(["sweep", "--gateway", "gateway.invalid"]) == 1
    told = capsys.readouterr().err
    assert "the proxy in the environment cannot be used" in told
    assert "hidden" not in told


@pytest.mark.integration
def test_an_unreachable_gateway_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "--gateway", "127.0.0.1:9"]) == 1
    assert "the gateway cannot be reached" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GATEWAY", "ftp://somewhere"),
        ("GATEWAY", "http://a:hidden@b c/"),
        ("TELEMAP_CA_FILE", "/nowhere/ca.pem"),
        ("TELEMAP_CLIENT_KEY", "/nowhere/key.pem"),
        ("GATEWAY", "http://a:hidden@é..b"),
    ],
)
def test_an_invalid_setting_stops_the_command(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GATEWAY", "https://127.0.0.1:9")
    monkeypatch.setenv(variable, value)

    assert main(["sweep"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("telemap: ")
    assert variable in told
    assert "instead" not in told
    assert "hidden" not in told


def test_unrelated_settings_do_not_stop_a_sweep(
    monkeypatch: pytest.MonkeyPatch, pushgateway: Pushgateway, sweep: Any
) -> None:
    monkeypatch.setenv("TELEMAP_FLUSH", "sometimes")
    assert sweep(pushgateway.url) == (0, {}, {})


def test_a_missing_gateway_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep"]) == 2
    assert capsys.readouterr().err == "telemap: no gateway: use --gateway URL, or set GATEWAY\n"


@pytest.mark.parametrize("text", ["", "2", "two hours", "-1h", "1h 30m"])
def test_an_invalid_duration_is_a_usage_error(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sweep", "--gateway", "127.0.0.1:9", f"--older-than={text}"])
    assert ended.value.code == 2
    assert "is not a duration such as 90m or 2h" in capsys.readouterr().err
