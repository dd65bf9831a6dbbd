"""Read regular expressions, and warn of those that hostile text could make slow."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telemap.check.findings import Findings
    from telemap.document.nodes import Node

_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
_UNBOUNDED = 1000
"""Repetitions from which on a quantifier counts as open-ended."""

_MOST_RUNS = 2
"""Most `.*` of a regex that no warning is about."""


def read_regex(findings: Findings, node: Node, what: str) -> re.Pattern[str] | None:
    """Read a regular expression of Python's `re`."""
    text = findings.text(node, what)
    if text is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiled = re.compile(text)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        findings.error("regex-syntax", node, f"{what} is no regular expression: {error}")
        return None
    if danger := _danger(text):
        findings.warning(
            "regex-slow",
            node,
            f"{what} has {danger}: hostile text can make it slow, and telemap cuts it off after 50 ms a batch",
            "say what may stand there, such as [^ ]+",
        )
    return compiled


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


def _danger(pattern: str) -> str | None:
    """Name what makes a regex slow on some text."""
    from re import _parser  # type: ignore[attr-defined]  # noqa: PLC0415 - only a check needs it

    runs, nested = _scan(list(_parser.parse(pattern)), inside=False)
    if nested:
        return "a quantifier inside a quantifier"
    return f"{runs} times '.*'" if runs > _MOST_RUNS else None


def _scan(tokens: list[Any], *, inside: bool) -> tuple[int, bool]:
    """Count open-ended runs of any character, and look for nested open-ended quantifiers."""
    runs, nested = 0, False
    for operator, argument in tokens:
        within = inside
        if str(operator) in _REPEATS and int(argument[1]) >= _UNBOUNDED:
            nested = nested or inside
            within = True
            runs += [str(token[0]) for token in argument[2]] == ["ANY"]
        for group in _groups(argument):
            more, deeper = _scan(group, inside=within)
            runs, nested = runs + more, nested or deeper
    return runs, nested


def _groups(argument: Any) -> list[list[Any]]:
    """Give the parsed groups in a token's argument."""
    if type(argument).__name__ == "SubPattern":
        return [list(argument)]
    if isinstance(argument, (list, tuple)):
        return [group for item in argument for group in _groups(item)]
    return []
