"""The Pushgateway to sweep, reached with the extension's settings for pushes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from telemap.errors import PushError
from telemap.push import Gateway, Tls, api_of
from telemap_lambda.delivery.authentication import Authentication
from telemap_lambda.delivery.endpoints import Endpoints
from telemap_lambda.delivery.secret import SecretError
from telemap_lambda.settings.reading import read_settings
from telemap_lambda.sweep.errors import ListingError, SweepError, SweepSettingsError
from telemap_lambda.sweep.listing import read_listing
from telemap_lambda.sweep.looking import GroupList
from telemap_lambda.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from telemap_lambda.settings.model import Settings

_SETTINGS = (
    "GATEWAY",
    "AUTH_SECRET",
    "TELEMAP_AUTH_TOKEN_SECRET",
    "TELEMAP_CA_FILE",
    "TELEMAP_CLIENT_CERT",
    "TELEMAP_CLIENT_KEY",
)
"""The settings that are used here; all others are ignored."""

_LIST = "/api/v1/metrics"

_LOOK_SECONDS = 60.0
"""Timeout for listing groups; a gateway may have thousands."""

_DELETE_SECONDS = 10.0

_CHUNK = 256 * 1024


class SweptPushgateway:
    """A Pushgateway, with one connection for lists and one for deletions.

    Args:
        settings: the address, credentials and certificates.

    Raises:
        SweepError: the credentials cannot be read.
        SweepSettingsError: this kind of gateway has no groups, or a setting is invalid.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.gateway is None:
            raise SweepSettingsError("GATEWAY: no gateway to sweep")
        url = settings.gateway.url
        if not (api := api_of(url)).has_groups:
            raise SweepSettingsError(
                f"GATEWAY: {api.name} has no groups, so there is nothing to sweep: a series ends when it is no longer"
                " pushed"
            )
        tls = Tls(settings.ca_file, settings.client_cert, settings.client_key)
        try:
            self._looking = Gateway(url, {"job": ""}, timeout=_LOOK_SECONDS, tls=tls)
            self._deleting = Gateway(url, {"job": ""}, timeout=_DELETE_SECONDS, tls=tls)
        except ValueError as error:
            raise SweepSettingsError("GATEWAY: invalid host name") from error
        authentication = Authentication(settings, World(), Endpoints())
        try:
            self._looking.credentials = self._deleting.credentials = authentication.credentials()
        except SecretError as error:
            raise SweepError(f"the secret with the gateway's credentials cannot be read: {error}") from error

    def list_groups(self) -> GroupList:
        """List all groups.

        Raises:
            PushError: the gateway did not answer, or answered with an error.
            ListingError: the answer is not a list of groups; perhaps only while iterating.
        """
        try:
            text = self._looking.get(_LIST)
        except PushError as error:
            if error.status == 404:
                raise ListingError(f"{error}; only a Prometheus Pushgateway lists its groups there") from error
            raise
        return GroupList(time.time(), read_listing(_chunks(text)))

    def delete(self, grouping: Mapping[str, str]) -> None:
        """Delete a group.

        Raises:
            PushError: the deletion was not acknowledged.
        """
        self._deleting.regroup(grouping)
        self._deleting.delete()

    def close(self) -> None:
        """Close the connections."""
        self._looking.close()
        self._deleting.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def swept_pushgateway(environ: Mapping[str, str]) -> SweptPushgateway:
    """Open the gateway that the environment specifies.

    Raises:
        SweepError: the credentials cannot be read.
        SweepSettingsError: a setting is invalid.
    """
    settings = read_settings(environ)
    faults = [fault for fault in settings.faults if fault.variable in _SETTINGS]
    if faults:  # without the extension's fallbacks
        raise SweepSettingsError("; ".join(fault.cause for fault in faults))
    return SweptPushgateway(settings)


def _chunks(text: bytes) -> Iterator[bytes]:
    return (text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK))
