"""Python's own parse of a regular expression."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from telemap.regex.ambiguity import groups

if TYPE_CHECKING:
    from telemap.regex.ambiguity import Tokens

_LAST_OF_PLANE = 0xFFFF

_EACH_SET = 200
"""How many more characters take as long as the rest of a set."""


def parse_regex(pattern: str) -> tuple[Tokens, int]:
    """Return the tokens and the flags of a regular expression; raises what `re.compile` raises."""
    parsed = import_module("re._parser").parse(pattern)  # which has no types, and which only a check needs
    return parsed.data, int(parsed.state.flags)


def count_in_sets(tokens: Tokens) -> int:
    """Count the characters of the sets of a regex: Python writes them out, and those of the first plane one by one."""
    found = 0
    for operator, argument in tokens:
        if str(operator) == "IN":
            ranges = (member for name, member in argument if str(name) == "RANGE")
            found += sum(min(last, _LAST_OF_PLANE) - min(first, _LAST_OF_PLANE) for first, last in ranges)
            found += _EACH_SET
        found += sum(map(count_in_sets, groups(argument)))
    return found
