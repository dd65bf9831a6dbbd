"""The gateway of a run: the built-in one with a given behaviour, or a real one."""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from telemap.push.address import REMOTE_WRITE, WRITE_PATHS, api_of
from telemap.push.redaction import Redaction
from telemap.push.secret_texts import texts_in_url
from telemap_lambda.fake_database import FakeDatabase, Receiving
from telemap_lambda.fake_gateway import Behaviour, FakeGateway
from telemap_lambda.sandbox.relay import Relay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DOWN = "down"
NORMAL = "normal"
BEHAVIOURS = {
    NORMAL: Behaviour.NORMAL,
    "slow": Behaviour.SLOW,
    "trickle": Behaviour.TRICKLE,
    "hang": Behaviour.HANG,
    "reset": Behaviour.RESET,
    "lost-answer": Behaviour.LOST_ANSWER,
    "lying": Behaviour.LYING,
    "401": Behaviour.STATUS_401,
    "500": Behaviour.STATUS_500,
    "redirect": Behaviour.REDIRECT,
}
RECEIVERS = {
    "write": Receiving.ACCEPTS,
    "write-rolls-back": Receiving.ROLLS_BACK,
    "write-keeps-good": Receiving.KEEPS_GOOD,
    "write-429": Receiving.LIMITS,
    "write-partial": Receiving.PARTIAL,
    "write-hang": Receiving.HANGS,
    "write-silent": Receiving.SILENT,
}
_READ_SECONDS = 10.0
_SAMPLE = re.compile(r"^(?P<name>[^#{\s]\S*?)\{(?P<labels>.*)\} (?P<value>\S+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_NOT_OF_THE_MAPPING = ("telemap_", "push_time_seconds", "push_failure_time_seconds")


@dataclass(frozen=True)
class Held:
    """The final state of a job on a gateway.

    Attributes:
        by_status: Invocations by status, as counted by the default mapping; empty if the mapping lacks this metric.
        duration_ms: Sum of their durations, likewise.
        series: Number of lines of the mapping's metrics, without those about telemap.

    """

    by_status: Mapping[str, int]
    duration_ms: float
    series: int


@dataclass(frozen=True)
class Target:
    """A gateway.

    Attributes:
        name: A description for users.
        url: The extension's setting GATEWAY.
        drop: Drops its connections; None if not requested.
        pushes: Returns the number of pushes by status, with `none` for no answer; None if unknown.
        text: Returns the metrics that it serves; None if they cannot be read.

    """

    name: str
    url: str
    drop: Callable[[], None] | None
    pushes: Callable[[], Mapping[str, int] | None]
    text: Callable[[], str | None]

    def held(self, job: str) -> Held | None:
        """Return what the gateway has of a job; None if it has nothing or cannot be read."""
        text = self.text()
        return None if text is None else _held(text, job)


@contextlib.contextmanager
def target(name: str, *, delay_seconds: float, drop: bool) -> Iterator[Target]:
    """Open the gateway of a run.

    Args:
        name: One of `BEHAVIOURS` or `RECEIVERS`, `down`, or the URL of a real one.
        delay_seconds: For `slow`.
        drop: Whether connections can be dropped.

    """
    if name == DOWN:
        with FakeGateway() as gone:
            url = gone.url
        yield Target("a gateway that is down", url, None, dict, lambda: None)
        return
    if receiving := RECEIVERS.get(name):
        with FakeDatabase(receiving) as database, _relayed(database.url, drop=drop) as (url, lose):
            yield Target(f"the built-in database, {name}", url, lose, lambda: _statuses(database), database.text)
        return
    behaviour = BEHAVIOURS.get(name)
    if behaviour is None:
        with _relayed(name, drop=drop) as (url, lose):
            yield Target(f"the gateway {_without_credentials(name)}", url, lose, lambda: None, lambda: _read(name))
        return
    with (
        FakeGateway(behaviour=behaviour, delay_seconds=delay_seconds, requests_kept=1_000_000) as gateway,
        _relayed(gateway.url, drop=drop) as (url, lose),
    ):
        yield Target(f"the built-in gateway, {name}", url, lose, lambda: _answers(gateway), gateway.text)


@contextlib.contextmanager
def _relayed(url: str, *, drop: bool) -> Iterator[tuple[str, Callable[[], None] | None]]:
    """Put a relay in front of a gateway, if its connections can be dropped. It forwards TLS, but has no host name."""
    parts = urlsplit(url if "//" in url else f"http://{url}")
    if not drop:
        yield url, None
        return
    port = parts.port or (443 if parts.scheme == "https" else 80)
    with Relay(parts.hostname or "", port) as relay:
        credentials, at, _ = parts.netloc.rpartition("@")
        yield parts._replace(netloc=f"{credentials}{at}{relay.address}").geturl(), relay.drop


def _answers(gateway: FakeGateway) -> Mapping[str, int]:
    answers = Counter(str(request.status or "unanswered") for request in gateway.requests if request.method != "GET")
    return dict(sorted(answers.items()))


def _statuses(database: FakeDatabase) -> Mapping[str, int]:
    return dict(sorted(Counter(str(status or "unanswered") for status in database.statuses).items()))


def _read(url: str) -> str | None:
    """Return the metrics that a real gateway serves, or a real database has; None if they cannot be read."""
    base = url if "//" in url else f"http://{url}"
    if api_of(base) is REMOTE_WRITE:
        return _query(base.rstrip("/"))
    with requests.Session() as session, contextlib.suppress(requests.RequestException):
        session.trust_env = False
        answer = session.get(f"{base.rstrip('/')}/metrics", timeout=_READ_SECONDS)
        return answer.text if answer.ok else None
    return None


def _query(url: str) -> str | None:
    """Return the last values of the last minutes that a database has, by the query API of Prometheus, as text."""
    path = next(path for path in WRITE_PATHS if url.endswith(path))
    query = {"query": 'last_over_time({__name__=~"aws_lambda_.+|telemap_.+"}[5m])', "nocache": "1"}
    with requests.Session() as session, contextlib.suppress(requests.RequestException, ValueError, LookupError):
        session.trust_env = False
        answer = session.get(f"{url.removesuffix(path)}/api/v1/query", params=query, timeout=_READ_SECONDS)
        if answer.ok:
            return "".join(_line(one["metric"], one["value"][1]) for one in answer.json()["data"]["result"])
    return None


def _line(labels: dict[str, str], value: str) -> str:
    pairs = ",".join(f"{name}={json.dumps(text)}" for name, text in labels.items() if name != "__name__")
    return f"{labels['__name__']}{{{pairs}}} {value}\n"


def _without_credentials(url: str) -> str:
    secrets = texts_in_url(url)
    return Redaction([*secrets.passwords, *secrets.names])(url)


def _held(text: str, job: str) -> Held | None:
    by_status: Counter[str] = Counter()
    seconds = 0.0
    series = 0
    for match in _SAMPLE.finditer(text):
        name, labels = match["name"], dict(_LABEL.findall(match["labels"]))
        if labels.get("job") != job or name.startswith(_NOT_OF_THE_MAPPING):
            continue
        series += 1
        if name == "aws_lambda_invocations_total":
            by_status[labels.get("status", "")] += int(float(match["value"]))
        elif name == "aws_lambda_duration_seconds_sum":
            seconds += float(match["value"])
    return Held(dict(sorted(by_status.items())), round(seconds * 1000, 2), series) if series else None
