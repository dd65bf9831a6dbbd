"""Say what to do about a problem of a test file."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.check.findings import Findings
    from telemap.document.nodes import Span
    from telemap.problem import Problem

_COMMON = ("this is empty", "must not be empty", "must be a finite number")
"""How messages end for which there is help that fits any key of any file."""


@contextmanager
def advising(findings: Findings, hint: str) -> Iterator[None]:
    """Give problems that are found meanwhile this way out, unless they tell one that fits what is there."""
    known = len(findings.problems)
    yield
    findings.problems[known:] = [_advised(problem, hint) for problem in findings.problems[known:]]


def advise_of_names(findings: Findings, spans: frozenset[Span]) -> None:
    """Say what to do about names that are there twice: `spans` are those of tests' names."""
    for number, problem in enumerate(findings.problems):
        if problem.code == "duplicate-key":
            of_tests = problem.related is not None and problem.related[0].span in spans
            hint = "give each test a name of its own" if of_tests else "leave one of them out"
            findings.problems[number] = _advised(problem, hint)


def _advised(problem: Problem, hint: str) -> Problem:
    has_own = problem.help and not problem.message.endswith(_COMMON)
    return problem if has_own else replace(problem, help=hint)
