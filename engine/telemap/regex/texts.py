"""Count the texts that a regex can match."""

from __future__ import annotations

from math import inf, prod
from typing import TYPE_CHECKING, Any

from telemap.regex.ambiguity import REPEATS, groups
from telemap.regex.characters import BEYOND_LATIN, OTHER_DIGITS, characters

if TYPE_CHECKING:
    from telemap.regex.ambiguity import Tokens

_FEW_TEXTS = 1000
"""Maximum number of texts of a group that bounds a label."""

_FEW_REPEATS = 10
"""With more repetitions, even of two characters, there are more texts than that."""


def has_few_texts(tokens: Tokens, flags: int) -> bool:
    """Return whether the group of a parsed regex can match only a few texts, such as `(GET|PUT)`."""
    group = _first_group(tokens)
    return group is not None and _count_texts(group, flags) <= _FEW_TEXTS


def groups_with_few_texts(tokens: Tokens, flags: int) -> set[int]:
    """Return the numbers of the groups of a parsed regex that can match only a few texts."""
    found = set()
    pending = [tokens]
    while pending:
        for operator, argument in pending.pop():
            if str(operator) == "SUBPATTERN" and argument[0] is not None:
                body: Tokens = argument[3].data
                if _count_texts(body, flags) <= _FEW_TEXTS:
                    found.add(int(argument[0]))
            pending += groups(argument)
    return found


def _first_group(tokens: Tokens) -> Tokens | None:
    """Return the first capturing group."""
    for operator, argument in tokens:
        if str(operator) == "SUBPATTERN" and argument[0] is not None:
            body: Tokens = argument[3].data
            return body
        for inner in groups(argument):
            if (found := _first_group(inner)) is not None:
                return found
    return None


def _count_texts(tokens: Tokens, flags: int) -> float:
    """Count the texts that part of a regex can match; equal texts count separately."""
    return prod(_count_token(str(operator), argument, flags) for operator, argument in tokens)


def _count_token(operator: str, argument: Any, flags: int) -> float:
    mask = characters(operator, argument, flags)
    if operator in {"LITERAL", "AT", "ASSERT", "ASSERT_NOT"}:
        return 1
    if mask is not None:
        mask &= ~OTHER_DIGITS  # `\d` matches the digits of all scripts, but logs have those of ASCII
        return mask.bit_count() if mask < BEYOND_LATIN else inf
    if operator == "SUBPATTERN":
        return _count_texts(argument[3].data, flags)
    if operator == "BRANCH":
        return sum(_count_texts(branch.data, flags) for branch in argument[1])
    return _count_repeated(argument, flags) if operator in REPEATS else inf


def _count_repeated(argument: Any, flags: int) -> float:
    least, most, body = argument
    texts = _count_texts(body.data, flags)
    if int(most) > _FEW_TEXTS or (texts > 1 and int(most) > _FEW_REPEATS) or texts > _FEW_TEXTS:
        return inf
    return float(sum(texts**number for number in range(int(least), int(most) + 1)))
