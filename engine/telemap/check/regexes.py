"""Read regular expressions, and warn of those that hostile text could make slow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.check.limits_of_all_files import MAX_REGEX_CHARACTERS, MAX_SET_CHARACTERS

if TYPE_CHECKING:
    from telemap.check.mapping_reader import MappingReader
    from telemap.document.nodes import Node
    from telemap.regex.known import Regex

MAX_LENGTH = 10_000
"""Longest regex, in characters: no honest one comes near."""


def read_regex(reader: MappingReader, node: Node, what: str) -> re.Pattern[str] | None:
    """Read a regular expression of Python's `re`."""
    text = reader.text(node, what)
    if text is None:
        return None
    if len(text) > MAX_LENGTH:
        message = f"{what} has {len(text):,} characters, and may have {MAX_LENGTH:,}"
        reader.error("regex-syntax", node, message)
        return None
    regex = reader.totals.regex(text)
    try:
        compiled = regex.compiled if _has_room(reader, node, regex) else None
    except (re.error, RecursionError, OverflowError, Warning) as error:
        reader.error("regex-syntax", node, f"{what} is no regular expression: {error}", _way_out(str(error)))
        return None
    if compiled is not None:
        advise_regex(reader, node, what, text)
    return compiled


_WAYS_OUT = {
    "missing )": "a literal ( is written \\(",
    "unbalanced parenthesis": "a literal ) is written \\)",
    "unterminated character set": "a literal [ is written \\[",
    "nothing to repeat": "a literal * is written \\*, and so are + and ?",
    "multiple repeat": "a literal * is written \\*, and so are + and ?",
}
"""What was most likely meant, by how the message of Python's `re` begins: it has no codes."""


def _way_out(error: str) -> str | None:
    return next((words for begin, words in _WAYS_OUT.items() if error.startswith(begin)), None)


def _has_room(reader: MappingReader, node: Node, regex: Regex) -> bool:
    """Bound all regexes together; return whether one more can be compiled."""
    totals = reader.totals
    if regex.text not in totals.counted_regexes:
        characters = regex.characters_of_sets
        totals.counted_regexes.add(regex.text)
        totals.regex_characters += len(regex.text)
        totals.set_characters += characters
    long = totals.regex_characters > MAX_REGEX_CHARACTERS
    wide = totals.set_characters > MAX_SET_CHARACTERS
    if long and totals.passes("regexes", totals.regex_characters, MAX_REGEX_CHARACTERS):
        reader.error("too-complex", node, f"all regexes together have more than {MAX_REGEX_CHARACTERS:,} characters")
    elif wide and totals.passes("sets", totals.set_characters, MAX_SET_CHARACTERS):
        message = f"the sets of all regexes, such as [a-z], have more than {MAX_SET_CHARACTERS:,} characters together"
        reader.error("too-complex", node, message, "\\w, \\S and the like cost nothing")
    elif long or wide:
        reader.errors += 1
    return not (long or wide)


def read_extract(reader: MappingReader, node: Node, what: str) -> str | None:
    """Read the regex of `extract`, which has one group."""
    compiled = read_regex(reader, node, what)
    if compiled is None:
        return None
    if compiled.groups != 1:
        reader.error(
            "regex-groups",
            node,
            f"{what} must have one group, this has {compiled.groups}",
            "write (?:...) for the others" if compiled.groups else "put ( ) around what is wanted",
        )
        return None
    return compiled.pattern


def advise_regex(reader: MappingReader, node: Node, what: str, text: str) -> None:
    """Warn of a regular expression that untrusted text could make slow."""
    if danger := reader.totals.regex(text).slowness:
        reader.warning(
            "regex-slow",
            node,
            f"{what} has {danger}: hostile text can make it slow, and telemap cuts it off after 50 ms a batch",
            "say what may stand there, such as [^ ]+",
        )
