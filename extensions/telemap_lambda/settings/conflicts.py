"""Settings that do not go together, and files that they name: settle what holds, and say so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from telemap.errors import PushError
from telemap.push.address import is_import

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap_lambda.settings.model import Settings


def settle(settings: Settings) -> Settings:
    """Give settings that go together, with a fault for each that was put aside, and warnings."""
    for step in (_settle_delivery, _settle_shutdown, _settle_secrets, _settle_grouping, _settle_tls):
        settings = step(settings)
    return replace(settings, warnings=(*settings.warnings, *_oddities(settings)))


def _faulty(settings: Settings, fault: str) -> Settings:
    return replace(settings, faults=(*settings.faults, fault))


def _settle_delivery(settings: Settings) -> Settings:
    """VictoriaMetrics takes each push as samples of its own: increments would stand there as if they were sums."""
    if settings.delivery != "delta" or not _imports(settings):
        return settings
    fault = "TELEMAP_DELIVERY: delta cannot be used with VictoriaMetrics' import, which adds nothing up; it is replace"
    return replace(_faulty(settings, fault), delivery="replace")


def _settle_shutdown(settings: Settings) -> Settings:
    if settings.on_shutdown != "delete" or not (_imports(settings) or settings.delivery == "delta"):
        return settings
    where = "VictoriaMetrics' import" if _imports(settings) else "a gateway that adds up"
    fault = (
        f"TELEMAP_ON_SHUTDOWN: delete cannot be used with {where}, where no process has a group of its own; it is keep"
    )
    return replace(_faulty(settings, fault), on_shutdown="keep")


def _settle_secrets(settings: Settings) -> Settings:
    if not (settings.auth_secret and settings.auth_token_secret):
        return settings
    fault = "AUTH_SECRET: it cannot be used beside TELEMAP_AUTH_TOKEN_SECRET; the token is sent"
    return replace(_faulty(settings, fault), auth_secret="")


def _settle_grouping(settings: Settings) -> Settings:
    """Leave out what is empty: to Prometheus that is no label, and some gateways cannot take it."""
    empty = [name for name, value in settings.grouping if not value]
    if not empty:
        return settings
    warning = f"TELEMAP_GROUPING: {', '.join(empty)} has no value and is left out"
    kept = tuple((name, value) for name, value in settings.grouping if value)
    return replace(settings, grouping=kept, warnings=(*settings.warnings, warning))


def _settle_tls(settings: Settings) -> Settings:
    """Put aside files that cannot be used. What is left never verifies less than was asked for."""
    if settings.client_key and not settings.client_cert:
        fault = "TELEMAP_CLIENT_KEY: it cannot be used without TELEMAP_CLIENT_CERT; no client certificate is shown"
        settings = replace(_faulty(settings, fault), client_key="")
    if not (settings.ca_file or settings.client_cert):
        return settings
    from telemap.push.tls import identify, trusting  # noqa: PLC0415 - only where it is asked for

    try:
        context = trusting(settings.ca_file)
    except PushError as error:
        fault = f"TELEMAP_CA_FILE: {error}; the system's authorities are trusted instead"
        settings = replace(_faulty(settings, fault), ca_file="")
        context = trusting("")
    try:
        if settings.client_cert:
            identify(context, settings.client_cert, settings.client_key)
    except PushError as error:
        fault = f"TELEMAP_CLIENT_CERT: {error}; no client certificate is shown"
        settings = replace(_faulty(settings, fault), client_cert="", client_key="")
    return settings


def _oddities(settings: Settings) -> Iterator[str]:
    gateway = settings.gateway
    if gateway and (gateway.username or gateway.password) and (settings.auth_secret or settings.auth_token_secret):
        secret = "TELEMAP_AUTH_TOKEN_SECRET" if settings.auth_token_secret else "AUTH_SECRET"
        yield f"GATEWAY: its user and password are not used, because {secret} is set"
    if gateway and gateway.url.startswith("http://") and (settings.ca_file or settings.client_cert):
        yield "GATEWAY: it is reached without TLS, so that the files for TLS are not used: write https:// in front"
    if settings.delivery == "delta":
        yield from _oddities_of_adding(settings)
    if settings.record_logs and not settings.record:
        yield "TELEMAP_RECORD_LOGS: nothing is recorded, because TELEMAP_RECORD is not set"


def _oddities_of_adding(settings: Settings) -> Iterator[str]:
    refuses = "prom-aggregation-gateway answers 400 to"
    if settings.compress:
        yield f"TELEMAP_COMPRESSION: {refuses} gzip, and then increments are lost"
    values = {"TELEMAP_JOB": [settings.job], "TELEMAP_GROUPING": [value for _, value in settings.grouping]}
    for name, texts in values.items():
        if any("/" in text or text in {".", ".."} for text in texts):
            yield f"{name}: {refuses} values with a slash, and then increments are lost"


def _imports(settings: Settings) -> bool:
    return settings.gateway is not None and is_import(settings.gateway.url)
