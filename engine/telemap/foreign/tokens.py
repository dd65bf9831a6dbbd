"""Read the tokens of expressions in other languages, and turn their texts and literals into telemap's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from telemap.document.quoting import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(
    r"""
      (?P<space> \s+ )
    | (?P<text> r?'(?:[^'\\]|\\.)*' | r?"(?:[^"\\]|\\.)*" )
    | (?P<regex> /(?:[^/\\]|\\.)+/i? )
    | (?P<number> -?\d+(?:\.\d+)?(?:[eE][-+]?\d+)? (?![\w.]) )
    | (?P<operator> === | !== | == | != | <> | =~ | ~= | !~ | <= | >= | < | > | = )
    | (?P<and> && | (?i:and)\b ) | (?P<or> \|\| | (?i:or)\b ) | (?P<not> ! | (?i:not)\b )
    | (?P<call> (?: exists | defined | is_null | is_nullish | match | test | contains | starts_with | startswith
          | ends_with | endswith | select | string | to_string | to_int | to_float | int | float | lower | downcase )
          !? (?= \( ) )
    | (?P<in> (?i:in)\b ) | (?P<like> (?i:like|matches|contains|regexp?)\b ) | (?P<is> (?i:is)\b )
    | (?P<word> (?i:true|false|null|nil)\b )
    | (?P<open> [(\[] ) | (?P<close> [)\]] ) | (?P<comma> [,;] ) | (?P<pipe> \| )
    | (?P<path> [$@.]* [A-Za-z_] [\w-]* (?: \.[A-Za-z_][\w-]* | \[ (?: '[^']*' | "[^"]*" | \d+ ) \] )*
          | [$@.]* (?: \[ (?: '[^']*' | "[^"]*" ) \] )+ )
    """,
    re.VERBOSE,
)


class UnknownSyntaxError(Exception):
    """The text is no condition in a known syntax."""


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each token.

    Raises:
        UnknownSyntaxError: the text is no condition in a known syntax.
    """
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise UnknownSyntaxError
        position = match.end()
        kind = match.lastgroup or ""
        if kind != "space":
            yield kind, match[0]


def text_of(kind: str, text: str) -> str:
    """Return the content of a text or a regex as written in another language."""
    if kind == "regex":
        flags = "(?i)" if text.endswith("i") else ""
        return flags + text.removesuffix("i")[1:-1]
    if kind != "text":
        raise UnknownSyntaxError
    is_raw = text.startswith("r")
    bare = text.removeprefix("r")[1:-1]
    return bare if is_raw else re.sub(r"\\(['\"\\])", r"\1", bare)


def literal(kind: str, text: str) -> str:
    """Return a literal as YAML."""
    if kind == "number":
        return text
    if kind == "word":
        return text.lower()
    if kind == "text in a word":
        return scalar(text)
    return scalar(text_of(kind, text))


def regex_of_like(text: str) -> str:
    """Return the regex of SQL's LIKE."""
    parts = [re.escape(part).replace("_", ".") for part in text.split("%")]
    return (
        ("" if text.startswith("%") else "^")
        + ".*".join(part for part in parts if part)
        + ("" if text.endswith("%") else "$")
    )
