"""What makes a regular expression slow on some text."""

from __future__ import annotations

from functools import lru_cache

from telemap.regex.ambiguity import ambiguous_loop, any_runs, has_loop, same_side_by_side
from telemap.regex.parsed import parse_regex

_MOST_RUNS = 2
"""Most `.*` of a regex that no warning is about."""


@lru_cache(maxsize=1024)
def slowness(pattern: str) -> str | None:
    """Return what makes a regex slow on some text; None where nothing does."""
    try:
        tokens, flags = parse_regex(pattern)
        body = ambiguous_loop(tokens, flags)
        if body is not None:
            return f"a quantifier {'inside a quantifier' if has_loop(body) else 'around overlapping parts'}"
        if same_side_by_side(tokens, flags):
            return "two adjacent quantifiers that match the same characters"
        runs = any_runs(tokens, flags)
    except RecursionError:
        return "too many nested groups"
    return f"'.*' {runs} times" if runs > _MOST_RUNS else None
