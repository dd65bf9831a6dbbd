"""The extension's settings, read once from the environment.

A value that cannot be used is reported by name, with what would be valid; the default stands in for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from telemap_lambda.log import LEVELS
from telemap_lambda.settings.conflicts import settle
from telemap_lambda.settings.gateway_url import read_gateway
from telemap_lambda.settings.model import Settings
from telemap_lambda.settings.variables import SettingReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemap_lambda.settings.gateway_url import GatewayAddress
    from telemap_lambda.settings.model import Delivery, FlushMode, OnShutdown

_GATEWAY = "GATEWAY"
_GROUPING = "TELEMAP_GROUPING"


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
    from telemap_lambda.settings.grouping import GroupingError, read_grouping  # noqa: PLC0415 - only where it is asked for

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
