"""Recognise addresses that are valid, but probably not what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.push.address import IMPORT_PATH, PUSHGATEWAY, WRITE_PATHS
from telemap.push.url import split_url
from telemap_lambda.settings.database import region_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap_lambda.settings.model import Settings

_OF_DATABASES = ("/api/v1/", "/api/prom/", "/otlp/")
"""Parts of paths that no Pushgateway has in front of `/metrics`."""


def address_mistakes(settings: Settings) -> Iterator[str]:
    """Yield a warning for a `GATEWAY` that is probably incomplete, or that of something else."""
    if settings.gateway is None:
        return
    url = settings.gateway.url
    if region_of(url):
        yield from _mistakes_with_workspaces(url, writes=settings.delivery == "remote-write")
    elif settings.delivery == "remote-write" and not split_url(url).path:
        yield "GATEWAY: it has no path; that of remote write is mostly /api/v1/write or /api/v1/push"
    elif settings.api is PUSHGATEWAY:
        yield from _mistakes_with_paths(f"{split_url(url).path.lower()}/")


def _mistakes_with_workspaces(url: str, *, writes: bool) -> Iterator[str]:
    if not writes:
        yield "GATEWAY: a workspace's host, but not its remote write URL, which ends in /api/v1/remote_write"
    elif url.startswith("http://"):
        yield "GATEWAY: Amazon Managed Prometheus does not answer http://; use https://"


def _mistakes_with_paths(path: str) -> Iterator[str]:
    ending = next((known for known in (IMPORT_PATH, *WRITE_PATHS) if path.endswith(f"{known}/")), None)
    if ending:
        yield f"GATEWAY: write {ending} in lower case"
    elif any(part in path for part in _OF_DATABASES):
        yield (
            "GATEWAY: telemap does not know its path, and pushes as to a Pushgateway; for remote write, end it in"
            f" {', '.join(WRITE_PATHS[:-1])} or {WRITE_PATHS[-1]}, or set TELEMAP_DELIVERY=remote-write"
        )
    elif path.endswith("/metrics/") or "/metrics/job/" in path:
        yield "GATEWAY: leave out /metrics and what follows; telemap adds /metrics/job/... itself"
