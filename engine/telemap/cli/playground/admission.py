"""Decide which requests are answered: those of the page itself, and of nobody else.

Any page that is open in the same browser can send requests to 127.0.0.1, and any program of this machine, too. What
tells the page apart: its address names this machine (a name that an attacker owns could be bound to 127.0.0.1 as well:
DNS rebinding), the browser says that the request comes from the same origin, and it knows the token, which only the
terminal shows. The token is in a header, so no form, image or link of another page can send it.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from email.message import Message

MAX_BODY_BYTES: Final = 32 * 1024 * 1024

TOKEN_HEADER: Final = "X-Telemap-Token"  # noqa: S105 - a header's name
SESSION_HEADER: Final = "X-Telemap-Session"

_LOOPBACK: Final = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
"""The hosts of this machine. Any port: a tunnel, as of `ssh -L`, may listen on another one."""

_LENGTH: Final = re.compile(r"[0-9]{1,15}")
_SESSION: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered.

    Attributes:
        status: the HTTP status.
        reason: a sentence for people.
    """

    status: int
    reason: str


def refused_origin(headers: Message, *, is_page: bool) -> Refusal | None:
    """Return why a request does not come from this machine's page; None if it may.

    Args:
        headers: of the request.
        is_page: whether it asks for the page itself, which a link elsewhere may open: it holds nothing secret.
    """
    host = _only(headers, "Host")
    if host is None or not _LOOPBACK.fullmatch(host):
        return Refusal(403, "the playground answers to 127.0.0.1 and localhost only")
    origins = headers.get_all("Origin", [])
    if any(origin.lower() != f"http://{host}".lower() for origin in origins):
        return Refusal(403, "the playground does not answer to other pages")
    site = headers.get("Sec-Fetch-Site", "same-origin")
    is_opened = is_page and headers.get("Sec-Fetch-Mode") == "navigate" and headers.get("Sec-Fetch-Dest") == "document"
    if site not in {"same-origin", "none"} and not is_opened:
        return Refusal(403, "the playground does not answer to other pages")
    return None


def refused_token(headers: Message, token: str) -> Refusal | None:
    """Return why a request may not read or change anything; None if it may."""
    given = _only(headers, TOKEN_HEADER)
    if given is None:
        return Refusal(403, "the token is missing: open the address that 'telemap playground' has printed")
    if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode()):
        return Refusal(
            403, "the token is of another start of 'telemap playground': open the address that it printed last"
        )
    return None


def refused_body(headers: Message) -> Refusal | None:
    """Return why the body of a request is not read; None if it may be.

    A form cannot send `application/json`, so a page of another origin has to ask first, and is refused.
    """
    if headers.get_content_type() != "application/json" or "Content-Type" not in headers:
        return Refusal(415, "the content type must be application/json")
    if "Transfer-Encoding" in headers:
        return Refusal(411, "the length of the body is missing")
    length = _only(headers, "Content-Length")
    if length is None:
        return Refusal(411, "the length of the body is missing")
    if not _LENGTH.fullmatch(length):
        return Refusal(400, "the length of the body is not a number")
    if int(length) > MAX_BODY_BYTES:
        return Refusal(413, f"the body is larger than {MAX_BODY_BYTES // 1024**2} MiB")
    return None


def session_of(headers: Message) -> str | None:
    """Return the name of the session; None if it is missing or not valid."""
    name = _only(headers, SESSION_HEADER)
    return name if name is not None and _SESSION.fullmatch(name) else None


def _only(headers: Message, name: str) -> str | None:
    """Return the value of a header that is there once; None otherwise."""
    values = headers.get_all(name, [])
    return str(values[0]).strip() if len(values) == 1 else None
