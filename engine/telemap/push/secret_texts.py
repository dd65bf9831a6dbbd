"""Collect the texts that must never be shown: credentials, and secrets in environment variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from telemap.push.credentials import Basic, Bearer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from telemap.push.credentials import Credentials

_KEYS: Final = re.compile(r"AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|\w*TOKEN\w*(?<!_FILE))", re.IGNORECASE)
"""Variables whose whole value is secret."""

_ADDRESSES: Final = re.compile(r"\w+_PROXY|GATEWAY|AWS_ENDPOINT_URL\w*|AWS_\w+_URI", re.IGNORECASE)
"""Variables that contain a URL, possibly malformed."""

_URL_WITH_USER: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"',]*@[^\s\"',]*", re.IGNORECASE)

_SCHEMES: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*://+|(?:https?|ftp|socks\w*):/*|/+)*", re.IGNORECASE)
"""Text before the user name, even if a slash is missing or there are two schemes."""

_HOST_AND_PORT: Final = re.compile(r"(?:\[[^\]]*\]|[^:/?#]*)(?::[0-9]*)?(?=[/?#]|$)")

_BETWEEN: Final = re.compile(r"[\s/?#:@\\]+")
"""Characters where programs split malformed URLs."""

_SHORTEST_PIECE: Final = 3
"""Fewest characters for a part of a password to count as secret."""


class SecretTexts(NamedTuple):
    """Secret texts.

    Attributes:
        passwords: passwords, tokens, keys, and parts of them.
        names: user names.
    """

    passwords: frozenset[str]
    names: frozenset[str]


def texts_of(credentials: Iterable[Credentials | None]) -> SecretTexts:
    """Return the secrets in credentials."""
    passwords: set[str] = set()
    names: set[str] = set()
    for one in credentials:
        if isinstance(one, Basic):
            passwords |= {one.password, f"{one.username}:{one.password}"}
            names.add(one.username)
        elif isinstance(one, Bearer):
            passwords.add(one.token)
        elif one is not None:
            passwords |= one.secrets
    return SecretTexts(frozenset(passwords) - {"", ":"}, frozenset(names) - {""})


def texts_in(environ: Mapping[str, str]) -> SecretTexts:
    """Return the secrets in the environment: AWS keys and tokens, and the user info of URLs."""
    passwords: set[str] = set()
    names: set[str] = set()
    for name, value in environ.items():
        if _KEYS.fullmatch(name):
            passwords.add(value.strip())
        elif _ADDRESSES.fullmatch(name) or _URL_WITH_USER.fullmatch(value.strip()):
            for url in value.split(",") if name.lower() == "no_proxy" else [value]:
                found = texts_in_url(url.strip())
                passwords |= found.passwords
                names |= found.names
    return SecretTexts(frozenset(passwords) - {""}, frozenset(names))


def texts_in_url(url: str) -> SecretTexts:
    """Return the user name, password and query values of a URL; all candidates if it is malformed."""
    match = _SCHEMES.match(url)
    address = url[match.end() :] if match else url
    if "@" in address:
        user_info = address.rpartition("@")[0]
        name, colon, password = user_info.partition(":")
        if not colon:  # most likely a token
            return SecretTexts(frozenset(_pieces(name)), frozenset())
        return SecretTexts(frozenset([user_info, *_pieces(password)]), frozenset(_pieces(name)))
    if match := _HOST_AND_PORT.match(address):
        query = address[match.end() :].partition("?")[2]
        return SecretTexts(frozenset(_values(query)), frozenset())
    name, _, password = address.partition(":")
    return SecretTexts(frozenset([address, *_pieces(password)]), frozenset(_pieces(name)))


def _pieces(text: str) -> Iterator[str]:
    """Yield a text, encoded and decoded, and the parts into which programs split it."""
    for whole in filter(None, (text, unquote(text))):
        yield whole
        yield from (piece for piece in _BETWEEN.split(whole) if len(piece) >= _SHORTEST_PIECE)


def _values(query: str) -> Iterator[str]:
    """Yield the values of a query, even if malformed."""
    for pair in re.split("[&;#]", query):
        name, sign, value = pair.partition("=")
        yield from _pieces(value if sign else name)
