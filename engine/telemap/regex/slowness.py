"""What makes a regular expression slow on some text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.regex.ambiguity import Loops, any_runs, same_side_by_side

if TYPE_CHECKING:
    from telemap.regex.ambiguity import Tokens

_MOST_RUNS = 2
"""Most `.*` of a regex that no warning is about."""


def slowness(tokens: Tokens, flags: int) -> str | None:
    """Return what makes a parsed regex slow on some text; None where nothing does."""
    try:
        loops = Loops(flags)
        body = loops.find_ambiguous(tokens)
        if body is not None:
            return f"a quantifier {'inside a quantifier' if loops.has_loop(body) else 'around parts that overlap'}"
        if same_side_by_side(tokens, flags):
            return "two quantifiers of the same characters side by side"
        runs = any_runs(tokens, flags)
    except RecursionError:
        return "too many groups inside groups"
    return f"{runs} times '.*'" if runs > _MOST_RUNS else None
