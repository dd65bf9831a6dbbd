"""The extension's settings, read once from the environment.

A value that cannot be used is reported by name, with what would be valid; the default stands in for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

from telemap_lambda.log import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

NOT_YET: dict[str, tuple[str, ...]] = {
    "TELEMAP_AUTH_TOKEN_SECRET": (),
    "TELEMAP_DELIVERY": ("replace",),
    "TELEMAP_ON_SHUTDOWN": ("keep",),
    "TELEMAP_FLUSH": ("invoke",),
    "TELEMAP_GROUPING": (),
    "TELEMAP_CA_FILE": (),
    "TELEMAP_CLIENT_CERT": (),
    "TELEMAP_CLIENT_KEY": (),
    "TELEMAP_COMPRESSION": ("none",),
    "TELEMAP_RECORD": (),
}
"""Settings that this version does not have, with the values that ask for no more than it does."""


_GATEWAY = "GATEWAY"

_MOST_MILLISECONDS = 24 * 60 * 60 * 1000
"""A day: what is longer is a mistake, and may be longer than a system call takes."""

_MOST_SHOWN = 60
"""Most characters of a bad value that are shown."""


@dataclass(frozen=True, slots=True)
class GatewayAddress:
    """Where to push.

    Attributes:
        url: without credentials, without a slash at its end.
        username: from the URL's `user:password@`; empty when there is none.
        password: likewise; never shown.
    """

    url: str
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; times are in seconds.

    Attributes:
        gateway: None when there is none to push to.
        auth_secret: ARN or name of the secret with the gateway's credentials; empty for none.
        dispatch_min_batch_size: push at an invocation only when more events than this have come.
        mapping_file: empty for the shipped default.
        push_interval: no push at an invocation sooner than this after the last acknowledged one.
        flush_interval: the timer on managed instances.
        hold: the most that a push may keep a sandbox after its function is done.
        push_timeout: connect and answer of one push.
        job: value of the grouping key's `job`; empty for the function's name.
        max_pending_bytes: telemetry held before it is applied.
        strict: whether a mapping or a setting that cannot be used fails the start.
        faults: what could not be used, a line each.
    """

    gateway: GatewayAddress | None = None
    auth_secret: str = ""
    dispatch_min_batch_size: int = 0
    mapping_file: str = ""
    push_interval: float = 1.0
    flush_interval: float = 10.0
    hold: float = 0.2
    push_timeout: float = 2.0
    job: str = ""
    max_pending_bytes: int = 8 * 1024 * 1024
    log_level: str = "warning"
    strict: bool = False
    self_metrics: bool = True
    faults: tuple[str, ...] = ()

    @property
    def gateway_is_faulty(self) -> bool:
        """Tell whether a gateway was named that cannot be used."""
        return any(fault.startswith(f"{_GATEWAY}:") for fault in self.faults)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from environment variables; an empty variable is one that is not set."""
    reader = _Reader(environ)
    milliseconds = reader.milliseconds
    return Settings(
        gateway=reader.read(_GATEWAY, None, _gateway, "a URL such as https://gateway.example:9091"),
        auth_secret=environ.get("AUTH_SECRET", ""),
        dispatch_min_batch_size=reader.whole("DISPATCH_MIN_BATCH_SIZE", 0),
        mapping_file=environ.get("MAPPING_FILE", ""),
        push_interval=milliseconds("TELEMAP_PUSH_INTERVAL_MS", 1000),
        flush_interval=milliseconds("TELEMAP_FLUSH_INTERVAL_MS", 10_000, least=1),
        hold=milliseconds("TELEMAP_HOLD_MS", 200),
        push_timeout=milliseconds("TELEMAP_PUSH_TIMEOUT_MS", 2000, least=1),
        job=environ.get("TELEMAP_JOB", ""),
        max_pending_bytes=reader.whole("TELEMAP_MAX_PENDING_BYTES", Settings().max_pending_bytes, least=1),
        log_level=reader.read("TELEMAP_LOG_LEVEL", "warning", _level, f"one of {', '.join(LEVELS)}"),
        strict=reader.read("TELEMAP_STRICT", False, _truth, "true or false"),  # noqa: FBT003 - the default of the value
        self_metrics=reader.read("TELEMAP_SELF_METRICS", True, _truth, "true or false"),  # noqa: FBT003
        faults=(*reader.faults, *_not_yet(environ)),
    )


class _Reader:
    """Read variables, and collect what cannot be used."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[str] = []

    def read(self, name: str, default: T, convert: Callable[[str], T], valid: str) -> T:
        text = self._environ.get(name, "").strip()
        if not text:
            return default
        try:
            return convert(text)
        except ValueError:
            is_url = name == _GATEWAY
            shown = "its value" if is_url else repr(text[:_MOST_SHOWN])  # a URL may hold a password
            instead = "nothing is collected or pushed" if is_url else "the default is used instead"
            self.faults.append(f"{name}: {shown} cannot be used, valid is {valid}; {instead}")
            return default

    def whole(self, name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
        def convert(text: str) -> int:
            number = int(text)
            if number < least or (most is not None and number > most):
                raise ValueError
            return number

        bounds = f"from {least} on" if most is None else f"from {least} to {most}"
        return self.read(name, default, convert, f"a whole number {bounds}")

    def milliseconds(self, name: str, default: int, *, least: int = 0) -> float:
        return self.whole(name, default, least=least, most=_MOST_MILLISECONDS) / 1000


def _gateway(text: str) -> GatewayAddress:
    """Read a gateway's URL.

    Raises:
        ValueError: it is none.
    """
    parts = urlsplit(text if "://" in text else f"http://{text}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    # An `@` there is a password that was cut at a slash of its own.
    if "@" in parts.path or " " in text or not text.isprintable():
        raise ValueError
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    location = f"{host}:{parts.port}" if parts.port is not None else host
    url = urlunsplit((parts.scheme, location, parts.path.rstrip("/"), "", ""))
    return GatewayAddress(url, unquote(parts.username or ""), unquote(parts.password or ""))


def _level(text: str) -> str:
    level = text.lower()
    if level not in LEVELS:
        raise ValueError
    return level


def _truth(text: str) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in words:
        raise ValueError
    return words[text.lower()]


def _not_yet(environ: Mapping[str, str]) -> list[str]:
    """Say which settings are set and not there yet."""
    return [
        f"{name}: this version of telemap does not have it yet; it goes on without"
        for name, harmless in NOT_YET.items()
        if environ.get(name, "") not in {"", *harmless}
    ]
