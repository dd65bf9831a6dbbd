"""Read regexes, and warn of those that untrusted text could make slow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.check.limits_of_all_files import MAX_REGEX_CHARACTERS, MAX_SET_CHARACTERS

if TYPE_CHECKING:
    from telemap.check.mapping_reader import MappingReader
    from telemap.document.nodes import Node
    from telemap.regex.known import Regex

MAX_LENGTH = 10_000
"""Maximum length of a regex in characters: far more than people write."""


def read_regex(reader: MappingReader, node: Node, what: str) -> re.Pattern[str] | None:
    """Read a regex in the syntax of Python's `re`."""
    text = reader.text(node, what)
    if text is None:
        return None
    if len(text) > MAX_LENGTH:
        message = f"{what} has {len(text):,} characters; at most {MAX_LENGTH:,} are allowed"
        reader.error("regex-syntax", node, message)
        return None
    regex = reader.totals.regex(text)
    try:
        compiled = regex.compiled if _has_room(reader, node, regex) else None
    except (re.error, RecursionError, OverflowError, Warning) as error:
        reader.error(
            "regex-syntax", node, f"{what} is not a valid regular expression: {error}", _hint_for(text, str(error))
        )
        return None
    if compiled is not None:
        advise_regex(reader, node, what, text)
    return compiled


_NAMED_ELSEWHERE = re.compile(r"\(\?<(?![=!])(?P<name>[^>]*)>|\(\?'(?P<quoted>[^']*)'")
"""A named group as in JavaScript, Java, .NET, PCRE and nginx."""


def _hint_for(text: str, error: str) -> str | None:
    """Return how to fix a regex that Python's `re` does not accept."""
    if match := _NAMED_ELSEWHERE.search(text):
        name = match["name"] or match["quoted"] or "name"
        return f"write a named group as (?P<{name}>...), as Python does"
    return next((words for begin, words in _FIXES.items() if error.startswith(begin)), None)


_FIXES = {
    "missing )": "write a literal ( as \\(",
    "unbalanced parenthesis": "write a literal ) as \\)",
    "unterminated character set": "write a literal [ as \\[",
    "nothing to repeat": "write a literal * as \\*; likewise + and ?",
    "bad escape \\K": "leave \\K out: put what is wanted in a group",
    "bad escape \\h": "write [ \\t] for \\h",
    "bad escape \\p": "Python has no \\p{...}: write [^\\W\\d_] for letters, \\d for digits",
    "multiple repeat": "write a literal * as \\*; likewise + and ?",
}
"""The probable mistake, by the start of the message of Python's `re`, which has no codes."""


def _has_room(reader: MappingReader, node: Node, regex: Regex) -> bool:
    """Limit all regexes together; return whether one more can be compiled."""
    totals = reader.totals
    if regex.text not in totals.counted_regexes:
        characters = regex.characters_of_sets
        totals.counted_regexes.add(regex.text)
        totals.regex_characters += len(regex.text)
        totals.set_characters += characters
    long = totals.regex_characters > MAX_REGEX_CHARACTERS
    wide = totals.set_characters > MAX_SET_CHARACTERS
    if long and totals.passes("regexes", totals.regex_characters, MAX_REGEX_CHARACTERS):
        reader.error("too-complex", node, f"all regexes have more than {MAX_REGEX_CHARACTERS:,} characters in total")
    elif wide and totals.passes("sets", totals.set_characters, MAX_SET_CHARACTERS):
        message = f"character sets of all regexes, such as [a-z], have more than {MAX_SET_CHARACTERS:,} characters"
        reader.error("too-complex", node, message, "\\w, \\S and the like do not count")
    elif long or wide:
        reader.errors += 1
    return not (long or wide)


def read_extract(reader: MappingReader, node: Node, what: str) -> str | None:
    """Read the regex of `extract`, which must have one group."""
    compiled = read_regex(reader, node, what)
    if compiled is None:
        return None
    if compiled.groups != 1:
        reader.error(
            "regex-groups",
            node,
            f"{what} must have one group, not {compiled.groups}",
            "use (?:...) for the other groups" if compiled.groups else "put ( ) around the part to extract",
        )
        return None
    return compiled.pattern


def advise_regex(reader: MappingReader, node: Node, what: str, text: str) -> None:
    """Warn of a regex that untrusted text could make slow."""
    if danger := reader.totals.regex(text).slowness:
        reader.warning(
            "regex-slow",
            node,
            f"{what} has {danger}: untrusted text can make it slow, and telemap stops it after 50 ms per batch",
            "match fewer characters, such as [^ ]+",
        )
