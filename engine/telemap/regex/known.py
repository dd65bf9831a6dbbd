"""A regex with its properties, each computed once."""

from __future__ import annotations

import re
import warnings
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from telemap.regex.ambiguity import Loops, any_runs, groups, same_side_by_side
from telemap.regex.texts import groups_with_few_texts, has_few_texts

if TYPE_CHECKING:
    from telemap.regex.ambiguity import Tokens


_LAST_OF_PLANE = 0xFFFF

_EACH_SET = 200
"""Number of characters that take as long as the rest of a set."""

_MAX_RUNS = 2
"""Maximum number of `.*` in a regex without a warning."""


class Regex:
    """A regex of Python's `re`. Its properties raise the same exceptions as `re.compile`, including warnings.

    Args:
        text: the regex as written.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """Compile it."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.compile(self.text)

    @cached_property
    def characters_of_sets(self) -> int:
        """Return the number of characters in its sets."""
        return _count_in_sets(self._parsed[0])

    @cached_property
    def slowness(self) -> str | None:
        """Return what makes it slow on some text; None if nothing does."""
        return _slowness(*self._parsed)

    @cached_property
    def has_few_texts(self) -> bool:
        """Return whether its group can match only a few texts, such as `(GET|PUT)`."""
        return has_few_texts(*self._parsed)

    @cached_property
    def names_with_few_texts(self) -> frozenset[str]:
        """Return the named groups that can match only a few texts."""
        numbers = groups_with_few_texts(*self._parsed)
        return frozenset(name for name, number in self.compiled.groupindex.items() if number in numbers)

    @cached_property
    def _parsed(self) -> tuple[Tokens, int]:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return _parse(self.text)


def _parse(pattern: str) -> tuple[Tokens, int]:
    """Return the tokens and the flags of a regex; raises the same exceptions as `re.compile`."""
    parsed = import_module("re._parser").parse(pattern)  # which has no types, and which only a check needs
    return parsed.data, int(parsed.state.flags)


def _count_in_sets(tokens: Tokens) -> int:
    """Count the characters in the sets of a regex, which Python expands."""
    found = 0
    for operator, argument in tokens:
        if str(operator) == "IN":
            ranges = (member for name, member in argument if str(name) == "RANGE")
            found += sum(min(last, _LAST_OF_PLANE) - min(first, _LAST_OF_PLANE) for first, last in ranges)
            found += _EACH_SET
        found += sum(map(_count_in_sets, groups(argument)))
    return found


def _slowness(tokens: Tokens, flags: int) -> str | None:
    """Return what makes a parsed regex slow on some text; None if nothing does."""
    try:
        loops = Loops(flags)
        body = loops.find_ambiguous(tokens)
        if body is not None:
            return f"a quantifier {'inside a quantifier' if loops.has_loop(body) else 'around overlapping parts'}"
        if same_side_by_side(tokens, flags):
            return "two adjacent quantifiers that match the same characters"
        runs = any_runs(tokens, flags)
    except RecursionError:
        return "too many nested groups"
    return f"'.*' {runs} times" if runs > _MAX_RUNS else None
