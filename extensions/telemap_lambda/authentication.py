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
"""Least time until the secret is read again: after a reading that failed, or one that a refusal had asked for."""


class Authentication:
    """Credentials, read when they are first wanted and kept.

    Args:
        settings: names the secret, or holds what the gateway's URL had.
    """

    def __init__(self, settings: Settings) -> None:
        self._secret = settings.auth_secret
        self._lock = threading.Lock()
        self._resume_at = 0.0
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
            if self._secret and (self._credentials is None or self._fault):
                self._read()
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
            if self._secret and self._read():
                self._resume_at = time.monotonic() + READ_AGAIN_SECONDS
            return self._fault is None and self._credentials != before

    def _read(self) -> bool:
        """Read the secret, unless that was done a short while ago; tell whether it was read."""
        if time.monotonic() < self._resume_at:
            return False
        try:
            self._credentials, self._fault = read_credentials(self._secret), None
        except SecretError as error:
            self._fault = error
            self._resume_at = time.monotonic() + READ_AGAIN_SECONDS
        return self._fault is None
