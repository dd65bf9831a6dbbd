"""Take credentials out of words that come from elsewhere: a gateway may say again what it was sent."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from telemap.push.credentials import Basic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.push.credentials import Credentials

_REDACTED = "***"

_SHORT = 4
"""A secret of fewer characters is looked for as a word of its own, or nothing would be left of any text."""


class Redaction:
    """Replace what is secret, in the forms in which servers say it again.

    Args:
        credentials: what is secret.
    """

    def __init__(self, credentials: Iterable[Credentials]) -> None:
        texts = {form for one in credentials for text in _texts(one) if text for form in _forms(text)}
        patterns = [_pattern(text) for text in sorted(texts, key=lambda text: (-len(text), text))]
        self._search = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None

    def __call__(self, text: str) -> str:
        """Return a text without what is secret."""
        return self._search.sub(_REDACTED, text) if self._search else text


def _texts(credentials: Credentials) -> Iterator[str]:
    """Return what is secret, each with what it is sent as."""
    if isinstance(credentials, Basic):
        yield f"{credentials.username}:{credentials.password}"
        yield credentials.username
        yield credentials.password
    else:
        yield credentials.token


def _forms(text: str) -> Iterator[str]:
    """Return a text as it is, in base64, and as URLs, JSON, HTML and Latin-1 have it."""
    yield text
    yield quote(text)
    yield quote(text, safe="")
    yield quote_plus(text)
    yield html.escape(text)
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield text.encode().decode("latin-1")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(text.encode()).decode()
        yield encoded.rstrip("=")
        yield quote(encoded, safe="").removesuffix("%3D").removesuffix("%3D")


def _pattern(text: str) -> str:
    pattern = re.escape(text)
    return pattern if len(text) >= _SHORT else rf"(?<!\w){pattern}(?!\w)"
