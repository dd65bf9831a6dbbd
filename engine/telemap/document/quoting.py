"""Write text as YAML scalars."""

from __future__ import annotations

import json
import re

_PLAIN = re.compile(r"[$A-Za-z_.][\w$-]*(?:[.][\w$-]+)*", re.ASCII)

_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""Words that some YAML parsers do not read as text."""


def scalar(text: str) -> str:
    """Return text as a scalar, quoted if necessary."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else double_quoted(text)


def double_quoted(text: str) -> str:
    """Return text as a double-quoted scalar, on one line, with invisible characters escaped."""
    return escaped(json.dumps(text, ensure_ascii=False))


def escaped(json_text: str) -> str:
    """Return JSON as YAML: with invisible characters, which only stand in its strings, escaped."""
    return "".join(map(_character, json_text))


def single_quoted(text: str) -> str:
    """Return printable text as a single-quoted scalar, in which backslashes mean themselves."""
    return "'" + text.replace("'", "''") + "'"


def _character(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
