"""The credentials for the gateway: from a secret, from the gateway's URL, or the keys of a role to sign with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.push.credentials import Basic
from telemap_lambda.delivery.secret import SecretError, credentials_in, token_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.push.credentials import Credentials
    from telemap_lambda.delivery.endpoints import Endpoints
    from telemap_lambda.delivery.sigv4 import SigV4
    from telemap_lambda.settings.model import Settings
    from telemap_lambda.world import World

READ_AGAIN_SECONDS = 300.0
"""Least time until the secret is read again: after a reading that failed, or one that a refusal had asked for."""

_FIRST_PAUSE_SECONDS = 1.0
"""The same after a reading that failed for what may pass; it doubles, up to `READ_AGAIN_SECONDS`."""


_EXPIRING_SECONDS = 300.0
"""Time before keys expire from which on they are read again."""


class Authentication:
    """Credentials, read when they are first wanted and kept.

    Args:
        settings: names the secret, holds what the gateway's URL had, or asks for signatures.
        world: its clock and its threads.
        endpoints: where the secret and the keys are read.

    Attributes:
        fault_words: what cannot be read, for messages.
    """

    def __init__(self, settings: Settings, world: World, endpoints: Endpoints) -> None:
        self.fault_words = "the secret with the gateway's credentials cannot be read"
        self._now = world.monotonic
        self._unix_time = world.now
        self._reader: Callable[[], Credentials] | None = None
        self._expires_at: float | None = None
        secret = settings.auth_token_secret or settings.auth_secret
        if settings.auth == "sigv4":
            self.fault_words = "the AWS keys to sign with cannot be read"
            self._reader = lambda: self._signer(settings, endpoints)
        elif secret:
            credentials_of = token_in if settings.auth_token_secret else credentials_in
            self._reader = lambda: credentials_of(endpoints.read_secret(secret))
        self._lock = world.condition()
        self._resume_at = 0.0
        self._pause = _FIRST_PAUSE_SECONDS
        self._credentials: Credentials | None = None
        self._fault: SecretError | None = None
        gateway = settings.gateway
        if not self._reader and gateway and (gateway.username or gateway.password):
            self._credentials = Basic(gateway.username, gateway.password)

    def credentials(self) -> Credentials | None:
        """Return the credentials; None when none are configured.

        What was read once is used for as long as it cannot be read again.

        Raises:
            SecretError: they could not be read; it is tried again after a while.
        """
        with self._lock:
            if self._credentials is None or self._fault or self._expires_soon:
                self._read()
            if self._fault and self._credentials is None:
                raise self._fault
            return self._credentials

    def refused(self) -> bool:
        """Take note that the gateway did not accept the credentials.

        Returns:
            Whether there are others now, because they were read again and had changed.
        """
        with self._lock:
            before = self._credentials
            if self._read():
                self._resume_at = self._now() + READ_AGAIN_SECONDS
            return self._credentials != before

    @property
    def _expires_soon(self) -> bool:
        return self._expires_at is not None and self._unix_time() >= self._expires_at - _EXPIRING_SECONDS

    def _signer(self, settings: Settings, endpoints: Endpoints) -> SigV4:
        from telemap_lambda.delivery.sigv4 import SigV4  # noqa: PLC0415 - few functions need it

        keys = endpoints.read_keys(settings.role_arn)
        self._expires_at = keys.expires_at
        return SigV4(keys, settings.region, self._unix_time)

    def _read(self) -> bool:
        """Read credentials, unless that was done a short while ago; return whether they were read."""
        if self._reader is None or self._now() < self._resume_at:
            return False
        try:
            self._credentials, self._fault = self._reader(), None
        except SecretError as error:
            self._fault = error
            self._resume_at = self._now() + (self._pause if error.passing else READ_AGAIN_SECONDS)
            self._pause = min(2 * self._pause, READ_AGAIN_SECONDS)
            return False
        self._pause = _FIRST_PAUSE_SECONDS
        return True
