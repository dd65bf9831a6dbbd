"""Reading settings from the environment."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from telemap_lambda.settings.gateway_url import GatewayAddress
from telemap_lambda.settings.model import Settings
from telemap_lambda.settings.reading import read_settings


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
        ("TELEMAP_AUTH_TOKEN_SECRET", "gateway/token", "auth_token_secret", None),
        ("TELEMAP_DELIVERY", "delta", "delivery", None),
        ("TELEMAP_DELIVERY", "Replace", "delivery", "replace"),
        ("TELEMAP_ON_SHUTDOWN", "delete", "on_shutdown", None),
        ("TELEMAP_FLUSH", "end", "flush", None),
        ("TELEMAP_FLUSH", "adaptive", "flush", None),
        ("TELEMAP_COMPRESSION", "gzip", "compress", True),
        ("TELEMAP_COMPRESSION", "none", "compress", False),
        ("TELEMAP_GROUPING", "team=orders", "grouping", (("team", "orders"),)),
        ("TELEMAP_RECORD", "Log", "record", "log"),
        ("TELEMAP_RECORD", "/tmp/telemetry.ndjson", "record", None),  # noqa: S108 - Lambda has no other place
        ("TELEMAP_RECORD_MAX_BYTES", "4096", "record_max_bytes", 4096),
    ],
)
def test_a_variable_is_a_setting(variable: str, text: str, field: str, value: object) -> None:
    settings = read_settings({variable: text})

    assert getattr(settings, field) == (text if value is None else value)
    assert (settings.faults, settings.warnings) == ((), ())


@pytest.mark.parametrize(
    ("variable", "warning"),
    [
        ("TELEMAP_FLSUH", "unknown setting TELEMAP_FLSUH; did you mean TELEMAP_FLUSH?"),
        ("TELEMAP_HOLD", "unknown setting TELEMAP_HOLD; did you mean TELEMAP_HOLD_MS?"),
        ("TELEMAP_RECORDS", "unknown setting TELEMAP_RECORDS; did you mean TELEMAP_RECORD?"),
        ("TELEMAP_QQ", "unknown setting TELEMAP_QQ; do not begin the names of your own variables with TELEMAP_"),
        (
            "TELEMAP_" + "X" * 300,
            f"unknown setting TELEMAP_{'X' * 52}; do not begin the names of your own variables with TELEMAP_",
        ),
    ],
)
def test_a_misspelt_name_only_causes_a_warning(variable: str, warning: str) -> None:
    assert read_settings({variable: "end"}) == Settings(warnings=(warning,))


@pytest.mark.integration
def test_difflib_is_imported_only_for_mistakes() -> None:
    program = (
        "import sys; from telemap_lambda.settings.reading import read_settings; read_settings({'TELEMAP_FLUSH': 'end'})"
    )
    loaded = subprocess.check_output([sys.executable, "-c", f"{program}; print(*sys.modules)"], text=True).split()
    assert "telemap_lambda.settings.variables" in loaded
    assert "difflib" not in loaded


@pytest.mark.parametrize("variable", ["TELEMAP_SWEEP_JOB", "TELEMAP_SWEEP_OLDER_THAN", "MAPPING_FIEL", "MY_TELEMAP_X"])
def test_variables_of_others_cause_no_warning(variable: str) -> None:
    assert read_settings({variable: "x"}) == Settings()


@pytest.mark.parametrize("environ", [{}, dict.fromkeys(["GATEWAY", "TELEMAP_HOLD_MS", "TELEMAP_STRICT"], "")])
def test_defaults_apply_without_variables(environ: dict[str, str]) -> None:
    settings = read_settings(environ)

    assert settings == Settings()
    assert (settings.push_interval, settings.hold, settings.push_timeout) == (1.0, 0.2, 2.0)
    assert (settings.flush_interval, settings.max_pending_bytes) == (10.0, 8388608)


@pytest.mark.parametrize(
    ("variable", "text", "valid"),
    [
        ("DISPATCH_MIN_BATCH_SIZE", "many", "a non-negative integer"),
        ("DISPATCH_MIN_BATCH_SIZE", "-1", "a non-negative integer"),
        ("TELEMAP_PUSH_INTERVAL_MS", "1.5", "an integer"),
        ("TELEMAP_PUSH_TIMEOUT_MS", "0", "an integer from 1 to "),
        ("TELEMAP_FLUSH_INTERVAL_MS", "0", "an integer from 1 to "),
        ("TELEMAP_HOLD_MS", "0x10", "an integer"),
        ("TELEMAP_HOLD_MS", "9" * 400, "an integer"),
        ("TELEMAP_FLUSH_INTERVAL_MS", "9" * 5000, "an integer"),
        ("TELEMAP_PUSH_TIMEOUT_MS", "99999999999999999", "an integer"),
        ("TELEMAP_MAX_PENDING_BYTES", "8 MiB", "an integer"),
        ("TELEMAP_LOG_LEVEL", "loud", "debug, info, warning, error"),
        ("TELEMAP_STRICT", "perhaps", "true or false"),
        ("TELEMAP_SELF_METRICS", "2", "true or false"),
        ("GATEWAY", "ftp://gateway:9091", "a URL"),
        ("TELEMAP_DELIVERY", "both", "replace, delta"),
        ("TELEMAP_ON_SHUTDOWN", "ask", "keep, delete"),
        ("TELEMAP_FLUSH", "never", "invoke, end, adaptive"),
        ("TELEMAP_COMPRESSION", "zstd", "none, gzip"),
        ("TELEMAP_RECORD", "true", "log, or the path of a file"),
        ("TELEMAP_RECORD", "telemetry.ndjson", "log, or the path of a file"),
        ("TELEMAP_RECORD", "/tmp/", "log, or the path of a file"),  # noqa: S108 - as above
        ("TELEMAP_RECORD_MAX_BYTES", "0", "an integer of at least 1"),
        ("TELEMAP_RECORD_LOGS", "some", "true or false"),
        ("TELEMAP_GROUPING", "team", "labels such as team=orders"),
    ],
)
def test_an_invalid_value_is_reported_and_the_default_used(variable: str, text: str, valid: str) -> None:
    settings = read_settings({variable: text})

    (fault,) = settings.faults
    assert fault.variable == variable
    assert valid in fault.problem
    assert len(str(fault)) < 300
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
        "http://lambda:s3same@gateway..example",
        "http://lambda:s3same@" + "a" * 64 + ".example",
        "http://lam%3Abda:s3same@gateway",
        "http://lambda:s3same%0A@gateway",
    ],
)
def test_an_invalid_url_is_refused_without_being_shown(text: str) -> None:
    settings = read_settings({"GATEWAY": text})

    (fault,) = settings.faults
    assert fault.variable == "GATEWAY"
    assert "s3same" not in str(fault)
    assert settings.gateway is None


def test_credentials_are_in_no_repr() -> None:
    settings = read_settings({"GATEWAY": "http://lambda:s3same@gateway:9091"})

    assert "s3same" not in repr(settings)
    assert "lambda" not in repr(settings)


def test_recording_log_text_needs_a_recording() -> None:
    settings = read_settings({"TELEMAP_RECORD_LOGS": "true"})

    assert settings.warnings == ("TELEMAP_RECORD_LOGS: has no effect, because TELEMAP_RECORD is not set",)


IMPORT = "http://victoria:8428/api/v1/import/prometheus"


@pytest.mark.parametrize(
    ("environ", "field", "value", "fault"),
    [
        (
            {"TELEMAP_ON_SHUTDOWN": "delete", "TELEMAP_DELIVERY": "delta"},
            "on_shutdown",
            "keep",
            "TELEMAP_ON_SHUTDOWN: delete cannot be used with a gateway that adds up",
        ),
        (
            {"TELEMAP_ON_SHUTDOWN": "delete", "GATEWAY": IMPORT},
            "on_shutdown",
            "keep",
            "TELEMAP_ON_SHUTDOWN: delete cannot be used with VictoriaMetrics' import",
        ),
        (
            {"TELEMAP_DELIVERY": "delta", "GATEWAY": f"{IMPORT}/"},
            "delivery",
            "replace",
            "TELEMAP_DELIVERY: delta cannot be used with VictoriaMetrics' import",
        ),
        (
            {"AUTH_SECRET": "a", "TELEMAP_AUTH_TOKEN_SECRET": "b"},
            "auth_secret",
            "",
            "AUTH_SECRET: cannot be used together with TELEMAP_AUTH_TOKEN_SECRET; the token is sent",
        ),
        (
            {"TELEMAP_CLIENT_KEY": "/key.pem"},
            "client_key",
            "",
            "TELEMAP_CLIENT_KEY: cannot be used without TELEMAP_CLIENT_CERT",
        ),
    ],
)
def test_conflicting_settings_are_resolved_and_reported(
    environ: dict[str, str], field: str, value: str, fault: str
) -> None:
    settings = read_settings(environ)

    assert [str(one).startswith(fault) for one in settings.faults] == [True]
    assert getattr(settings, field) == value


@pytest.mark.parametrize(
    ("environ", "warning"),
    [
        ({"TELEMAP_DELIVERY": "delta", "TELEMAP_COMPRESSION": "gzip"}, "TELEMAP_COMPRESSION: prom-aggregation"),
        ({"TELEMAP_DELIVERY": "delta", "TELEMAP_JOB": "a/b"}, "TELEMAP_JOB: prom-aggregation"),
        ({"TELEMAP_DELIVERY": "delta", "TELEMAP_GROUPING": "a=.."}, "TELEMAP_GROUPING: prom-aggregation"),
        ({"GATEWAY": "u:p@gateway", "AUTH_SECRET": "a"}, "GATEWAY: the user name and password in it are not used"),
        ({"TELEMAP_GROUPING": "a=${env:NOT_SET},b=1"}, "TELEMAP_GROUPING: a has no value and is omitted"),
    ],
)
def test_likely_mistakes_cause_a_warning_and_are_kept(environ: dict[str, str], warning: str) -> None:
    settings = read_settings(environ)

    assert settings.faults == ()
    assert [text.startswith(warning) for text in settings.warnings] == [True]


@pytest.mark.parametrize(
    ("text", "grouping"),
    [
        ("team=orders,stage=prod", (("team", "orders"), ("stage", "prod"))),
        (" team = orders , ", (("team", "orders"),)),
        ("a=b=c", (("a", "b=c"),)),
        ("stage=${env:STAGE}", (("stage", "blue"),)),
        ("stage=x-${env:STAGE}-${env:OTHER:-y,z}", (("stage", "x-blue-y,z"),)),
        ("stage=${env:OTHER:-}", ()),
        ("team=ä/b", (("team", "ä/b"),)),
    ],
)
def test_grouping_labels_may_refer_to_variables(text: str, grouping: tuple[tuple[str, str], ...]) -> None:
    settings = read_settings({"TELEMAP_GROUPING": text, "STAGE": "blue"})

    assert settings.grouping == grouping
    assert settings.faults == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("team", "'team' has no '='"),
        ("job=a", "'job' cannot be set here: TELEMAP_JOB sets it"),
        ("a=b,instance=c", "'instance' cannot be set here"),
        ("1a=b", "'1a' is not a valid label name"),
        ("__a=b", "'__a' is not a valid label name"),
        ("a-b=c", "'a-b' is not a valid label name"),
        ("=b", "'' is not a valid label name"),
        ("a=b,a=c", "'a' is defined twice"),
        ("a=${env:AWS_SECRET_ACCESS_KEY}", "AWS_SECRET_ACCESS_KEY is a credential"),
        ("a=${AWS_REGION}", "invalid reference '${AWS_REGION}'"),
        ("a=${runtime:instance}", "'${runtime:instance}' cannot be used here"),
        ("a=${env:B", "invalid reference '${env:B'"),
    ],
)
def test_invalid_grouping_labels_are_reported_and_none_is_added(text: str, said: str) -> None:
    settings = read_settings({"TELEMAP_GROUPING": text, "AWS_SECRET_ACCESS_KEY": "s3same"})

    (fault,) = settings.faults
    assert str(fault).startswith(f"TELEMAP_GROUPING: {said}")
    assert "s3same" not in str(fault)
    assert settings.grouping == ()


WRITE = "https://prometheus.example/api/v1/write"
WORKSPACE = "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write"


@pytest.mark.parametrize(
    "path",
    ["/api/v1/write", "/api/v1/push", "/api/prom/push", "/api/v1/receive", "/workspaces/ws-1/api/v1/remote_write"],
)
def test_remote_write_is_the_delivery_where_the_path_is_its_own(path: str) -> None:
    settings = read_settings({"GATEWAY": f"https://database.example{path}"})
    assert (settings.delivery, settings.faults, settings.warnings) == ("remote-write", (), ())


@pytest.mark.parametrize("path", ["", "/prefix", "/api/v1/import/prometheus"])
def test_it_is_replace_elsewhere(path: str) -> None:
    assert read_settings({"GATEWAY": f"https://gateway.example{path}"}).delivery == "replace"


def test_any_other_path_is_written_to_when_asked_for() -> None:
    settings = read_settings({"GATEWAY": "https://database.example/write", "TELEMAP_DELIVERY": "remote-write"})
    assert (settings.delivery, settings.faults, settings.warnings) == ("remote-write", (), ())


def test_remote_write_to_no_path_is_probably_a_mistake() -> None:
    settings = read_settings({"GATEWAY": "https://database.example", "TELEMAP_DELIVERY": "remote-write"})
    assert settings.delivery == "remote-write"
    assert "GATEWAY: it has no path" in settings.warnings[0]


@pytest.mark.parametrize("delivery", ["replace", "delta"])
def test_another_delivery_to_the_path_of_remote_write_is_a_mistake(delivery: str) -> None:
    settings = read_settings({"GATEWAY": WRITE, "TELEMAP_DELIVERY": delivery})
    assert settings.delivery == "remote-write"
    (fault,) = settings.faults
    assert str(fault) == (
        f"TELEMAP_DELIVERY: {delivery} cannot be used with a GATEWAY whose path is that of remote write: leave"
        " TELEMAP_DELIVERY out, or set GATEWAY to the address of a Pushgateway; using remote-write"
    )


@pytest.mark.parametrize("delivery", ["delta", "remote-write"])
def test_the_import_of_victoriametrics_takes_neither_increments_nor_protobuf(delivery: str) -> None:
    gateway = "http://victoria:8428/api/v1/import/prometheus"
    settings = read_settings({"GATEWAY": gateway, "TELEMAP_DELIVERY": delivery})
    assert settings.delivery == "replace"
    (fault,) = settings.faults
    assert fault.problem.startswith(f"{delivery} cannot be used with VictoriaMetrics' import")


def test_gzip_with_remote_write_is_a_mistake() -> None:
    settings = read_settings({"GATEWAY": WRITE, "TELEMAP_COMPRESSION": "gzip"})
    assert not settings.compress
    assert [fault.variable for fault in settings.faults] == ["TELEMAP_COMPRESSION"]


def test_series_can_be_ended_with_remote_write() -> None:
    settings = read_settings({"GATEWAY": WRITE, "TELEMAP_ON_SHUTDOWN": "delete"})
    assert (settings.on_shutdown, settings.faults) == ("delete", ())


@pytest.mark.parametrize(("steps", "expected"), [("1", 1), ("50", 50), ("0", 10), ("51", 10), ("x", 10)])
def test_earlier_values_are_1_to_50(steps: str, expected: int) -> None:
    settings = read_settings({"GATEWAY": WRITE, "TELEMAP_STEPS": steps})
    assert settings.steps == expected
    assert bool(settings.faults) is (str(expected) != steps)


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("aps-workspaces.eu-west-1.amazonaws.com", "eu-west-1"),
        ("aps-workspaces-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("aps-workspaces.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("aps-workspaces.us-east-1.api.aws", "us-east-1"),
        ("vpce-0a1b-2c3d.aps-workspaces.us-east-1.vpce.amazonaws.com", "us-east-1"),
    ],
)
def test_a_workspace_of_amazon_is_signed_for(host: str, region: str) -> None:
    settings = read_settings({"GATEWAY": f"https://{host}/workspaces/ws-1/api/v1/remote_write", "AWS_REGION": "x"})
    assert (settings.auth, settings.region, settings.faults) == ("sigv4", region, ())


@pytest.mark.parametrize(
    "host",
    [
        *("aps-workspaces.eu-west-1.amazonaws.com.example", "example.com", "localhost"),
        *("evil.example.aps-workspaces.eu-west-1.amazonaws.com", "aps-workspaces.eu-west-1.amazonaws.com.cn.example"),
    ],
)
def test_others_are_not(host: str) -> None:
    assert read_settings({"GATEWAY": f"https://{host}/api/v1/write"}).auth == "none"


def test_a_signature_can_be_asked_for_and_left_out() -> None:
    asked = {"GATEWAY": WRITE, "TELEMAP_AUTH": "sigv4", "AWS_REGION": "eu-west-1"}
    assert (read_settings(asked).auth, read_settings(asked).region) == ("sigv4", "eu-west-1")
    assert read_settings({"GATEWAY": WORKSPACE, "TELEMAP_AUTH": "none"}).auth == "none"


@pytest.mark.parametrize(
    ("variables", "variable"),
    [
        ({"GATEWAY": WRITE, "TELEMAP_AUTH": "sigv4"}, "TELEMAP_AUTH"),
        ({"GATEWAY": "http://gateway", "TELEMAP_AUTH": "sigv4", "AWS_REGION": "eu-west-1"}, "TELEMAP_AUTH"),
        ({"GATEWAY": WRITE, "TELEMAP_ROLE_ARN": "arn:aws:iam::123456789012:role/a"}, "TELEMAP_ROLE_ARN"),
        ({"GATEWAY": WORKSPACE, "TELEMAP_ROLE_ARN": "role/a"}, "TELEMAP_ROLE_ARN"),
        ({"GATEWAY": WORKSPACE, "AUTH_SECRET": "a"}, "AUTH_SECRET"),
        ({"GATEWAY": WORKSPACE, "TELEMAP_AUTH_TOKEN_SECRET": "a"}, "TELEMAP_AUTH_TOKEN_SECRET"),
        ({"GATEWAY": WRITE, "TELEMAP_TENANT": "a\r\nb: c"}, "TELEMAP_TENANT"),
        ({"GATEWAY": WRITE, "TELEMAP_TENANT": "ä"}, "TELEMAP_TENANT"),
    ],
)
def test_what_cannot_be_used_for_a_database_is_a_fault(variables: dict[str, str], variable: str) -> None:
    assert [fault.variable for fault in read_settings(variables).faults] == [variable]
