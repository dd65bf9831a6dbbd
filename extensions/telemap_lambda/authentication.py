"""The credentials for the gateway: from a secret, or from the gateway's URL."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from telemap.push import Credentials
from telemap_lambda.secret import SecretError, read_credentials

if TYPE_CHECKING:
    from telemap_lambda.settings import Settings

READ_AGAIN_SECONDS = 300.0
"""Least time between two readings of the secret."""


class Authentication:
    """Credentials, read when they are first wanted and kept.

    Args:
        settings: names the secret, or holds what the gateway's URL had.
    """

    def __init__(self, settings: Settings) -> None:
        self._secret = settings.auth_secret
        self._lock = threading.Lock()
        self._read_at: float | None = None
        self._credentials: Credentials | None = None
        self._fault: SecretError | None = None
        if not self._secret and settings.gateway and settings.gateway.username:
            self._credentials = Credentials(settings.gateway.username, settings.gateway.password)

    def credentials(self) -> Credentials | None:
        """Give the credentials; None when none are configured.

        Raises:
            SecretError: the secret could not be read; it is tried again after `READ_AGAIN_SECONDS`.
        """
        with self._lock:
            if self._secret and (self._read_at is None or self._fault):
                self._read_again()
            if self._fault:
                raise self._fault
            return self._credentials

    def refused(self) -> bool:
        """Take note that the gateway did not accept the credentials.

        Returns:
            Whether there are others now, because the secret was read again and had changed.
        """
        with self._lock:
            before = self._credentials
            if self._secret:
                self._read_again()
            return self._fault is None and self._credentials != before

    def _read_again(self) -> None:
        """Read the secret, unless it was read a short while ago."""
        now = time.monotonic()
        if self._read_at is not None and now - self._read_at < READ_AGAIN_SECONDS:
            return
        self._read_at = now
        self._fault = None
        try:
            self._credentials = read_credentials(self._secret)
        except SecretError as error:
            self._fault = error
