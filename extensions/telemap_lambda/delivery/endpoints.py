"""The services outside the sandbox: the gateway and the sources of its credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap.push import Gateway
    from telemap_lambda.delivery.sigv4 import AwsKeys
    from telemap_lambda.settings.model import Settings


class Endpoints:
    """The configured gateway, AWS Secrets Manager, and the keys of a role."""

    def connect(self, settings: Settings) -> Gateway:
        """Return the gateway; the first push opens the connection."""
        from telemap.push import Gateway, Tls  # noqa: PLC0415 - an HTTP client is slow to import; only a pusher waits

        assert settings.gateway is not None  # noqa: S101 - without a gateway nobody makes a pusher
        return Gateway(
            settings.gateway.url,
            {"job": "telemap"},
            timeout=settings.push_timeout,
            tls=Tls(settings.ca_file, settings.client_cert, settings.client_key),
            compress=settings.compress,
            api=settings.api,
            headers=_tenant(settings),
        )

    def read_secret(self, name: str) -> str:
        """Return the text of a secret.

        Args:
            name: ARN or name of the secret.

        Raises:
            SecretError: the secret cannot be read, or is not text.
        """
        from telemap_lambda.delivery.secret import read_secret  # noqa: PLC0415 - as above

        return read_secret(name)

    def read_keys(self, role_arn: str) -> AwsKeys:
        """Return the keys of the function's role, or of a role it assumes.

        Args:
            role_arn: ARN of the role to assume; empty for the function's own.

        Raises:
            SecretError: the keys cannot be read.
        """
        from telemap_lambda.delivery.aws_keys import assume_role, read_keys  # noqa: PLC0415 - as above

        return assume_role(role_arn) if role_arn else read_keys()


def _tenant(settings: Settings) -> dict[str, str]:
    if not settings.tenant or settings.gateway is None or settings.delivery != "remote-write":
        return {}
    thanos = settings.gateway.url.endswith("/api/v1/receive")
    return {"THANOS-TENANT" if thanos else "X-Scope-OrgID": settings.tenant}
