"""Templates of `replace`: text with references to groups of a regex."""

from __future__ import annotations

import re
from typing import Final

MAX_TEMPLATE: Final = 1024
"""Maximum length of a template in characters: no label is longer."""

_REFERENCE: Final = re.compile(
    r"\\(?: (?P<number> [1-9][0-9]? ) | g< (?P<name> [^>]* ) > | (?P<backslash> \\ ) )", re.VERBOSE
)

Part = str | int
"""Text, or the number of a group."""


class TemplateError(ValueError):
    """A template is invalid; the message says why."""


def read_template(template: str, pattern: re.Pattern[str]) -> tuple[Part, ...]:
    r"""Read a template: `\1` and `\g<name>` are groups, `\g<0>` is the whole match, and `\\` is a backslash.

    Raises:
        TemplateError: it is too long, names a group that the regex does not have, or has another backslash.
    """
    if len(template) > MAX_TEMPLATE:
        raise TemplateError(f"has {len(template):,} characters; at most {MAX_TEMPLATE:,} are allowed")
    parts: list[Part] = []
    position = 0
    while (start := template.find("\\", position)) >= 0:
        match = _REFERENCE.match(template, start)
        if match is None:
            raise TemplateError(f"has '{template[start : start + 2]}', which is no group; write a backslash as '\\\\'")
        parts += (template[position:start], "\\" if match["backslash"] else _group(match, pattern))
        position = match.end()
    return tuple(part for part in (*parts, template[position:]) if part != "")


def _group(match: re.Match[str], pattern: re.Pattern[str]) -> int:
    """Return the number of a group."""
    name = match["number"] or match["name"]
    number = int(name) if name.isascii() and name.isdigit() and len(name) < 4 else pattern.groupindex.get(name)
    if number is None or number > pattern.groups:
        raise TemplateError(f"has '{match[0]}', but the regex has no such group")
    return number
