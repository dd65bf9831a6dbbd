"""Problems for programs: JSON, and annotations for GitHub Actions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from telemap.terminal_text import terminal_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.problem import Problem
    from telemap.problem.place import Place


def as_json(problems: Iterable[Problem]) -> str:
    """Return problems as a JSON array: code, severity, message, file, location (from 1), help, related location."""
    records = ",\n".join(f"  {json.dumps(as_record(problem))}" for problem in problems)
    return f"[\n{records}\n]" if records else "[]"


def as_github(problem: Problem) -> str:
    """Return a problem as a workflow command of GitHub Actions, which shows it beside the line.

    Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    lines = [problem.message, *([f"help: {problem.help}"] if problem.help else [])]
    title = f"telemap: {problem.code}"
    return annotation(problem.severity.value, problem.place or problem.file, title, lines)


def annotation(kind: str, where: Place | str, title: str, lines: Iterable[str]) -> str:
    """Return a workflow command of GitHub Actions that annotates a location or a whole file.

    Args:
        kind: `error`, `warning` or `notice`.
        where: a location, or the name of a file.
        title: the title of the message.
        lines: the message.
    """
    properties = {"file": where if isinstance(where, str) else where.file, "title": title}
    if not isinstance(where, str):
        span = where.span
        properties |= {"line": str(span.line), "endLine": str(span.end_line), "col": str(span.column)}
        if span.end_line == span.line:
            properties["endColumn"] = str(span.end_column)
    listed = ",".join(f"{name}={_escape_property(value)}" for name, value in properties.items())
    return f"::{kind} {listed}::{'%0A'.join(map(_escape, lines))}"


def as_record(problem: Problem) -> dict[str, Any]:
    """Return a problem as an object of JSON, as `as_json` lists it."""
    related = None
    if problem.related is not None:
        place, note = problem.related
        related = {"file": place.file, **_span(place), "message": note}
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.message,
        "file": problem.file,
        **(_span(problem.place) if problem.place else {}),
        "help": problem.help,
        "related": related,
    }


def _span(place: Place) -> dict[str, int]:
    span = place.span
    return {"line": span.line, "column": span.column, "end_line": span.end_line, "end_column": span.end_column}


def _escape(text: str) -> str:
    return terminal_text(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
