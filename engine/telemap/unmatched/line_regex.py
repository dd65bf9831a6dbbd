"""Write a regex that reads lines of the same form: literal where they agree, with a named group for each field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from telemap.unmatched.guesses import UNITS, words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_NUMBER: Final = re.compile(r"[-+]?\d+(?:\.\d+)?")
_PLAIN_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_POINT_IN_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\d|\d{1,2}/\w{3}/\d{4}|\d\d:\d\d(?!\w)|(?<!\w)\d{9,}(?!\w)|(?<!\w)[-+]\d\d:?\d\d(?!\w)"
)
_KEY: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)[=:]\W*")
_KINDS: Final = {
    "ip": re.compile(r"\d{1,3}(\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]+:[0-9a-f]*"),
    "id": re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|(?=[A-Fa-f]*\d)[0-9A-Fa-f]{16,}"),
    "path": re.compile(r"/\S*"),
    "method": re.compile(r"GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH"),
    "level": re.compile(r"(?i:trace|debug|info|notice|warn|warning|error|fatal|critical)"),
    "status": re.compile(r"[1-5]\d\d"),
    "value": _NUMBER,
    "text": re.compile(r"\S+"),
}
"""What a field is called by what it looks like; the first that fits all values."""

_VAGUE: Final = frozenset({"status", "value", "text"})
"""Kinds that say less than the word before the field."""

_MAX_WORDS: Final = 3
_PUNCTUATION: Final = "\"'`()[]{}<>,;:=|"


def line_regex(lines: Sequence[Sequence[str]]) -> str:
    """Return a regex that matches lines, each given as the same number of words; the first words of longer lines.

    Points in time are matched, but have no group, because events have a time of their own. Without any field, the whole
    line is a group, because a parser must have one.
    """
    columns = [tuple(column) for column in zip(*lines, strict=True)]
    fields = [_Field(column) for column in columns]
    taken: set[str] = set()
    pieces = []
    for at, one in enumerate(fields):
        name = _unused(_name(fields, at), taken) if one.is_open and not one.is_time else ""
        pieces.append(one.regex(name))
    regex = r"\s+".join(pieces)
    return f"^{regex}" if taken else f"^(?P<text>{regex})"


class _Field:
    """A word of all lines.

    Attributes:
        text: the word, if all lines have the same, and it is no number; else empty.
        before: what all begin with, and is no part of the value.
        after: what all end with, likewise.
        values: the values.
    """

    def __init__(self, column: tuple[str, ...]) -> None:
        self.is_time = all(_POINT_IN_TIME.search(one) for one in column)
        self.text = "" if self.is_time or len(set(column)) > 1 else column[0]
        self.before, self.after = _affixes(column)
        end = -len(self.after) or None
        self.values = tuple(dict.fromkeys(one[len(self.before) : end] for one in column))
        if all(map(_PLAIN_NUMBER.fullmatch, self.values)):  # elsewhere, it is another one
            self.text = ""

    @property
    def is_open(self) -> bool:
        """Whether the word is a field, or a point in time."""
        return not self.text

    @property
    def unit(self) -> str:
        """The unit that follows the number."""
        return self.after.strip(_PUNCTUATION).lower()

    def regex(self, name: str) -> str:
        """Return the regex of the word, with a group of this name; empty for none."""
        if self.text:
            return _literal(self.text)
        value = r"\S+?" if self.after else r"\S+"
        if all(map(_NUMBER.fullmatch, self.values)):
            value = r"\d+" if all(map(str.isdigit, self.values)) else r"[-+]?\d+(?:\.\d+)?"
        group = f"(?P<{name}>{value})" if name else value
        return f"{_literal(self.before)}{group}{_literal(self.after)}"


def _literal(text: str) -> str:
    """Escape what means something in a regex, and nothing else."""
    return re.escape(text).replace(r"\-", "-")


def _affixes(column: Collection[str]) -> tuple[str, str]:
    """Return what words begin and end with besides their values: a key, punctuation, a unit."""
    first, last = min(column), max(column)
    length = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    before = first[: min(length, *(len(one) - 1 for one in column))]
    key = _KEY.match(before)
    before = key[0] if key else before[: len(before) - len(before.lstrip(_PUNCTUATION))]
    rest = [one[len(before) :] for one in column]
    if units := {match[1] for one in rest if (match := re.fullmatch(rf"{_NUMBER.pattern}(\D*)", one))}:
        after = units.pop() if len(units) == 1 and all(re.match(_NUMBER, one) for one in rest) else ""
        if after:
            return before, after
    ends = {one[len(one.rstrip(_PUNCTUATION)) :] for one in rest}
    after = ends.pop() if len(ends) == 1 else ""
    return before, after if all(len(one) > len(after) for one in rest) else ""


def _name(fields: Sequence[_Field], at: int) -> str:
    """Name a field: after the key before it, the words before it, or what it looks like; with the unit behind it."""
    one = fields[at]
    kind = next(kind for kind, form in _KINDS.items() if all(form.fullmatch(value or "-") for value in one.values))
    key = _KEY.match(one.before)
    named = words(key[1]) if key else _words_before(fields, at, 1 if kind in _VAGUE else 0)
    if not named:
        return kind
    unit = one.unit
    if not unit and at + 1 < len(fields):
        unit = fields[at + 1].text.strip(_PUNCTUATION).lower()
    if kind in _VAGUE and unit in UNITS and named[-1] not in UNITS and all(map(_NUMBER.fullmatch, one.values)):
        named = (*named, unit)
    return "_".join(named)


def _words_before(fields: Sequence[_Field], at: int, most: int) -> tuple[str, ...]:
    """Return the words that introduce a field: all up to a colon or an equals sign, else at most so many."""
    if at and fields[at - 1].text.endswith((":", "=")):
        most = _MAX_WORDS
    found: list[str] = []
    for number in range(at - 1, -1, -1):
        text = fields[number].text
        core = text.strip(_PUNCTUATION)
        if not core.isalpha() or len(found) == most or (found and text[-1] in _PUNCTUATION):
            break
        if core.lower() in UNITS and number and fields[number - 1].is_open:
            break
        found.append("_".join(words(core)))
    return tuple(reversed(found))


def _unused(name: str, taken: set[str]) -> str:
    """Return a name that no other group has, and note it."""
    number, unused = 1, name
    while unused in taken:
        number += 1
        unused = f"{name}_{number}"
    taken.add(unused)
    return unused
