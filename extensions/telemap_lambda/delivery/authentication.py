"""The credentials for the gateway: from a secret, or from the gateway's URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.push.credentials import Basic
from telemap_lambda.delivery.secret import SecretError, credentials_in, token_in

if TYPE_CHECKING:
    from telemap.push.credentials import Credentials
    from telemap_lambda.delivery.endpoints import Endpoints
    from telemap_lambda.settings.model import Settings
    from telemap_lambda.world import World

READ_AGAIN_SECONDS = 300.0
"""Least time until the secret is read again: after a reading that failed, or one that a refusal had asked for."""

_FIRST_PAUSE_SECONDS = 1.0
"""The same after a reading that failed for what may pass; it doubles, up to `READ_AGAIN_SECONDS`."""


class Authentication:
    """Credentials, read when they are first wanted and kept.

    Args:
        settings: names the secret, or holds what the gateway's URL had.
        world: its clock and its threads.
        endpoints: where the secret is read.
    """

    def __init__(self, settings: Settings, world: World, endpoints: Endpoints) -> None:
        self._now = world.monotonic
        self._secret = settings.auth_token_secret or settings.auth_secret
        self._read_text = endpoints.read_secret
        self._credentials_in = token_in if settings.auth_token_secret else credentials_in
        self._lock = world.condition()
        self._resume_at = 0.0
        self._pause = _FIRST_PAUSE_SECONDS
        self._credentials: Credentials | None = None
        self._fault: SecretError | None = None
        gateway = settings.gateway
        if not self._secret and gateway and (gateway.username or gateway.password):
            self._credentials = Basic(gateway.username, gateway.password)

    def credentials(self) -> Credentials | None:
        """Return the credentials; None when none are configured.

        What was read once is used for as long as the secret cannot be read again.

        Raises:
            SecretError: the secret could not be read; it is tried again after a while.
        """
        with self._lock:
            if self._secret and (self._credentials is None or self._fault):
                self._read()
            if self._fault and self._credentials is None:
                raise self._fault
            return self._credentials

    def refused(self) -> bool:
        """Take note that the gateway did not accept the credentials.

        Returns:
            Whether there are others now, because the secret was read again and had changed.
        """
        with self._lock:
            before = self._credentials
            if self._secret and self._read():
                self._resume_at = self._now() + READ_AGAIN_SECONDS
            return self._credentials != before

    def _read(self) -> bool:
        """Read the secret, unless that was done a short while ago; tell whether it was read."""
        if self._now() < self._resume_at:
            return False
        try:
            self._credentials, self._fault = self._credentials_in(self._read_text(self._secret)), None
        except SecretError as error:
            self._fault = error
            self._resume_at = self._now() + (self._pause if error.passing else READ_AGAIN_SECONDS)
            self._pause = min(2 * self._pause, READ_AGAIN_SECONDS)
            return False
        self._pause = _FIRST_PAUSE_SECONDS
        return True
