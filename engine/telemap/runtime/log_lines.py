"""Find the level of a line of text where its logger wrote it: at the start, behind time, thread and name.

Words in the message itself are no levels. Each form is one that some logger documents or prints:
`tests/unit/telemap/runtime/log_lines.json` lists them. A line is read piece by piece, each of bounded length.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from telemap.runtime.log_levels import ANSI, LEVEL_OF_WORD, level_of_letter, level_of_word
from telemap.runtime.log_odd_lines import CLIENT_WARNING, level_of_odd_line, level_with_error

_HEAD: Final = 500
"""Characters at the start of a line in which its level can be."""

_PIECES: Final = 16
"""Most pieces before a level: dates, times, names in brackets, separators."""

_SURE: Final = frozenset(
    ("TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL", "SEVERE")
)
"""Words that are a level even if a line begins with them and nothing but a space sets them off."""

_NOT_ALONE: Final = frozenset(("all", "note", "http"))
"""Words that are levels only where nothing else can stand."""

_LOWER: Final = frozenset(
    (
        *(
            "trace",
            "debug",
            "info",
            "notice",
            "warn",
            "warning",
            "error",
            "err",
            "critical",
            "crit",
            "fatal",
            "verbose",
        ),
        *("silly", "emerg", "alert", "panic", "dpanic", "trce", "dbug", "fail"),
    )
)
"""Words that are a level in lower case, where a colon or a column sets them off."""

_DATE_WORDS: Final = frozenset(
    (
        *("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "UTC", "GMT", "CET", "CEST", "AM", "PM"),
        *("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    )
)

_SPACE: Final = re.compile(r"\s+")
_WORD: Final = re.compile(r"[A-Za-z]+")
_DIGITS: Final = re.compile(r"\d(?:[\d:.,/+-]|[TZ](?![a-z])|[AP]M\b|e[+]\d)*")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}(?![\w-])")
_MARKS: Final = re.compile(r"[-|:,+.#]+")
_NAME: Final = re.compile(r"[\w.$:/<>@-]{1,80}")
_AFTER_NAME: Final = re.compile(r"( {0,40})([-:|]?) {0,40}([A-Z]{3,13})(?: {0,40}([-|])|[\s:]|$)")
_IN_BRACKET: Final = re.compile(r"((?:(?:\d[\d:.,+TZ-]{0,40}|UTC)[ ,:]{1,3}){0,4})([A-Za-z]{1,13})(?=([ /:]|$))")
_BEFORE_LABEL: Final = re.compile(r" [\w.-]{1,80} ?: ")
_ANGLE: Final = re.compile(r"<([A-Za-z]{3,13})>")
_SOURCE: Final = re.compile(r"\{[\w.:/-]{0,80}\}")
_BEFORE_DASH: Final = re.compile(r" {1,4}- ")
_BEFORE_BAR: Final = re.compile(r"\s{0,40}\|")
_PAIR: Final = re.compile(r"[\w.@-]{1,80}=")
_JSON_NEXT: Final = re.compile(r"[\]:|\s-]{0,20}(?:[\w.]{1,60}[:|]\s?)?(?=\{)")

_COLUMNS: Final = re.compile(
    r"\[(?P<bracket>[A-Z]+)\]\t[^\t\n]{1,40}\t[^\t\n]{0,60}\t"
    r"|\d[^\t\n]{1,40}\t(?P<request>[^\t\n]{0,60})\t(?P<level>[A-Za-z]{1,12})\t"
)
"""What the runtimes of Python, and of Node and .NET, write before a message."""


class Line(NamedTuple):
    """What is known of a line without parsing its JSON.

    Attributes:
        level: the level; None if there is none.
        json_at: where JSON begins that is the whole message, whose own level says more; -1 if the message is none.
        text: the line without colours.
    """

    level: str | None
    json_at: int
    text: str


class _Found(NamedTuple):
    """The end of a search for a level.

    Attributes:
        level: the level; None if there is none.
        at: where the word of the level ends, or what is no header begins.
    """

    level: str | None
    at: int


def read_line(text: str) -> Line:
    """Find the level of a line, and the JSON that is its message."""
    if "\x1b" in text:
        text = ANSI.sub("", text)
    if text.startswith(CLIENT_WARNING):
        return Line(level_with_error(text), -1, text)
    column, start = None, 0
    if columns := _COLUMNS.match(text):
        if word := columns["bracket"]:
            level = level_with_error(text) if text.startswith(CLIENT_WARNING, columns.end()) else level_of_word(word)
            return Line(level, _json_at(text, columns.end()), text)
        if (level := level_of_word(columns["level"])) and columns["request"].lower() not in LEVEL_OF_WORD:
            column, start = level, columns.end()
    if (at := _json_at(text, start)) >= 0:
        return Line(column, at, text)
    head = text[start : start + _HEAD]
    level, at = _find(head)
    if level is not None:
        after = _JSON_NEXT.match(head, at)
        return Line(level, start + after.end() if after else -1, text)
    if head.startswith("{", at):
        return Line(column, start + at, text)
    begins_with_pair = "=" in head and _PAIR.match(head, at) is not None
    return Line(level_of_odd_line(head, begins_with_pair=begins_with_pair) or column, -1, text)


def _past_space(text: str, at: int) -> int:
    return _SPACE.match(text, at).end() if text[at : at + 1].isspace() else at  # type: ignore[union-attr]


def _json_at(text: str, start: int) -> int:
    start = _past_space(text, start)
    return start if text.startswith("{", start) else -1


def _find(head: str) -> _Found:
    """Go through the pieces of a line's header until a level, or what is neither."""
    at = 0
    for pieces in range(_PIECES):
        at = _past_space(head, at)
        first = head[at : at + 1]
        is_id = head[at + 8 : at + 9] == "-" and _UUID.match(head, at) is not None
        if word := None if is_id else _WORD.match(head, at):
            if level := _of_word(head, word, pieces):
                return _Found(level, _end_of_level(head, word.end()))
            if word[0] not in _DATE_WORDS and not (pieces == 0 and head.startswith(", [", at + 1)):
                return _behind_name(head, at, pieces)
            at = word.end()
        elif first in {"[", "("}:
            end = head.find("]" if first == "[" else ")", at, at + 120)
            if end < 0:
                break
            if first == "[" and (level := _in_bracket(head[at + 1 : end].strip(), pieces)):
                return _Found(level, end + 1)
            at = end + 1
        elif first == "<" and pieces and (angle := _ANGLE.match(head, at)):
            return _Found(LEVEL_OF_WORD.get(angle[1].lower()), angle.end())
        elif end := _end_of_piece(head, at):
            at = end
        else:
            break
    return _Found(None, at)


def _end_of_piece(head: str, at: int) -> int:
    """Return where a date, a time, a number, an id or a separator ends; 0 if there is none."""
    piece = _UUID.match(head, at) or _DIGITS.match(head, at) or _MARKS.match(head, at) or _SOURCE.match(head, at)
    if piece is None:
        return 0
    end = piece.end()
    return 0 if head[end : end + 1].isalnum() and head[end - 1].isalnum() else end


def _end_of_level(head: str, end: int) -> int:
    signed = head[end : end + 1] in {"+", "-"} and head[end + 1 : end + 2].isdecimal()
    return end + 2 if signed else end


def _in_bracket(inner: str, pieces: int) -> str | None:
    """Return the level in `[ERROR]`, `[08:15:00 ERR]`, `[TIME INFO  name]`, `[core:error]`, `[E 260302 08:15:00]`."""
    lower = inner.lower()
    if lower.isalpha() and lower not in _NOT_ALONE:
        if len(lower) == 1:
            return level_of_letter(lower) if pieces and inner.isupper() else None
        return LEVEL_OF_WORD.get(lower)
    if inner[1:2] == " " and inner[2:3].isdigit():
        return level_of_letter(inner[0])
    found = _IN_BRACKET.match(inner)
    if found is None:
        return None
    time, word, after = found.groups()
    if word.isupper() or (time and not after):
        return LEVEL_OF_WORD.get(word.lower())
    name, _, last = lower.rpartition(":")
    return LEVEL_OF_WORD.get(last) if pieces and name.isalnum() and last in _LOWER else None


def _of_word(head: str, found: re.Match[str], pieces: int) -> str | None:
    """Return the level that a word means where it stands; None if it is none there."""
    word, end = found[0], found.end()
    lower = word.lower()
    after = head[end : end + 1]
    if len(word) == 1:
        if pieces == 0:  # glog: `E1130 08:15:00.000000 ...`
            is_level = word in "IWEF" and head[end : end + 4].isdecimal() and head[end + 4 : end + 5] == " "
        else:
            is_level = word in "TDIWEF" and (head.startswith(" [", end) or after == "|")
        return level_of_letter(word) if is_level else None
    level = LEVEL_OF_WORD.get(lower)
    if level is None:
        return None
    is_set_off = after in {"|", "\t"} or _BEFORE_BAR.match(head, end) is not None
    if lower == "http":  # winston's level, but not the prefix of Go's net/http
        return level if head.startswith(": ", end) and (not pieces or head[found.start() - 2] in "Z]") else None
    if word.isupper():
        if pieces or word in _SURE:
            is_set_off |= not after or after.isspace() or after in ":[("
        if pieces and after in {"+", "-", "/"}:
            is_set_off |= after == "/" or not head[end + 1 : end + 2].isalpha()
        is_set_off |= after == ":" or (after == "[" and head[end + 1 : end + 2].isdecimal())
    elif word in _LOWER:
        is_set_off |= after == ":" and head[end + 1 : end + 2].isspace()
        is_set_off |= _BEFORE_DASH.match(head, end) is not None
        is_set_off |= pieces > 0 and _BEFORE_LABEL.match(head, end) is not None
    else:
        is_set_off &= pieces > 0
    return level if is_set_off and lower not in _NOT_ALONE else None


def _behind_name(head: str, at: int, pieces: int) -> _Found:
    """Return the level behind a logger's name: `shop.orders - ERROR -`, `app.ERROR:`, `name   INFO`, `a.b:INFO:`."""
    named = _NAME.match(head, at)
    if named is None:
        return _Found(None, at)
    name, end = named[0], named.end()
    if pieces and name.endswith(":"):
        parts = name[:-1].replace(":", ".").split(".")
        if len(parts) > 1 and parts[-1].isupper() and (level := LEVEL_OF_WORD.get(parts[-1].lower())):
            return _Found(level, end)
    if pieces and ":" in name:  # `name:LEVEL:message`
        _, *words = name.split(":")
        if len(words) > 1 and words[0].isupper() and (level := LEVEL_OF_WORD.get(words[0].lower())):
            return _Found(level, at + name.index(words[0]) + len(words[0]))
    found = _AFTER_NAME.match(head, end)
    if found is None:
        return _Found(None, at)
    gap, mark, word, after = found.groups()
    level = LEVEL_OF_WORD.get(word.lower())
    is_dotted = any(sign in name[:-1] for sign in ".:/")
    is_level = (
        (mark in {"-", "|"} and after == mark)
        or (mark == ":" and len(gap) > 0)
        or (not mark and name.endswith(":") and is_dotted)
        or (not mark and (len(gap) > 1 or (is_dotted and pieces > 0)))
    )
    return _Found(level, found.end(3)) if level and is_level else _Found(None, at)
