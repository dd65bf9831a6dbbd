"""Say YAML's syntax errors in the words of someone who writes a mapping, with the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

    from telemap.document.text import SourceText


def advice(source: SourceText, at: int, error: yaml.MarkedYAMLError) -> tuple[str, str | None]:
    """Give message and help for a syntax error.

    libyaml and PyYAML's own parser word the same fault differently; the frequent ones have one wording here.

    Args:
        source: the file.
        at: offset of the character that the parser stumbled over.
        error: what the parser said.
    """
    character = source.text[at : at + 1]
    line = source.line(source.span(at, at).line)
    if character == "\t":
        return "a tab cannot indent", "indent with spaces"
    if character and character in "@`%":
        return f"text cannot begin with {character!r} here", "put the text in quotes"
    if character and character in "{[,}]" and "$" in line:
        return f"unexpected {character!r}", "inside { } and [ ], a path with brackets and ${...} need quotes"
    return _wording(error), _help(line, character)


def _wording(error: yaml.MarkedYAMLError) -> str:
    """Reduce the parsers' wordings to what they share."""
    problem = (error.problem or "the YAML is not well-formed").split(", but ")[0]
    for beginning, ours in _SAME.items():
        if problem.startswith(beginning):
            return ours
    return f"{error.context}, {problem}" if error.context else problem


def _help(line: str, character: str) -> str | None:
    if character == "*" or (line.lstrip().startswith(("-", "from:")) and "*" in line):
        return "text that begins with '*' needs quotes"
    return None


_SAME = {
    "mapping values are not allowed": (
        "':' is not allowed here: wrong indentation, no space after a ':' before, or text with ': ' without quotes"
    ),
    "did not find expected alphabetic or numeric": "a name must follow '*' or '&'",
    "expected alphabetic or numeric character": "a name must follow '*' or '&'",
    "did not find expected key": "the indentation does not fit the lines before",
    "expected <block end>": "the indentation does not fit the lines before",
    "expected '<document start>'": "the indentation does not fit the lines before",
    "did not find expected <document start>": "the indentation does not fit the lines before",
    "did not find expected '-' indicator": "the indentation does not fit the lines before",
    "could not find expected ':'": "a ':' is missing after this key",
    "did not find expected ',' or '}'": "a ',' or '}' is missing",
    "expected ',' or '}'": "a ',' or '}' is missing",
    "did not find expected ',' or ']'": "a ',' or ']' is missing",
    "expected ',' or ']'": "a ',' or ']' is missing",
    "found unexpected end of stream": "a quote is not closed",
    "found undefined tag handle": "YAML tags are not part of the language",
}
