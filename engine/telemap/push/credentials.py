"""Who pushes, and whom it trusts. No `repr` shows a secret."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, which end a header; lone surrogates, which have no UTF-8."""


@dataclass(frozen=True, slots=True)
class Basic:
    """Basic authentication, in UTF-8 (RFC 7617).

    Raises:
        ValueError: it cannot be sent; the message holds none of it.
    """

    username: str = field(repr=False)
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        if ":" in self.username:
            raise ValueError("a user name with a colon cannot be sent")
        if _CONTROL.search(self.username + self.password):
            raise ValueError("user name and password must not have control characters")

    @property
    def header(self) -> str:
        """The value of `Authorization`."""
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Bearer:
    """A bearer token (RFC 6750).

    Raises:
        ValueError: it cannot be sent; the message holds none of it.
    """

    token: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.token or not self.token.isascii() or _CONTROL.search(self.token):
            raise ValueError("a token is ASCII text without control characters")

    @property
    def header(self) -> str:
        """The value of `Authorization`."""
        return f"Bearer {self.token}"


class Signer(Protocol):
    """Credentials that sign each request when it is sent."""

    @property
    def secrets(self) -> frozenset[str]:
        """Return what must not be shown: keys, tokens, signatures."""

    def sign(self, method: str, authority: str, target: str, body: bytes) -> Mapping[str, str]:
        """Return the headers that a request needs.

        Args:
            method: of HTTP.
            authority: as the header `Host` has it.
            target: path and query, as they are sent.
            body: what is sent.
        """


Credentials: TypeAlias = Basic | Bearer | Signer


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM for a gateway that is reached by https.

    Attributes:
        ca_file: the authorities that are trusted; empty for the system's.
        client_cert: our own certificate, with what leads to its authority; empty for none.
        client_key: its key; empty when `client_cert` has it too.
    """

    ca_file: str = ""
    client_cert: str = ""
    client_key: str = ""


SYSTEM = Tls()
"""Trust whom the system trusts, and show no certificate."""
