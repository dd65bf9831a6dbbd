"""Edit the text of a test file without touching the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from telemap.document.quoting import double_quoted
from telemap.document.text import SourceText, find_forbidden
from telemap.mapping_tests.failures import NewNumber

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.mapping_tests.failures import NewText

_KEY = re.compile(r"(?P<indent> *)exposition *: *")
"""The key of an exposition that can be a block scalar: alone on its line."""

_HEADER = re.compile(r"\|[+-]?[ \t]*(?:#.*)?")
"""The header of an ordinary block scalar."""

_BREAKS = re.compile("[\x85\u2028\u2029\ufeff]")
"""Characters that YAML 1.1 takes for a line break or a byte order mark."""

_STEP = 2
"""Spaces by which an exposition is indented below its key."""


class _Edit(NamedTuple):
    """A range of text by offsets, and its replacement."""

    start: int
    end: int
    text: str


def edited(name: str, text: str, changes: Iterable[NewNumber | NewText]) -> str:
    """Return the text of a test file with changes applied, except changes of an alias that contradict each other."""
    source = SourceText(name, text)
    by_place: dict[tuple[int, int], _Edit | None] = {}
    for change in changes:
        edit = _number_edit(source, change) if isinstance(change, NewNumber) else _text_edit(source, change)
        if edit is not None:
            place = (edit.start, edit.end)
            by_place[place] = edit if by_place.get(place, edit) == edit else None
    for edit in sorted((edit for edit in by_place.values() if edit), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _offsets(source: SourceText, change: NewNumber | NewText) -> tuple[int, int]:
    span = change.place.span
    return source.start(span.line) + span.column - 1, source.start(span.end_line) + span.end_column - 1


def _number_edit(source: SourceText, change: NewNumber) -> _Edit | None:
    start, end = _offsets(source, change)
    return None if source.text[start] == "&" else _Edit(start, end, change.text)


def _text_edit(source: SourceText, change: NewText) -> _Edit | None:
    """Replace an exposition with a block scalar if its key is alone on its line, else with a quoted one."""
    start, end = _offsets(source, change)
    row = change.place.span.line
    key = _KEY.fullmatch(source.text, source.start(row), start)
    old = source.text[start : start + 1]
    if old == "&" or (old in {"|", ">"} and not key):
        return None
    tail = source.line(row)[start - source.start(row) :] if old in {"|", ">"} else _rest_of_line(source, end)
    if old in {"|", ">"} and key:
        end = _end_of_block(source, row, len(key["indent"]))
    can_be_block = change.text and not find_forbidden(change.text) and not _BREAKS.search(change.text)
    if not can_be_block or not key:
        return _Edit(start, end, double_quoted(change.text))
    if old not in {"|", ">"}:
        end += len(tail)
    header = f"|{tail.rstrip()}" if old not in {"|", ">"} else tail if _HEADER.fullmatch(tail) else "|"
    end_of_line = "\r\n" if "\r\n" in source.text else "\n"
    indent = " " * (len(key["indent"]) + _STEP)
    lines = [header, *(f"{indent}{line}" for line in change.text.split("\n") if line)]
    return _Edit(start, end, end_of_line.join(lines))


def _rest_of_line(source: SourceText, at: int) -> str:
    """Return the rest of a line, such as a comment."""
    row = source.span(at, at).line
    return source.line(row)[at - source.start(row) :]


def _end_of_block(source: SourceText, row: int, indent: int) -> int:
    """Return the end of the block scalar below a key, without trailing empty lines."""
    last = row
    for number in range(row + 1, source.span(len(source.text), len(source.text)).line + 1):
        line = source.line(number)
        if line.strip() and len(line) - len(line.lstrip(" ")) <= indent:
            break
        if line.strip():
            last = number
    return source.start(last) + len(source.line(last))
