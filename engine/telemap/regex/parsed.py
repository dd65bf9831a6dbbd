"""Python's own parse of a regular expression."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

from telemap.regex.ambiguity import groups

if TYPE_CHECKING:
    from telemap.regex.ambiguity import Tokens

_LAST_OF_PLANE = 0xFFFF

_IGNORING_CASE = 8


def parse_regex(pattern: str) -> tuple[Tokens, int]:
    """Return the tokens and the flags of a regular expression; raises what `re.compile` raises."""
    parsed = import_module("re._parser").parse(pattern)  # which has no types, and which only a check needs
    return parsed.data, int(parsed.state.flags)


def count_in_sets(tokens: Tokens, flags: int) -> int:
    """Count the characters of the sets of a regex: Python writes them out, and those of the first plane one by one.

    Where case is ignored, each of them takes longer, and counts for several.
    """
    found = 0
    each = _IGNORING_CASE if flags & re.IGNORECASE else 1
    for operator, argument in tokens:
        if str(operator) == "IN":
            ranges = (member for name, member in argument if str(name) == "RANGE")
            found += each * sum(min(last, _LAST_OF_PLANE) - min(first, _LAST_OF_PLANE) for first, last in ranges)
        inner = flags | argument[1] if str(operator) == "SUBPATTERN" else flags
        found += sum(count_in_sets(group, inner) for group in groups(argument))
    return found
