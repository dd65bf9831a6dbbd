"""Resolve conflicting settings and unusable files, and report what was ignored."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from telemap.errors import PushError
from telemap.push.address import IMPORT, PUSHGATEWAY, REMOTE_WRITE, api_of
from telemap_lambda.settings.address_mistakes import address_mistakes
from telemap_lambda.settings.model import SETTINGS, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap_lambda.settings.model import Settings

_STEPS = next(setting.kind.default for setting in SETTINGS if setting.field == "steps")

_NO_CERTIFICATE = "no client certificate is sent"


def settle(settings: Settings) -> Settings:
    """Return consistent settings, with a fault for each setting that was ignored, and warnings."""
    steps = (_settle_delivery, _settle_shutdown, _settle_signing, _settle_secrets, _settle_grouping, _settle_tls)
    for step in steps:
        settings = step(settings)
    return replace(settings, warnings=(*settings.warnings, *_likely_mistakes(settings)))


def _put_aside(settings: Settings, variable: str, problem: str, instead: str, **kept: Any) -> Settings:
    """Return the settings with a fault added and the replacement values applied."""
    return replace(settings, faults=(*settings.faults, Fault(variable, problem, instead)), **kept)


def _settle_delivery(settings: Settings) -> Settings:
    """Refuse a delivery that the gateway's address cannot take, and compression where nobody takes that."""
    by_path = api_of(settings.gateway.url) if settings.gateway else PUSHGATEWAY
    if by_path is REMOTE_WRITE and settings.delivery != "remote-write":
        settings = _put_aside(
            settings,
            "TELEMAP_DELIVERY",
            f"{settings.delivery} cannot be used with a GATEWAY whose path is that of remote write:"
            " leave TELEMAP_DELIVERY out, or set GATEWAY to the address of a Pushgateway",
            "using remote-write",
            delivery="remote-write",
        )
    elif by_path is IMPORT and settings.delivery != "replace":
        why = (
            "which does not add up pushes"
            if settings.delivery == "delta"
            else "which takes text: end GATEWAY in /api/v1/write"
        )
        settings = _put_aside(
            settings,
            "TELEMAP_DELIVERY",
            f"{settings.delivery} cannot be used with {by_path.name}, {why}",
            "using replace",
            delivery="replace",
        )
    if settings.compress and settings.delivery == "remote-write":
        problem = "gzip cannot be used with remote write, which no database takes"
        return _put_aside(settings, "TELEMAP_COMPRESSION", problem, "pushes are not compressed", compress=False)
    return settings


def _settle_signing(settings: Settings) -> Settings:
    """Sign where that is understood, with one set of credentials."""
    if settings.auth == "sigv4" and settings.delivery != "remote-write":
        problem = "sigv4 can be used with remote write only"
        settings = _put_aside(settings, "TELEMAP_AUTH", problem, "pushes are not signed", auth="none")
    if settings.auth == "sigv4" and not settings.region:
        problem = "sigv4 needs a region, which neither GATEWAY nor AWS_REGION has"
        settings = _put_aside(settings, "TELEMAP_AUTH", problem, "pushes are not signed", auth="none")
    if settings.auth != "sigv4":
        if settings.role_arn:
            problem = "it cannot be used without TELEMAP_AUTH=sigv4"
            settings = _put_aside(settings, "TELEMAP_ROLE_ARN", problem, "no role is assumed", role_arn="")
        return settings
    for variable, field in (("AUTH_SECRET", "auth_secret"), ("TELEMAP_AUTH_TOKEN_SECRET", "auth_token_secret")):
        if getattr(settings, field):
            problem = "it cannot be used together with sigv4, which signs with the keys of a role"
            settings = _put_aside(settings, variable, problem, "pushes are signed", **{field: ""})
    return settings


def _settle_shutdown(settings: Settings) -> Settings:
    if settings.on_shutdown != "delete":
        return settings
    api = settings.api
    if settings.delivery == "remote-write" or (api.has_groups and settings.delivery != "delta"):
        return settings
    where = "a gateway that adds up" if api.has_groups else api.name
    return _put_aside(
        settings,
        "TELEMAP_ON_SHUTDOWN",
        f"delete cannot be used with {where}, where processes have no groups of their own",
        "using keep",
        on_shutdown="keep",
    )


def _settle_secrets(settings: Settings) -> Settings:
    if not (settings.auth_secret and settings.auth_token_secret):
        return settings
    problem = "cannot be used together with TELEMAP_AUTH_TOKEN_SECRET"
    return _put_aside(settings, "AUTH_SECRET", problem, "the token is sent", auth_secret="")


def _settle_grouping(settings: Settings) -> Settings:
    """Omit empty labels: Prometheus treats them as absent, and some gateways reject them."""
    empty = [name for name, value in settings.grouping if not value]
    if not empty:
        return settings
    warning = f"TELEMAP_GROUPING: {', '.join(empty)} has no value and is omitted"
    kept = tuple((name, value) for name, value in settings.grouping if value)
    return replace(settings, grouping=kept, warnings=(*settings.warnings, warning))


def _settle_tls(settings: Settings) -> Settings:
    """Ignore files that cannot be used; the remaining settings never verify less than requested."""
    if settings.client_key and not settings.client_cert:
        problem = "cannot be used without TELEMAP_CLIENT_CERT"
        settings = _put_aside(settings, "TELEMAP_CLIENT_KEY", problem, _NO_CERTIFICATE, client_key="")
    if not (settings.ca_file or settings.client_cert):
        return settings
    from telemap.push.tls import identify, trusting  # noqa: PLC0415 - few functions need it

    try:
        context = trusting(settings.ca_file)
    except PushError as error:
        instead = "trusting the system's authorities instead"
        settings = _put_aside(settings, "TELEMAP_CA_FILE", str(error), instead, ca_file="")
        context = trusting("")
    try:
        if settings.client_cert:
            identify(context, settings.client_cert, settings.client_key)
    except PushError as error:
        none = {"client_cert": "", "client_key": ""}
        settings = _put_aside(settings, "TELEMAP_CLIENT_CERT", str(error), _NO_CERTIFICATE, **none)
    return settings


def _likely_mistakes(settings: Settings) -> Iterator[str]:
    gateway = settings.gateway
    if gateway and (gateway.username or gateway.password) and (instead := _other_credentials(settings)):
        yield f"GATEWAY: the user name and password in it are not used, because {instead}"
    if gateway and gateway.url.startswith("http://") and (settings.ca_file or settings.client_cert):
        yield "GATEWAY: the scheme is http, so the TLS files are not used; use https://"
    if settings.delivery == "delta":
        yield from _likely_mistakes_with_delta(settings)
    yield from address_mistakes(settings)
    if gateway and settings.steps != _STEPS and not settings.api.keeps_samples:
        yield f"TELEMAP_STEPS: has no effect with {settings.api.name}, which keeps no samples"
    if settings.tenant and settings.delivery != "remote-write":
        yield "TELEMAP_TENANT: it is sent with remote write only"
    if settings.record_logs and not settings.record:
        yield "TELEMAP_RECORD_LOGS: has no effect, because TELEMAP_RECORD is not set"


def _other_credentials(settings: Settings) -> str:
    """Return why the credentials of the gateway's URL are not used; empty when they are."""
    if settings.auth == "sigv4":
        return "pushes are signed"
    if settings.auth_token_secret:
        return "TELEMAP_AUTH_TOKEN_SECRET is set"
    return "AUTH_SECRET is set" if settings.auth_secret else ""


def _likely_mistakes_with_delta(settings: Settings) -> Iterator[str]:
    refuses = "prom-aggregation-gateway answers 400 to"
    if settings.compress:
        yield f"TELEMAP_COMPRESSION: {refuses} gzip, which loses increments"
    values = {"TELEMAP_JOB": [settings.job], "TELEMAP_GROUPING": [value for _, value in settings.grouping]}
    for name, texts in values.items():
        if any("/" in text or text in {".", ".."} for text in texts):
            yield f"{name}: {refuses} values with a slash, which loses increments"
