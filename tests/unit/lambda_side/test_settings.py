"""Settings, from the environment."""

from __future__ import annotations

from typing import Any

import pytest

from telemap_lambda.settings import NOT_YET, GatewayAddress, Settings, read_settings


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        ("AUTH_SECRET", "arn:aws:secretsmanager:eu-west-1:1:secret:a", "auth_secret", None),
        ("DISPATCH_MIN_BATCH_SIZE", "25", "dispatch_min_batch_size", 25),
        ("MAPPING_FILE", "telemap:aws-sample", "mapping_file", None),
        ("TELEMAP_PUSH_INTERVAL_MS", "0", "push_interval", 0.0),
        ("TELEMAP_PUSH_INTERVAL_MS", " 250 ", "push_interval", 0.25),
        ("TELEMAP_FLUSH_INTERVAL_MS", "100", "flush_interval", 0.1),
        ("TELEMAP_HOLD_MS", "1500", "hold", 1.5),
        ("TELEMAP_PUSH_TIMEOUT_MS", "500", "push_timeout", 0.5),
        ("TELEMAP_JOB", "a/b", "job", None),
        ("TELEMAP_MAX_PENDING_BYTES", "1024", "max_pending_bytes", 1024),
        ("TELEMAP_LOG_LEVEL", "INFO", "log_level", "info"),
        ("TELEMAP_STRICT", "true", "strict", True),
        ("TELEMAP_STRICT", "0", "strict", False),
        ("TELEMAP_SELF_METRICS", "No", "self_metrics", False),
    ],
)
def test_a_variable_is_a_setting(variable: str, text: str, field: str, value: object) -> None:
    settings = read_settings({variable: text})

    assert getattr(settings, field) == (text if value is None else value)
    assert settings.faults == ()


@pytest.mark.parametrize("environ", [{}, dict.fromkeys(["GATEWAY", "TELEMAP_HOLD_MS", "TELEMAP_STRICT"], "")])
def test_without_variables_the_defaults_hold(environ: dict[str, str]) -> None:
    settings = read_settings(environ)

    assert settings == Settings()
    assert (settings.push_interval, settings.hold, settings.push_timeout) == (1.0, 0.2, 2.0)
    assert (settings.flush_interval, settings.max_pending_bytes) == (10.0, 8388608)


@pytest.mark.parametrize(
    ("variable", "text", "valid"),
    [
        ("DISPATCH_MIN_BATCH_SIZE", "many", "a whole number"),
        ("DISPATCH_MIN_BATCH_SIZE", "-1", "a whole number from 0"),
        ("TELEMAP_PUSH_INTERVAL_MS", "1.5", "a whole number"),
        ("TELEMAP_PUSH_TIMEOUT_MS", "0", "a whole number from 1"),
        ("TELEMAP_FLUSH_INTERVAL_MS", "0", "a whole number from 1"),
        ("TELEMAP_HOLD_MS", "0x10", "a whole number"),
        ("TELEMAP_HOLD_MS", "9" * 400, "a whole number"),
        ("TELEMAP_FLUSH_INTERVAL_MS", "9" * 5000, "a whole number"),
        ("TELEMAP_PUSH_TIMEOUT_MS", "99999999999999999", "a whole number"),
        ("TELEMAP_MAX_PENDING_BYTES", "8 MiB", "a whole number"),
        ("TELEMAP_LOG_LEVEL", "loud", "debug, info, warning, error"),
        ("TELEMAP_STRICT", "perhaps", "true or false"),
        ("TELEMAP_SELF_METRICS", "2", "true or false"),
        ("GATEWAY", "ftp://gateway:9091", "a URL"),
    ],
)
def test_a_bad_value_is_reported_by_name_and_the_default_used(variable: str, text: str, valid: str) -> None:
    settings = read_settings({variable: text})

    (fault,) = settings.faults
    assert fault.startswith(f"{variable}: ")
    assert valid in fault
    assert len(fault) < 300
    assert _without_faults(settings) == _without_faults(Settings())


def _without_faults(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in Settings.__slots__ if name != "faults"}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://gateway:9091", GatewayAddress("http://gateway:9091")),
        ("https://gateway.example", GatewayAddress("https://gateway.example")),
        ("gateway", GatewayAddress("http://gateway")),
        ("gateway:9091", GatewayAddress("http://gateway:9091")),
        ("10.0.0.7:9091/", GatewayAddress("http://10.0.0.7:9091")),
        ("gateway:9091/some/prefix/", GatewayAddress("http://gateway:9091/some/prefix")),
        ("HTTP://Gateway:9091", GatewayAddress("http://gateway:9091")),
        ("http://[::1]:9091", GatewayAddress("http://[::1]:9091")),
        ("http://[2001:db8::7]", GatewayAddress("http://[2001:db8::7]")),
        ("http://lambda:s3same@gateway:9091/p", GatewayAddress("http://gateway:9091/p", "lambda", "s3same")),
        ("lambda:p%40ss%2Fw%3Ard@gateway:9091", GatewayAddress("http://gateway:9091", "lambda", "p@ss/w:rd")),
        ("https://lambda@gateway", GatewayAddress("https://gateway", "lambda", "")),
    ],
)
def test_a_gateway_is_a_url_in_many_forms(text: str, address: GatewayAddress) -> None:
    settings = read_settings({"GATEWAY": text})

    assert settings.gateway == address
    assert settings.faults == ()


@pytest.mark.parametrize(
    "text",
    [
        "http://",
        "//gateway:9091",
        "http://lambda:s3same@",
        "http://lambda:s3same@gateway:port",
        "http://lambda:s3same@gateway:99999",
        "http://lambda:s3same@[::1",
        "http://lambda:s3same@gateway?a=b",
        "http://lambda:s3same#@gateway",
        "http://lambda:s3same@two words",
        "http://lambda:s3same@gateway/two words",
        "http://lambda:s3same@gate\udcffway",
        "http://lambda:s3same@-gateway..example:9091\x01",
        "http://lambda:1/s3same@gateway",
    ],
)
def test_what_is_no_url_is_refused_without_being_shown(text: str) -> None:
    settings = read_settings({"GATEWAY": text})

    (fault,) = settings.faults
    assert fault.startswith("GATEWAY: ")
    assert "s3same" not in fault
    assert settings.gateway is None


def test_the_password_is_in_no_repr() -> None:
    settings = read_settings({"GATEWAY": "http://lambda:s3same@gateway:9091"})

    assert "s3same" not in repr(settings)


@pytest.mark.parametrize(("variable", "harmless"), NOT_YET.items())
def test_a_setting_that_is_not_there_yet_is_said(variable: str, harmless: tuple[str, ...]) -> None:
    assert read_settings(dict.fromkeys([variable], "other")).faults[0].startswith(f"{variable}: ")
    assert not any(read_settings({variable: text}).faults for text in harmless)
