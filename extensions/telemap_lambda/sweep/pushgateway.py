"""The Pushgateway that is swept, with the settings that the extension has for its own pushes."""

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
from telemap_lambda.sweep.looking import Look
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
"""What is used here; of all other settings of the extension nothing is asked."""

_LIST = "/api/v1/metrics"

_LOOK_SECONDS = 60.0
"""A gateway with thousands of groups has much to tell."""

_DELETE_SECONDS = 10.0

_CHUNK = 256 * 1024


class SweptPushgateway:
    """A Pushgateway, with a connection to look and one to delete.

    Args:
        settings: where it is, how to be let in, whom to trust.

    Raises:
        SweepError: the credentials cannot be read.
        SweepSettingsError: there are no groups at such a gateway, or a setting cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.gateway is None:
            raise SweepSettingsError("GATEWAY: no gateway to sweep")
        url = settings.gateway.url
        if not (api := api_of(url)).has_groups:
            raise SweepSettingsError(
                f"GATEWAY: {api.name} has no groups, so there is nothing to sweep: a series ends when nobody pushes it"
                " any more"
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

    def look(self) -> Look:
        """Tell all groups.

        Raises:
            PushError: the gateway did not answer, or not well.
            ListingError: what it answered is no list of groups; perhaps while they are gone through.
        """
        try:
            text = self._looking.get(_LIST)
        except PushError as error:
            if error.status == 404:
                raise ListingError(
                    f"{error}; only Prometheus's Pushgateway has groups, and lists them there"
                ) from error
            raise
        return Look(time.time(), read_listing(_chunks(text)))

    def delete(self, grouping: Mapping[str, str]) -> None:
        """Delete a group.

        Raises:
            PushError: it was not acknowledged.
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
    """Make the gateway that the environment names.

    Raises:
        SweepError: the credentials cannot be read.
        SweepSettingsError: a setting cannot be used.
    """
    settings = read_settings(environ)
    faults = [fault for fault in settings.faults if fault.variable in _SETTINGS]
    if faults:  # without what the extension would do instead
        raise SweepSettingsError("; ".join(fault.cause for fault in faults))
    return SweptPushgateway(settings)


def _chunks(text: bytes) -> Iterator[bytes]:
    return (text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK))
