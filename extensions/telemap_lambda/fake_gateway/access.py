"""Authentication for the fake gateway."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Access:
    """The value that the header `Authorization` must have, and the scheme that a 401 names."""

    scheme: str
    expected: str = field(repr=False)

    @classmethod
    def basic(cls, username: str, password: str) -> Access:
        """Require a user name and password, in UTF-8 (RFC 7617)."""
        return cls("Basic", "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode())

    @classmethod
    def bearer(cls, token: str) -> Access:
        """Require a token (RFC 6750)."""
        return cls("Bearer", f"Bearer {token}")

    def allows(self, authorization: str) -> bool:
        """Return whether a request with this header is allowed."""
        return hmac.compare_digest(authorization.encode(errors="surrogateescape"), self.expected.encode())
