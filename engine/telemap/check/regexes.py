"""Read regular expressions, and warn of those that hostile text could make slow."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from importlib import import_module
from math import inf, prod
from typing import TYPE_CHECKING, Any

from telemap.regex.ambiguity import REPEATS, ambiguous_loop, any_runs, groups, has_loop, same_side_by_side
from telemap.regex.characters import BEYOND_LATIN, OTHER_DIGITS, characters
from telemap.check.limits_of_all_files import MAX_REGEX_CHARACTERS, MAX_SET_CHARACTERS

if TYPE_CHECKING:
    from telemap.regex.ambiguity import Tokens
    from telemap.reading.node_reader import Findings
    from telemap.document.nodes import Node

_MOST_RUNS = 2
"""Most `.*` of a regex that no warning is about."""

MAX_LENGTH = 10_000
"""Longest regex, in characters: no honest one comes near."""

_LAST_OF_PLANE = 0xFFFF

_FEW_TEXTS = 1000
"""Most texts of a group that bound a label."""

_FEW_REPEATS = 10
"""From more repetitions on, even of two characters, there are more texts than that."""


def read_regex(findings: Findings, node: Node, what: str) -> re.Pattern[str] | None:
    """Read a regular expression of Python's `re`."""
    text = findings.text(node, what)
    if text is None:
        return None
    if len(text) > MAX_LENGTH:
        message = f"{what} has {len(text):,} characters, and may have {MAX_LENGTH:,}"
        findings.error("regex-syntax", node, message)
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tokens, _ = _parse(text)
            compiled = re.compile(text) if _has_room(findings, node, text, tokens) else None
    except (re.error, RecursionError, OverflowError, Warning) as error:
        findings.error("regex-syntax", node, f"{what} is no regular expression: {error}", _way_out(str(error)))
        return None
    if compiled is not None:
        advise_regex(findings, node, what, text)
    return compiled


_WAYS_OUT = {
    "missing )": "a literal ( is written \\(",
    "unbalanced parenthesis": "a literal ) is written \\)",
    "unterminated character set": "a literal [ is written \\[",
    "nothing to repeat": "a literal * is written \\*, and so are + and ?",
    "multiple repeat": "a literal * is written \\*, and so are + and ?",
}
"""What was most likely meant, by how Python's message begins."""


def _way_out(error: str) -> str | None:
    return next((words for begin, words in _WAYS_OUT.items() if error.startswith(begin)), None)


def _has_room(findings: Findings, node: Node, text: str, tokens: Tokens) -> bool:
    """Bound all regexes together; tell whether one more can be compiled."""
    totals = findings.totals
    if text not in totals.regexes:
        totals.regexes.add(text)
        totals.regex_characters += len(text)
        totals.set_characters += _count_in_sets(tokens)
    long = totals.regex_characters > MAX_REGEX_CHARACTERS
    wide = totals.set_characters > MAX_SET_CHARACTERS
    if long and totals.passes("regexes", totals.regex_characters, MAX_REGEX_CHARACTERS):
        findings.error("too-complex", node, f"all regexes together have more than {MAX_REGEX_CHARACTERS:,} characters")
    elif wide and totals.passes("sets", totals.set_characters, MAX_SET_CHARACTERS):
        message = f"the sets of all regexes, such as [a-z], have more than {MAX_SET_CHARACTERS:,} characters together"
        findings.error("too-complex", node, message, "\\w, \\S and the like cost nothing")
    elif long or wide:
        findings.errors += 1
    return not (long or wide)


def _count_in_sets(tokens: Tokens) -> int:
    """Count the characters of the sets of a regex: Python writes them out, and those of the first plane one by one."""
    found = 0
    for operator, argument in tokens:
        if str(operator) == "IN":
            ranges = (member for name, member in argument if str(name) == "RANGE")
            found += sum(min(last, _LAST_OF_PLANE) - min(first, _LAST_OF_PLANE) for first, last in ranges)
        found += sum(map(_count_in_sets, groups(argument)))
    return found


def read_extract(findings: Findings, node: Node, what: str) -> str | None:
    """Read the regex of `extract`, which has one group."""
    compiled = read_regex(findings, node, what)
    if compiled is None:
        return None
    if compiled.groups != 1:
        findings.error(
            "regex-groups",
            node,
            f"{what} must have one group, this has {compiled.groups}",
            "write (?:...) for the others" if compiled.groups else "put ( ) around what is wanted",
        )
        return None
    return compiled.pattern


def advise_regex(findings: Findings, node: Node, what: str, text: str) -> None:
    """Warn of a regular expression that hostile text could make slow."""
    if danger := _danger(text):
        findings.warning(
            "regex-slow",
            node,
            f"{what} has {danger}: hostile text can make it slow, and telemap cuts it off after 50 ms a batch",
            "say what may stand there, such as [^ ]+",
        )


def has_few_texts(pattern: str) -> bool:
    """Tell whether what a regex's group finds is one of a few texts, such as `(GET|PUT)`."""
    tokens, flags = _parse(pattern)
    group = _first_group(tokens)
    return group is not None and _count_texts(group, flags) <= _FEW_TEXTS


@lru_cache(maxsize=1024)
def _danger(pattern: str) -> str | None:
    """Name what makes a regex slow on some text."""
    try:
        tokens, flags = _parse(pattern)
        body = ambiguous_loop(tokens, flags)
        if body is not None:
            return f"a quantifier {'inside a quantifier' if has_loop(body) else 'around parts that overlap'}"
        if same_side_by_side(tokens, flags):
            return "two quantifiers of the same characters side by side"
        runs = any_runs(tokens, flags)
    except RecursionError:
        return "too many groups inside groups"
    return f"{runs} times '.*'" if runs > _MOST_RUNS else None


def _parse(pattern: str) -> tuple[Tokens, int]:
    parsed = import_module("re._parser").parse(pattern)  # which has no types, and which only a check needs
    return list(parsed), int(parsed.state.flags)


def _first_group(tokens: Tokens) -> Tokens | None:
    """Find the first group that captures."""
    for operator, argument in tokens:
        if str(operator) == "SUBPATTERN" and argument[0] is not None:
            return list(argument[3])
        for inner in groups(argument):
            if (found := _first_group(inner)) is not None:
                return found
    return None


def _count_texts(tokens: Tokens, flags: int) -> float:
    """Count the texts that a stretch of a regex can take, one from the other not told."""
    return prod(_count_token(str(operator), argument, flags) for operator, argument in tokens)


def _count_token(operator: str, argument: Any, flags: int) -> float:
    mask = characters(operator, argument, flags)
    if operator in {"LITERAL", "AT", "ASSERT", "ASSERT_NOT"}:
        return 1
    if mask is not None:
        mask &= ~OTHER_DIGITS  # `\d` takes the digits of all scripts, logs have ASCII's
        return mask.bit_count() if mask < BEYOND_LATIN else inf
    if operator == "SUBPATTERN":
        return _count_texts(argument[3], flags)
    if operator == "BRANCH":
        return sum(_count_texts(branch, flags) for branch in argument[1])
    return _count_repeated(argument, flags) if operator in REPEATS else inf


def _count_repeated(argument: Any, flags: int) -> float:
    least, most, body = argument
    texts = _count_texts(body, flags)
    if int(most) > _FEW_TEXTS or (texts > 1 and int(most) > _FEW_REPEATS) or texts > _FEW_TEXTS:
        return inf
    return float(sum(texts**number for number in range(int(least), int(most) + 1)))
