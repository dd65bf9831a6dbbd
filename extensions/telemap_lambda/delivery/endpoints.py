"""What delivery meets outside the sandbox: the gateway, and the secret with its credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap.push import Gateway
    from telemap_lambda.settings.model import Settings


class Endpoints:
    """The gateway that the settings name, and AWS Secrets Manager."""

    def connect(self, settings: Settings) -> Gateway:
        """Return the gateway; a connection to it is opened by the first push."""
        from telemap.push import Gateway, Tls  # noqa: PLC0415 - an HTTP client takes long to import; only a pusher waits

        assert settings.gateway is not None  # noqa: S101 - without a gateway nobody makes a pusher
        return Gateway(
            settings.gateway.url,
            {"job": "telemap"},
            timeout=settings.push_timeout,
            tls=Tls(settings.ca_file, settings.client_cert, settings.client_key),
            compress=settings.compress,
        )

    def read_secret(self, name: str) -> str:
        """Return the text of a secret.

        Args:
            name: its ARN or name.

        Raises:
            SecretError: it cannot be read, or is not text.
        """
        from telemap_lambda.delivery.secret import read_secret  # noqa: PLC0415 - as above

        return read_secret(name)
