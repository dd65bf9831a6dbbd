"""The shape of events has no log text, and everything that a mapping needs."""

from __future__ import annotations

import json
import random
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st

import telemap
from telemap.cli.unmatched.text import as_yaml
from telemap.unmatched import find_unmatched
from telemap.unmatched.parse_fit import ParseFit
from telemap.unmatched.survey import Survey
from telemap_lambda.recording.anonymizing import shape, shape_of_event, shape_of_key, shape_of_record

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = sorted((Path(__file__).parents[3] / "events").glob("*.json"))
NOTHING = telemap.loads("version: 1\nmetrics: {}\n")


def read(path: Path) -> list[Any]:
    events: list[Any] = json.loads(path.read_text(encoding="utf-8"))
    return events


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("order 17 of anna@example.com", "x" * 28),
        ("", ""),
        (17, 0),
        (17.5, 0.0),
        (True, False),
        (None, None),
        ("17.50", "00.00"),
        ("4111111111111111", "0" * 16),
        ("true", "false"),
        ("12.5ms", "00.0ms"),
        ("2026-03-02T08:14:09.117Z", "1970-01-01T00:00:00.000Z"),
        ("0f6f2b1c-0d7e-4d3b-9a52-4a7b8f3f0a11", "00000000-0000-0000-0000-000000000000"),
        (["a", 1], ["x", 0]),
        ({"level": "info", "n": 3}, {"level": "xxxx", "n": 0}),
        ({"anna@example.com": 1}, {"x" * 16: 0}),
        ({"order-104711": 1}, {"x" * 12: 0}),
        ('{"event": "paid", "sum": 12}', '{"event":"xxxx","sum":0}'),
        ('paid: {"sum": 12}', 'xxxxxx{"sum":0}'),
        ('{"inner": "{\\"pin\\": 1234}"}', '{"inner":"{\\"pin\\":0}"}'),
        ("level=info took=12ms", "x" * 20),
        ("GET https://example.com/?token=abc", "x" * 34),
        ("x" * 5000, "x" * 1000),
        ("\ud800", "x"),
    ],
)
def test_text_keeps_its_kind_and_its_length(value: Any, expected: Any) -> None:
    assert shape(value) == expected
    assert type(shape(value)) is type(expected)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('level=info msg="hello anna" took=12ms empty=""', 'level=xxxx msg=xxxxxxxxxx took=00ms empty=""'),
        ("[INFO]\t2026-03-02T13:10:00.004Z\tad38835e-ddd6-4f55-afa7-3207237751aa\tkey=a:1 n=2", "key=xxx n=0"),
        ("user=anna logged in", "x" * 19),
        ("password=hunter2", "x" * 16),
        ("total=12 n=2 for anna", "x" * 21),
        ("my password is hunter= ok", "x" * 25),
        ("a=1 b=2 Basic hunter=2", "x" * 22),
        ("a=1 b=2 dXNlcg==", "x" * 16),
        ("a=1 b=2 dXNlcjpwYXNz=d", "a=0 b=0"),
        ('a=1 b="2', "x" * 8),
    ],
)
def test_logfmt_keys_are_kept_if_the_line_has_only_pairs(line: str, expected: str) -> None:
    assert shape_of_record(line) == expected
    assert shape_of_record({"message": line, "level": line}) == {"message": expected, "level": "x" * len(line)}


@pytest.mark.parametrize(
    "name",
    [
        *("x", "id", "ctx", "object", "FunctionError", "message_2", "durationMs", "maxMemoryUsedMB", "sizeMiB", "qty"),
        *("xray_trace_id", "x-amzn-trace-id", "p99Ms", "http_status", "statusCode4xx", "ec2InstanceId", "oauth2Token"),
        *("userID", "eTag", "DBInstanceID", "faas.invocation_id"),
    ],
)
def test_keys_that_are_names_are_kept(name: str) -> None:
    assert shape_of_key(name) == name


@pytest.mark.parametrize(
    "key",
    [
        "anna@example.com",
        "order-104711",
        "dXNlcjpwYXNzd29yZA",
        "AKIAIOSFODNN7EXAMPLE",
        "deadbeef",
        "a1b2c3",
        "eyJhbGciOiJIUzI1NiJ9",
        "0f6f2b1c-0d7e-4d3b-9a52-4a7b8f3f0a11",
        "Anna Smith",
        "",
        "caf\u00e9",
        "long_" * 9,
    ],
)
def test_keys_that_are_values_are_removed(key: str) -> None:
    assert shape_of_key(key) == "x" * min(len(key), 40)


def test_objects_with_many_keys_keep_none() -> None:
    assert shape({first + second: 1 for first in "abdegilm" for second in "abdegilm"}) == {"xx": 0}


def _base64(secret: bytes) -> str:
    return b64encode(secret).decode()


def _jwt(secret: bytes) -> str:
    return ".".join(urlsafe_b64encode(one).decode().rstrip("=") for one in (b'{"alg":"HS256"}', secret, secret[::-1]))


_SECRETS = (
    _base64,
    lambda secret: urlsafe_b64encode(secret).decode(),
    lambda secret: urlsafe_b64encode(secret).decode().rstrip("="),
    bytes.hex,
    _jwt,
    lambda secret: f"hunter{secret.hex()[:4]}={_base64(secret)}",
    lambda secret: f"={_base64(secret)}=correct=horse",
    lambda secret: f"swordfish-{_base64(secret)}=",
)

_CONTEXTS = (
    lambda secret: secret,
    lambda secret: f"secret {secret}",
    lambda secret: f"secret {secret} ok",
    lambda secret: f"Authorization: Basic {secret}",
    lambda secret: f"level=info Authorization: Bearer {secret} n=1 ok=true",
    lambda secret: f"key: {secret}",
    lambda secret: f"password={secret}",
    lambda secret: f'level=info token={secret} msg="{secret}" n=3',
    lambda secret: f"level=info url=https://x.example/?token={secret}&a=b n=3",
    lambda secret: f"GET https://x.example/?token={secret}&a=b",
    lambda secret: f"[INFO]\t2026-03-02T13:10:00.004Z\tsecret {secret}",
    lambda secret: {"message": f"secret {secret}", "token": secret, "list": [f"{secret} {secret}"]},
    lambda secret: json.dumps({"token": secret, "header": f"Basic {secret}", "line": f"a=1 b=2 {secret} c=3"}),
    lambda secret: f"sent {json.dumps({'body': json.dumps({'token': secret, 'line': f'a=1 {secret}'})})}",
    lambda secret: f'{{"token": "{secret}", "cut": "{secret} x=',
)


@pytest.mark.parametrize("make", range(len(_SECRETS)))
@given(st.binary(min_size=1, max_size=64), st.sampled_from(_CONTEXTS))
def test_secrets_are_removed(make: int, content: bytes, put: Callable[[str], Any]) -> None:
    secret = _SECRETS[make](content)
    recorded = json.dumps(shape_of_event({"time": "t", "type": "function", "record": put(secret)}))

    runs = {secret[at : at + 6] for at in range(len(secret) - 5)}
    # What x's and zeros say of a secret that is all x's or zeros is its length.
    assert [run for run in runs if run in recorded and not set(run) <= set("x0-.")] == []


def test_long_random_keys_hardly_ever_look_like_names() -> None:
    dice = random.Random(7)  # noqa: S311 - a dice that always falls the same
    keys = [urlsafe_b64encode(dice.randbytes(16)).decode().rstrip("=") for _ in range(2000)]

    assert sum(shape_of_key(key) == key for key in keys) <= 4
    assert [key for key in (dice.randbytes(8).hex() for _ in range(2000)) if shape_of_key(key) == key] == []


def test_platform_events_keep_everything_but_account_and_tenant() -> None:
    arn = "arn:aws:lambda:eu-west-1:210987654321:function:search:3"
    record = {"requestId": "a", "functionArn": arn, "tenantId": "acme", "metrics": {"durationMs": 1.5}}
    event = {"time": "2026-03-02T08:14:09.117Z", "type": "platform.start", "record": record}

    hidden = arn.replace("210987654321", "000000000000")
    assert shape_of_event(event) == {**event, "record": {**record, "functionArn": hidden, "tenantId": "xxxx"}}


@given(strategies.events)
def test_the_shape_of_a_shape_is_itself(event: dict[str, Any]) -> None:
    once = shape_of_event(event)

    assert shape_of_event(once) == once


@given(strategies.json_values)
def test_values_lose_all_words_and_digits(value: Any) -> None:
    """But for keys, which are names here."""
    written = json.dumps(shape({"a": value}))

    assert set(written) <= set('{}[]", :.-+xe0ab\\listfalsenull1970T:Z')
    assert not any(digit in written.replace("1970-01-01", "") for digit in "23456789")


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_drafts_from_shapes_are_valid(path: Path) -> None:
    events = [shape_of_event(event) for event in read(path)]
    findings = find_unmatched(NOTHING, Survey(ParseFit(NOTHING)).add_all(events).close())
    mapping = telemap.loads(as_yaml(findings))
    rendered = telemap.render(telemap.apply(telemap.compile(mapping), events))

    assert mapping.warnings == ()
    assert [one.name for one in mapping.families if f"# TYPE {one.name} " not in rendered] == []


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_a_shape_yields_the_same_platform_metrics(path: Path) -> None:
    plan = telemap.compile(telemap.load("telemap:platform"))
    events = read(path)

    assert telemap.render(telemap.apply(plan, map(shape_of_event, events))) == telemap.render(
        telemap.apply(plan, events)
    )


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_a_shape_has_the_paths_of_the_event(path: Path) -> None:
    def places(events: list[Any]) -> set[tuple[str, str]]:
        findings = find_unmatched(NOTHING, Survey(ParseFit(NOTHING)).add_all(events).close())
        found = ((one.event_type, path) for one in findings.types for path in one.paths)
        return {(event_type, path.path) for event_type, path in found if not path.form.regex}  # a shape has no text

    events = read(path)
    in_prose = {("function", f"$.record.{name}") for name in ("items", "key", "latency_ms")}
    lost = in_prose if path.stem == "function_logs_text" else set()
    assert places([shape_of_event(event) for event in events]) == places(events) - lost
