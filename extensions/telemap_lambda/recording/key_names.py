"""Distinguish keys that are names from keys that are values: ids, tokens, e-mail addresses.

A password cannot be distinguished from a word. The test is whether a key looks as if people made it: of pronounceable
words, joined in one of the usual ways. Random text fails this test, the more surely the longer it is.
"""

from __future__ import annotations

import re
from typing import Final

MAX_CHARACTERS: Final = 40

_NAME = re.compile(rf"[A-Za-z_][\w.-]{{0,{MAX_CHARACTERS - 1}}}", re.ASCII)
_BETWEEN_PARTS = re.compile(r"[_.-]+")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_BINARY_UNIT = re.compile(r"([KMG])iB")
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+")

_MAX_DIGITS = 3
"""A key with more digits contains a number and is not a name: `order-104711`."""

_HEXADECIMAL = re.compile(r"(?=[A-Fa-f]*\d)[0-9A-Fa-f]{5,}|[0-9A-Fa-f]{8,}")

_ABBREVIATION = re.compile(
    r"https?|html|xml|sql|tcp|udp|dns|ssl|tls|jwks?|jvm|vpc|vcpu|sqs|rps|qps|reqs?|avg|lvl|svc|srv|svg|kv|x?amzn?|xray|uuid|ipv"
    r"|qty|^xx$",
    re.IGNORECASE,
)
"""Unpronounceable parts of names."""

_UNSPEAKABLE = re.compile(
    r"[bcdfghjklmnpqrstvwxz]{5}|q[a-tv-z]|j[b-df-hjkmnp-rtv-xz]|v[b-df-hj-np-tv-xz]|z[b-df-hj-np-tv-x]|x[bdgjknrvwz]"
    r"|([hijkquvwxy])\1|[cdfgkmp][jqx]|[bt][jq](?!e)|[cfhjmpqvw]z|[bfghkmp]v",
    re.IGNORECASE,
)
"""Letter sequences that do not occur in words."""

_SHORT = 5
"""A name this short can be anything: `p99Ms`, `eTag`."""

_SHORT_WORDS = frozenset(
    {
        *("at", "by", "in", "is", "no", "of", "on", "to"),
        *("aws", "db", "ec", "id", "ids", "io", "ip", "ok", "os", "s", "ui"),
        *("gb", "kb", "mb", "ms", "ns", "us"),
    }
)

_SHORT_OF_MANY = 3
"""A name has at most one shorter word, unless the word is known."""

_LONGEST_IN_CAPITALS = 5


def is_name(key: str) -> bool:
    """Return whether a key looks like a name."""
    if _NAME.fullmatch(key) is None or len(_DIGIT.findall(key)) > _MAX_DIGITS or len(_DIGITS.findall(key)) > 1:
        return False
    return all(map(_is_spoken, _BETWEEN_PARTS.split(key)))


def _is_spoken(part: str) -> bool:
    """Return whether a part of a name, between separators, consists of words: `latency`, `maxMemoryUsedMB`."""
    if _HEXADECIMAL.fullmatch(part):
        return False
    words = _WORD.findall(_BINARY_UNIT.sub(r"\1b", part))
    if any(_UNSPEAKABLE.search(_ABBREVIATION.sub(" ", word)) for word in words):
        return False
    if len(words) == 1 or len(part) <= _SHORT:
        return True
    long = [word for word in words if word.lower() not in _SHORT_WORDS]
    short = sum(len(word) < _SHORT_OF_MANY for word in long)
    average_is_long = 3 * len(long) <= sum(map(len, long)) + short
    return average_is_long and short <= 1 and all(len(word) <= _LONGEST_IN_CAPITALS for word in words if word.isupper())
