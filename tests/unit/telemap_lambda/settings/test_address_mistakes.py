"""Addresses that are close to right: a fault or a warning says what is wrong, and shows nothing secret."""

from __future__ import annotations

import pytest

from telemap_lambda.settings.reading import read_settings

HOST = "aps-workspaces.eu-west-1.amazonaws.com"
PATH = "/workspaces/ws-1/api/v1/remote_write"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("http://u:s3same@db:9090/api/v1/write?tenant=a", "it has a query"),
        ("http://u:s3same@db:9090/api/v1/write#top", "it has a query"),
        ("https:/u:s3same@db/api/v1/write", "its scheme is not followed by '://'"),
        ("http//db/api/v1/write", "its scheme is not followed by '://'"),
        ("https:db/api/v1/write", "its scheme is not followed by '://'"),
        ("htp://u:s3same@db/api/v1/write", "its scheme is neither http nor https"),
        ("unix:///tmp/gateway", "its scheme is neither http nor https"),
        ("http://db/api/v1/write,http://other/api/v1/write", "it has more than one address"),
        ("http://db /api/v1/write", "it has white space or invisible characters"),
        ("http://db/api\u200b/v1/write", "it has white space or invisible characters"),
        ("http://db:0/api/v1/write", "its port is not from 1 to 65535"),
        ("http://u:s3same@db:99999/api/v1/write", "its port is not from 1 to 65535"),
        ("http://::1:9090/api/v1/write", "write an IPv6 address in brackets"),
        ("http://us/er:s3same@db/api/v1/write", "an @ follows a slash"),
    ],
)
def test_a_fault_has_the_cause(text: str, cause: str) -> None:
    settings = read_settings({"GATEWAY": text})
    [fault] = settings.faults

    assert cause in fault.problem
    assert "s3same" not in str(fault)
    assert "expected a URL such as" in fault.problem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"https://{HOST}/workspaces/ws-1", "not its remote write URL, which ends in /api/v1/remote_write"),
        (f"https://{HOST}/workspaces/ws-1/", "not its remote write URL, which ends in /api/v1/remote_write"),
        (f"https://{HOST}/workspaces/ws-1/api/v1/query", "not its remote write URL"),
        (f"https://{HOST}{PATH}".upper(), "not its remote write URL"),
        (f"http://{HOST}{PATH}", "use https://"),
        (f"{HOST}{PATH}", "use https://"),
        ("http://db:9090/API/V1/WRITE", "write /api/v1/write in lower case"),
        ("http://db:9090/api/v1/Write/", "write /api/v1/write in lower case"),
        ("http://vm:8428/api/v1/import/Prometheus", "write /api/v1/import/prometheus in lower case"),
        ("http://db:9090/api/v1/query", "telemap does not know its path"),
        ("http://vm:8428/api/v1/import", "telemap does not know its path"),
        ("http://mimir/otlp/v1/metrics", "telemap does not know its path"),
        ("https://x.grafana.net/api/prom", "telemap does not know its path"),
        ("http://host:9091/metrics", "telemap adds /metrics/job/..."),
        ("http://host:9091/metrics/", "telemap adds /metrics/job/..."),
        ("http://host:9091/prefix/metrics/job/orders", "telemap adds /metrics/job/..."),
    ],
)
def test_a_warning_says_what_is_probably_meant(text: str, words: str) -> None:
    settings = read_settings({"GATEWAY": text})

    assert settings.faults == ()
    [warning] = settings.warnings
    assert warning.startswith("GATEWAY: ")
    assert words in warning


@pytest.mark.parametrize(
    "text",
    [
        *("gateway:9091", "http://gateway:9091/prefix", "http://gateway/push", "https://[fd00::1]:9091/a/b"),
        *("http://vm:8428/api/v1/import/prometheus", "http://vm:8480/insert/0/prometheus/api/v1/write"),
        *("http://db/api/v1/write/", f"https://{HOST}{PATH}/", "https://mimir/api/v1/push"),
    ],
)
def test_an_address_that_is_right_causes_no_warning(text: str) -> None:
    settings = read_settings({"GATEWAY": text})
    assert (settings.faults, settings.warnings) == ((), ())


@pytest.mark.parametrize("path", ["/metrics", "/api/v1/anything"])
def test_any_path_is_right_for_remote_write_that_is_asked_for(path: str) -> None:
    settings = read_settings({"GATEWAY": f"https://db{path}", "TELEMAP_DELIVERY": "remote-write"})
    assert (settings.faults, settings.warnings) == ((), ())


def test_steps_without_samples_have_no_effect() -> None:
    settings = read_settings({"GATEWAY": "http://gateway:9091", "TELEMAP_STEPS": "5"})
    assert settings.warnings == ("TELEMAP_STEPS: has no effect with a Pushgateway, which keeps no samples",)
