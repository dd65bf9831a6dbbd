"""The extension's settings, read once from the environment.

A value that cannot be used is reported by name, with what would be valid; the default stands in for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast

from telemap_lambda.log import LEVELS
from telemap_lambda.push_address import GatewayAddress, read_gateway
from telemap_lambda.setting_conflicts import settle
from telemap_lambda.setting_reader import SettingReader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Delivery: TypeAlias = Literal["replace", "delta"]
    OnShutdown: TypeAlias = Literal["keep", "delete"]
    FlushMode: TypeAlias = Literal["invoke", "end", "adaptive"]

__all__ = ["GatewayAddress", "Settings", "read_settings"]

_GATEWAY = "GATEWAY"
_GROUPING = "TELEMAP_GROUPING"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; times are in seconds.

    Attributes:
        gateway: None when there is none to push to.
        auth_secret: ARN or name of the secret with user name and password for the gateway; empty for none.
        auth_token_secret: ARN or name of the secret with a bearer token instead; empty for none.
        dispatch_min_batch_size: push at an invocation only when more events than this have come.
        mapping_file: empty for the shipped default.
        delivery: whether a push replaces the group, or holds what was added since the last one.
        on_shutdown: what becomes of the group after the last push.
        flush: when to push.
        push_interval: no push at an invocation sooner than this after the last acknowledged one.
        flush_interval: the timer on managed instances.
        hold: the most that a push may keep a sandbox after its function is done.
        push_timeout: connecting, sending and answer of one push.
        job: value of the grouping key's `job`; empty for the function's name.
        grouping: more labels of the grouping key, beside `job` and `instance`.
        ca_file: authorities to trust, in PEM; empty for the system's.
        client_cert: our own certificate; empty for none.
        client_key: its key; empty when it is in the same file.
        compress: whether pushes are sent in gzip.
        max_pending_bytes: telemetry held before it is applied.
        record: where the events that come are recorded: `log`, or the path of a file; empty for nowhere.
        record_max_bytes: most that one recording may hold.
        record_logs: whether recorded events keep their log text.
        strict: whether a mapping or a setting that cannot be used fails the start.
        faults: what could not be used, a line each.
        warnings: what can be used and may not be what was meant, a line each.
    """

    gateway: GatewayAddress | None = None
    auth_secret: str = ""
    auth_token_secret: str = ""
    dispatch_min_batch_size: int = 0
    mapping_file: str = ""
    delivery: Delivery = "replace"
    on_shutdown: OnShutdown = "keep"
    flush: FlushMode = "invoke"
    push_interval: float = 1.0
    flush_interval: float = 10.0
    hold: float = 0.2
    push_timeout: float = 2.0
    job: str = ""
    grouping: tuple[tuple[str, str], ...] = ()
    ca_file: str = ""
    client_cert: str = ""
    client_key: str = ""
    compress: bool = False
    max_pending_bytes: int = 8 * 1024 * 1024
    record: str = ""
    record_max_bytes: int = 1024 * 1024
    record_logs: bool = False
    log_level: str = "warning"
    strict: bool = False
    self_metrics: bool = True
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def gateway_is_faulty(self) -> bool:
        """Tell whether a gateway was named that cannot be used."""
        return any(fault.startswith(f"{_GATEWAY}:") for fault in self.faults)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from environment variables; an empty variable is one that is not set."""
    reader = SettingReader(environ)
    settings = Settings(
        gateway=_gateway(reader),
        auth_secret=reader.text("AUTH_SECRET"),
        auth_token_secret=reader.text("TELEMAP_AUTH_TOKEN_SECRET"),
        dispatch_min_batch_size=reader.whole("DISPATCH_MIN_BATCH_SIZE", 0),
        mapping_file=reader.whole_text("MAPPING_FILE"),
        delivery=cast("Delivery", reader.choice("TELEMAP_DELIVERY", ("replace", "delta"))),
        on_shutdown=cast("OnShutdown", reader.choice("TELEMAP_ON_SHUTDOWN", ("keep", "delete"))),
        flush=cast("FlushMode", reader.choice("TELEMAP_FLUSH", ("invoke", "end", "adaptive"))),
        push_interval=reader.seconds("TELEMAP_PUSH_INTERVAL_MS", 1000),
        flush_interval=reader.seconds("TELEMAP_FLUSH_INTERVAL_MS", 10_000, least=1),
        hold=reader.seconds("TELEMAP_HOLD_MS", 200),
        push_timeout=reader.seconds("TELEMAP_PUSH_TIMEOUT_MS", 2000, least=1),
        job=reader.whole_text("TELEMAP_JOB"),
        grouping=_grouping(reader, environ),
        ca_file=reader.text("TELEMAP_CA_FILE"),
        client_cert=reader.text("TELEMAP_CLIENT_CERT"),
        client_key=reader.text("TELEMAP_CLIENT_KEY"),
        compress=reader.choice("TELEMAP_COMPRESSION", ("none", "gzip")) == "gzip",
        max_pending_bytes=reader.whole("TELEMAP_MAX_PENDING_BYTES", Settings().max_pending_bytes, least=1),
        record=reader.read("TELEMAP_RECORD", "", _record, "log, or the path of a file such as /tmp/telemetry.ndjson"),
        record_max_bytes=reader.whole("TELEMAP_RECORD_MAX_BYTES", Settings().record_max_bytes, least=1),
        record_logs=reader.truth("TELEMAP_RECORD_LOGS", default=False),
        log_level=reader.choice("TELEMAP_LOG_LEVEL", LEVELS, default="warning"),
        strict=reader.truth("TELEMAP_STRICT", default=False),
        self_metrics=reader.truth("TELEMAP_SELF_METRICS", default=True),
    )
    return settle(replace(settings, faults=tuple(reader.faults), warnings=tuple(reader.unread())))


def _gateway(reader: SettingReader) -> GatewayAddress | None:
    """Read the gateway's URL, which is never shown, since it may hold a password."""
    if not (text := reader.text(_GATEWAY)):
        return None
    try:
        return read_gateway(text)
    except ValueError:
        valid = "a URL such as https://gateway.example:9091"
        reader.faults.append(f"{_GATEWAY}: its value cannot be used, valid is {valid}; nothing is collected or pushed")
        return None


def _grouping(reader: SettingReader, environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    if not (text := reader.text(_GROUPING)):
        return ()
    from telemap_lambda.grouping import GroupingError, read_grouping  # noqa: PLC0415 - only where it is asked for

    try:
        return read_grouping(text, environ)
    except GroupingError as error:
        valid = "labels such as team=orders,stage=${env:STAGE}"
        reader.faults.append(f"{_GROUPING}: {error}, valid are {valid}; no label is added")
        return ()


def _record(text: str) -> str:
    """Read where a recording goes. Extensions start in `/`, so that a relative path is none that is meant."""
    if text.lower() == "log":
        return "log"
    if not text.startswith("/") or text.endswith("/"):
        raise ValueError
    return text
