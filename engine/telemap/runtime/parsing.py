"""Parse the text of records: JSON, logfmt, lines of loggers, named groups of a regex."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, assert_never

from telemap.model import Parser
from telemap.runtime.regexes import CUTS_UNTIL_OFF, CutOff, Switch

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.model import Parse
    from telemap.runtime.regexes import RegexBudget

_PAIR = re.compile(r"""(?<![^\s="])([^\s="]++)=(?:"((?:[^"\\]|\\.)*+)"|([^\s"]*+))""")
"""A logfmt pair: a key, and a value that may be quoted.

Each character matches in only one way, and a key can start in only one place, so a megabyte without `=` is scanned
once, not once per character.
"""

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
"""An escape in a quoted value of logfmt, as in JSON text."""

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def make_parser(parse: Parse, budget: RegexBudget, warn: Callable[[str], None]) -> Callable[[Any], Any]:
    """Return a function that parses the node of `of`.

    The function returns the fields as an object, None if the text does not match, or `CutOff` if a regex was stopped.
    """
    parser = _parser(parse, budget, warn)
    return (lambda value: CutOff if value is CutOff else parser(value)) if parse.path.searches else parser


def _parser(parse: Parse, budget: RegexBudget, warn: Callable[[str], None]) -> Callable[[Any], Any]:
    match parse.parser:
        case Parser.JSON:
            return parse_json
        case Parser.EMF:
            return _emf_parser()
        case Parser.LOGFMT:
            return lambda value: parse_logfmt(_line(value))
        case Parser.LOG:
            return _parse_log
        case Parser.REGEX:
            return _regex_parser(parse.regex, budget, warn)
        case _:
            assert_never(parse.parser)


def _parse_log(value: Any) -> Any:
    from telemap.runtime.log_records import parse_log  # noqa: PLC0415 - its regexes would delay each start

    return parse_log(value)


def parse_json(value: Any) -> dict[str, Any] | None:
    """Parse a JSON object: the whole text, or else from the first `{` to the end.

    An object gets the fields of its `message`, where Lambda's JSON log format puts the line, if that is such text; any
    other object is returned unchanged.
    """
    if type(value) is dict:
        return _with_message(value)
    return _json_object(value.strip())[0] if type(value) is str else None


def _with_message(record: dict[str, Any]) -> dict[str, Any]:
    """Add the fields of an object's message.

    They replace those of the object, as the line itself says more than what the runtime wrote around it. But those of
    JSON that is quoted in a sentence only fill gaps: the object is then an entry of the application's own logger.
    """
    message = record.get("message")
    if type(message) is not str or "{" not in message:
        return record
    fields, is_whole = _json_object(message.strip())
    if fields is None:
        return record
    return {**record, **fields} if is_whole else {**fields, **record}


def _json_object(text: str) -> tuple[dict[str, Any] | None, bool]:
    """Return the JSON object in a text, which may begin with other words, and whether it is the whole text.

    Args:
        text: without white space around it.

    Returns:
        None if the text from its first `{` to its end is not an object.
    """
    whole = _load(text)
    if type(whole) is dict:
        return whole, True
    start = text.find("{")
    rest = _load(text[start:]) if start > 0 else None
    return (rest if type(rest) is dict else None), False


def _load(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def parse_logfmt(text: str | None) -> dict[str, Any] | None:
    """Parse `key=value key="quoted value"`, and skip words without `=`.

    Text without any pair, or with an unclosed quote, is not logfmt.
    """
    if text is None:
        return None
    fields = {}
    for match in _PAIR.finditer(text):
        key, quoted, bare = match.groups()
        if bare == "" and text.startswith('"', match.end()):
            return None
        fields[key] = bare if quoted is None else _unescape(quoted)
    return fields or None


def _emf_parser() -> Callable[[Any], Any]:
    from telemap.embedded_metrics import MARK, read_document  # noqa: PLC0415 - most mappings need none of it

    def parse_emf(value: Any) -> dict[str, Any] | None:
        """Parse a document, the text of one, or an object whose `message` is either."""
        if type(value) is dict and MARK not in value:
            value = value.get("message")
        if type(value) is str:
            value = _json_object(value.strip())[0] if MARK in value else None
        return read_document(value)

    return parse_emf


def _regex_parser(pattern: str, budget: RegexBudget, warn: Callable[[str], None]) -> Callable[[Any], Any]:
    search = budget.searcher(pattern)
    words = f"regex {pattern[:80]!r} was too slow {CUTS_UNTIL_OFF} times: sources that parse with it are off"
    switch = Switch(lambda: warn(words))

    def parse_regex(value: Any) -> Any:
        text = _line(value)
        if text is None:
            return None
        if not switch.live[0]:
            return CutOff
        try:
            match = search(text)
        except CutOff as reason:
            switch.cut(reason)
            return CutOff
        return match and match.groupdict()

    return parse_regex


def _line(value: Any) -> str | None:
    """Return the text of a record: the record itself, or the `message` of Lambda's JSON log format."""
    if type(value) is dict:
        value = value.get("message")
    return value if type(value) is str else None


def _unescape(quoted: str) -> str:
    """Unescape a quoted value; a surrogate pair is one character."""
    if "\\" not in quoted:
        return quoted
    text = _ESCAPE.sub(_character, quoted)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _ESCAPES.get(match[2], match[2])
