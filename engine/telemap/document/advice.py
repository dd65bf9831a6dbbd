"""Explain YAML syntax errors to authors of mappings."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from telemap.document.builder import QUESTION_MARK, QUOTE_IN_FLOW

if TYPE_CHECKING:
    import yaml

    from telemap.document.text import SourceText

_NO_SPACE = re.compile(r"\s*(?:- +)?[\w$.-]+(?P<colon>:)[^\s:/]")
"""A line with a key whose `:` is not followed by a space."""

_NO_COLON = re.compile(r"\s*(?P<key>[A-Za-z_][\w.-]*)(?: [^:#{\[]*)?")
"""A line that looks like a key without `:`."""

_NO_BREAK = re.compile(r"[ ]*(?P<space>[\u00a0\u2007\u202f]+)")


class Advice(NamedTuple):
    """A problem and its offsets in the text."""

    start: int
    end: int
    message: str
    help: str | None


def advice(source: SourceText, at: int, error: yaml.MarkedYAMLError) -> Advice:
    """Explain a syntax error.

    The messages of libyaml and of PyYAML's own parser differ; here, frequent errors have the same one. Parsers often
    notice an error late, so the line before is checked, too.

    Args:
        source: the file.
        at: offset of the character at which the parser stopped.
        error: the parser's message.
    """
    row = source.span(at, at).line
    if found := _by_character(source, at, source.line(row)):
        return found
    fault = _fault(error)
    message = fault.value if fault else _wording(error)
    if fault is _Fault.OPEN_QUOTE and error.context_mark:
        return Advice(error.context_mark.index, error.context_mark.index + 1, message, None)
    if source.text[at : at + 1] == ":" or fault in {_Fault.NO_KEY_END, _Fault.INDENTATION}:
        if ": " in source.text[source.start(row) : at]:
            return Advice(at, at + 1, "':' is not allowed inside text", "quote text that contains ': '")
        if found := _in_line_before(source, row):
            return found
    return Advice(at, at + 1, message, _help(source, at, fault, error))


def _by_character(source: SourceText, at: int, line: str) -> Advice | None:
    """Explain an error by the character at which the parser stopped."""
    character = source.text[at : at + 1]
    if character == "\t":
        return Advice(at, at + 1, "tabs are not allowed for indentation", "indent with spaces")
    if character == "?" and line.strip() != "?":
        return Advice(at, at + 1, QUESTION_MARK, QUOTE_IN_FLOW)
    if character and character in "@`%":
        return Advice(at, at + 1, f"text cannot begin with {character!r} here", "put the text in quotes")
    if character and character in "{[,}]" and "$" in line:
        hint = "inside { } and [ ], quote paths with brackets, and ${...}"
        return Advice(at, at + 1, f"unexpected {character!r}", hint)
    return None


def _in_line_before(source: SourceText, row: int) -> Advice | None:
    """Find an unfinished key in the line before."""
    below = source.line(row)
    row -= 1
    while row and (not source.line(row).strip() or source.line(row).lstrip().startswith("#")):
        row -= 1
    if not row:
        return None
    line, start = source.line(row), source.start(row)
    if _indentation(line) > _indentation(below):
        return None  # the text continues, or belongs to another key
    if match := _NO_BREAK.match(line):
        return _at(
            match, "space", start, "no-break spaces are not allowed for indentation", "indent with ordinary spaces"
        )
    if match := _NO_SPACE.match(line):
        return _at(match, "colon", start, "missing space after ':'", "write 'key: value'")
    if match := _NO_COLON.fullmatch(line.rstrip()):
        return _at(
            match, "key", start, "missing ':' after this key", "write 'key: value', or 'key:' with indented lines below"
        )
    return None


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def _at(match: re.Match[str], group: str, start: int, message: str, help_: str) -> Advice:
    return Advice(start + match.start(group), start + match.end(group), message, help_)


def _fault(error: yaml.MarkedYAMLError) -> _Fault | None:
    """Return which frequent error it is, by the parser's message."""
    problem = error.problem or ""
    return next((fault for beginning, fault in _FAULTS.items() if problem.startswith(beginning)), None)


def _wording(error: yaml.MarkedYAMLError) -> str:
    problem = (error.problem or "invalid YAML").split(", but ")[0]
    return f"{error.context}, {problem}" if error.context else problem


def _help(source: SourceText, at: int, fault: _Fault | None, error: yaml.MarkedYAMLError) -> str | None:
    line = source.line(source.span(at, at).line)
    if source.text[at : at + 1] == "*" or (fault is _Fault.NO_NAME and "*" in line):
        return "quote text that begins with '*'"
    context, mark = error.context_mark, error.problem_mark
    if fault in {_Fault.OPEN_BRACE, _Fault.OPEN_BRACKET} and context and mark and context.line < mark.line:
        return f"or close the bracket that opens in line {context.line + 1}"
    return None


class _Fault(Enum):
    """Our messages for frequent errors."""

    COLON = "':' is not allowed here: wrong indentation, no space after an earlier ':', or unquoted text with ': '"
    INDENTATION = "the indentation does not match the lines above"
    OPEN_QUOTE = "unclosed quote"
    NO_KEY_END = "missing ':' after this key"
    NO_NAME = "missing name after '*' or '&'"
    OPEN_BRACE = "missing ',' or '}'"
    OPEN_BRACKET = "missing ',' or ']'"
    TAG = "YAML tags are not supported"


_FAULTS = {
    "mapping values are not allowed": _Fault.COLON,
    "did not find expected alphabetic or numeric": _Fault.NO_NAME,
    "expected alphabetic or numeric character": _Fault.NO_NAME,
    "did not find expected key": _Fault.INDENTATION,
    "expected <block end>": _Fault.INDENTATION,
    "expected '<document start>'": _Fault.INDENTATION,
    "did not find expected <document start>": _Fault.INDENTATION,
    "did not find expected '-' indicator": _Fault.INDENTATION,
    "could not find expected ':'": _Fault.NO_KEY_END,
    "did not find expected ',' or '}'": _Fault.OPEN_BRACE,
    "expected ',' or '}'": _Fault.OPEN_BRACE,
    "did not find expected ',' or ']'": _Fault.OPEN_BRACKET,
    "expected ',' or ']'": _Fault.OPEN_BRACKET,
    "found unexpected end of stream": _Fault.OPEN_QUOTE,
    "found undefined tag handle": _Fault.TAG,
}
"""The start of the parsers' messages, which have no codes."""
