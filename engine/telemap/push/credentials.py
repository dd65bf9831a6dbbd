"""Credentials and certificates. No `repr` shows a secret."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, which could end a header, and lone surrogates, which UTF-8 cannot encode."""


def _is_sendable(text: str) -> bool:
    return text.isprintable() or not _CONTROL.search(text)


@dataclass(frozen=True, slots=True)
class Basic:
    """Basic authentication, in UTF-8 (RFC 7617).

    Raises:
        ValueError: it cannot be sent; the message contains none of it.
    """

    username: str = field(repr=False)
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        if ":" in self.username:
            raise ValueError("the user name must not contain a colon")
        if not _is_sendable(self.username + self.password):
            raise ValueError("user name and password must not contain control characters")

    @property
    def header(self) -> str:
        """The value of the `Authorization` header."""
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Bearer:
    """A bearer token (RFC 6750).

    Raises:
        ValueError: it cannot be sent; the message contains none of it.
    """

    token: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.token or not self.token.isascii() or not _is_sendable(self.token):
            raise ValueError("the token must be ASCII text without control characters")

    @property
    def header(self) -> str:
        """The value of the `Authorization` header."""
        return f"Bearer {self.token}"


class Signer(Protocol):
    """Credentials that sign each request when it is sent."""

    @property
    def secrets(self) -> frozenset[str]:
        """Return the keys and tokens, which must not be shown."""

    @property
    def signature(self) -> str:
        """Return the last signature, which must not be shown either."""

    def sign(self, method: str, authority: str, target: str, body: bytes) -> Mapping[str, str]:
        """Return the headers that a request needs.

        Args:
            method: the HTTP method.
            authority: the value of the `Host` header.
            target: path and query, as sent.
            body: the body, as sent.
        """


Credentials: TypeAlias = Basic | Bearer | Signer


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files for https.

    Attributes:
        ca_file: trusted certificate authorities; empty for the system's.
        client_cert: client certificate and chain; empty for none.
        client_key: key of the client certificate; empty if `client_cert` contains it.
    """

    ca_file: str = ""
    client_cert: str = ""
    client_key: str = ""


SYSTEM = Tls()
"""The system's certificate authorities, and no client certificate."""
