"""Gateway credentials: from a secret, from the gateway's URL, or a role's keys for signing."""

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
"""Minimum time before the secret is read again after a failed read, or after a read triggered by a refusal."""

_FIRST_PAUSE_SECONDS = 1.0
"""Initial delay after a transient read failure; doubles up to `READ_AGAIN_SECONDS`."""


_EXPIRING_SECONDS = 300.0
"""Time before expiry at which keys are read again."""


class Authentication:
    """Credentials, read on first use and cached.

    Args:
        settings: the secret's name, the credentials from the gateway's URL, or the choice to sign.
        world: the clock and threads.
        endpoints: source of the secret and the keys.

    Attributes:
        fault_words: description of what cannot be read, for messages.
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
        """Return the credentials, or None if none are configured.

        If a later read fails, the last credentials read stay in use.

        Raises:
            SecretError: the credentials could not be read; the read is retried later.
        """
        with self._lock:
            if self._credentials is None or self._fault or self._expires_soon:
                self._read()
            if self._fault and self._credentials is None:
                raise self._fault
            return self._credentials

    def refused(self) -> bool:
        """Record that the gateway rejected the credentials.

        Returns:
            Whether a new read found different credentials.
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
        """Read the credentials unless it is too soon to do so again; return whether they were read."""
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
