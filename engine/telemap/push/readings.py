r"""Find all readings of a text, given the many ways programs escape characters.

`it&#39;s`, `it\u0027s`, `it%27s` and `it''s` can all be read as `it's`. Readings are folded: they ignore case, accents,
width and typographic quotes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Codes: TypeAlias = Sequence[tuple[int, int]]
    """Possible code points or bytes at a position, each with its end; the unescaped one comes first."""

SPACE: Final = " "
"""The reading of white space."""

PLUS: Final = "+ "
"""An alternative reading of a plus sign: the space in form data."""

LOST: Final = "\N{REPLACEMENT CHARACTER}"
"""The reading of a character that an encoding could not represent."""

_MARKS: Final = "&%\\="
"""The characters that begin escapes."""

_LONGEST_CUT: Final = 40
"""Most characters of a truncated escape."""

_CUT: Final = re.compile(r"[&%\\=][\w&%\\=#{};]*\Z")
"""A possible beginning of one or more escapes for a character."""

_MAX_LEVELS: Final = 4
"""Most layers of escapes."""

_DIGITS: Final = re.compile(
    r"&#0*(?P<decimal>[0-9]{1,7})|&#[xX]0*(?P<hexadecimal>[0-9a-fA-F]{1,6})|\\(?P<octal>[0-7]{1,3})"
)
"""Variable-length escapes: HTML's, which need no semicolon, and octal ones."""

_BASES: Final = {"decimal": 10, "hexadecimal": 16, "octal": 8}

_FIXED: Final = re.compile(
    r"%u([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})|=([0-9a-fA-F]{2})"
    r"|\\u([0-9a-fA-F]{4})|\\[uxU]\{([0-9a-fA-F]{1,6})\}|\\U([0-9a-fA-F]{8})|\\x([0-9a-fA-F]{2})"
)
"""Escapes of URLs, mail, and most programming languages."""

_NAMED: Final = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31})")

_QUOTED_QUOTES: Final = ("'\\''", "'\"'\"'")
"""A single quote within single quotes in shells."""

_CONTROLS: Final = frozenset("abefnrtv")
"""Letters that stand for control characters after a backslash."""

_TYPOGRAPHIC: Final = {
    **dict.fromkeys(range(0x2018, 0x201C), "'"),
    **dict.fromkeys(range(0x201C, 0x2020), '"'),
    **dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-"),
}
"""Typographic quotes and dashes."""


class Reading(NamedTuple):
    """A reading of the text at a position.

    Attributes:
        text: folded; empty for invisible characters.
        end: the position of the next reading.
    """

    text: str
    end: int


class Level(NamedTuple):
    """A text with some layers of escapes removed.

    Attributes:
        text: the remaining text.
        readings: the readings at each position.
        beginnings: the positions whose readings begin with a character.
        spans: the positions of each character and of the end in the original text.
        ends: the end of the text, and the positions of escapes that may be truncated.
    """

    text: str
    readings: Sequence[Sequence[Reading]]
    beginnings: Mapping[str, Sequence[int]]
    spans: Sequence[int]
    ends: frozenset[int]


def levels(text: str) -> Iterator[Level]:
    """Yield the text as it is, then without its outermost escapes, and so on."""
    spans: Sequence[int] = range(len(text) + 1)
    for _ in range(_MAX_LEVELS):
        codes = [_codes_at(text, at) for at in range(len(text))]
        readings = [_readings_at(text, codes, at) for at in range(len(text))]
        yield Level(text, readings, _beginnings(readings), spans, _ends(text))
        plainer, places = _without_escapes(text, codes)
        if plainer == text:
            return
        text, spans = plainer, [spans[place] for place in places]


def fold(character: str) -> str:
    """Remove case, accents and width from a character; white space becomes a space, invisible characters nothing."""
    if character.isspace():
        return SPACE
    if character.isascii():
        return character.lower() if character.isprintable() else ""
    if character == LOST:
        return LOST
    import unicodedata  # noqa: PLC0415 - most text is ASCII

    decomposed = unicodedata.normalize("NFKD", character.translate(_TYPOGRAPHIC).casefold())
    seen = (one for one in decomposed if one.isprintable() and unicodedata.category(one)[0] != "M")
    return "".join(seen).translate(_TYPOGRAPHIC).casefold().strip()


def _codes_at(text: str, at: int) -> Codes:
    codes = [(ord(text[at]), at + 1)]
    if text[at] in _MARKS:
        codes += _escapes_at(text, at)
    return codes


def _escapes_at(text: str, at: int) -> Iterator[tuple[int, int]]:
    if (match := _DIGITS.match(text, at)) and (kind := match.lastgroup):
        for end in range(match.start(kind) + 1, match.end() + 1):  # the last digits may be ordinary text
            code = int(text[match.start(kind) : end], _BASES[kind])
            yield code, end + (kind != "octal" and text.startswith(";", end))
    if (match := _FIXED.match(text, at)) and (number := match.lastindex):
        yield int(match[number], 16), match.end()
    if match := _NAMED.match(text, at):
        from html.entities import html5  # noqa: PLC0415 - large and rarely needed

        for end in range(match.start(1) + 2, match.end() + 1):
            named = html5.get(f"{text[match.start(1) : end]};", "")
            if len(named) == 1:
                yield ord(named), end + text.startswith(";", end)


def _readings_at(text: str, codes: Sequence[Codes], at: int) -> Sequence[Reading]:
    readings = [Reading(fold(chr(code)), end) for code, end in codes[at] if code < 0x110000]
    character, following = text[at], text[at + 1 : at + 2]
    if character in _MARKS or not character.isascii():
        readings += (Reading(fold(one), end) for one, end in _sequences(codes, at))
    match character:
        case "+":
            readings.append(Reading(PLUS, at + 1))
        case "?":
            readings.append(Reading(LOST, at + 1))
        case "\N{REPLACEMENT CHARACTER}":
            readings.append(Reading("", at + 1))
        case "\\" if following:
            readings.append(Reading(fold(following), at + 2))
            if following in _CONTROLS:
                readings.append(Reading(SPACE, at + 2))
        case "'":
            readings += (Reading("'", at + len(quote)) for quote in _QUOTED_QUOTES if text.startswith(quote, at))
    if character == following and not character.isalnum():
        readings.append(Reading(fold(character), at + 2))
    return readings


def _beginnings(readings: Sequence[Sequence[Reading]]) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = {}
    for at, here in enumerate(readings):
        for character in {reading.text[:1] for reading in here}:
            found.setdefault(character, []).append(at)
    return found


def _sequences(codes: Sequence[Codes], at: int) -> Iterator[tuple[str, int]]:
    """Yield characters encoded as surrogate pairs or UTF-8 bytes."""
    for code, end in codes[at]:
        if 0xD800 <= code < 0xDC00 and end < len(codes):
            for low, after in codes[end]:
                if 0xDC00 <= low < 0xE000:
                    yield chr(0x10000 + ((code - 0xD800) << 10) + low - 0xDC00), after
        byte = _byte(code)
        if 0xC2 <= byte < 0xF5:
            yield from _utf8(codes, bytes([byte]), end, 1 + (byte >= 0xE0) + (byte >= 0xF0))


def _utf8(codes: Sequence[Codes], encoded: bytes, at: int, missing: int) -> Iterator[tuple[str, int]]:
    """Read the remaining bytes of a character."""
    if not missing:
        if character := encoded.decode(errors="ignore"):
            yield character, at
        return
    for code, end in codes[at] if at < len(codes) else ():
        byte = _byte(code)
        if 0x80 <= byte < 0xC0:
            yield from _utf8(codes, encoded + bytes([byte]), end, missing - 1)


def _byte(code: int) -> int:
    """Return the byte that a program mistaking UTF-8 for an 8-bit encoding read as this character; 0 if none."""
    if code < 0x100:
        return code
    encoded = chr(code).encode("cp1252", errors="ignore") if code < 0x10000 else b""
    return encoded[0] if encoded else 0


def _without_escapes(text: str, codes: Sequence[Codes]) -> tuple[str, list[int]]:
    """Remove the outermost escapes and invisible characters; also return the old positions of characters and end."""
    characters: list[str] = []
    places: list[int] = []
    at = 0
    while at < len(text):
        end, character = _plain(text, codes, at)
        if character.isprintable() or fold(character):
            characters.append(character)
            places.append(at)
        at = end
    return "".join(characters), [*places, len(text)]


def _plain(text: str, codes: Sequence[Codes], at: int) -> tuple[int, str]:
    """Return the end of the longest escape at a position and its meaning, or the character itself."""
    character, following = text[at], text[at + 1 : at + 2]
    if character.isascii() and character not in _MARKS:
        return at + 1, character
    found = [(end, chr(code)) for code, end in codes[at][1:] if code < 0x110000]
    found += ((end, one) for one, end in _sequences(codes, at))
    if character == "\\" and following in _CONTROLS:
        found.append((at + 2, SPACE))
    elif character == "\\" and following.isprintable() and not following.isalnum():
        found.append((at + 1 + len(following), following or character))
    return max(found, default=(at + 1, character))


def _ends(text: str) -> frozenset[int]:
    tail = range(max(0, len(text) - _LONGEST_CUT), len(text))
    cut = (at for at in tail if _CUT.match(text, at))
    return frozenset([*cut, len(text)])
