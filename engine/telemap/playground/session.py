"""Answer questions about a mapping and events, which are kept between questions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from telemap.playground.arguments import Arguments, QuestionError
from telemap.playground.conversion import convert
from telemap.playground.copied_queries import queries
from telemap.playground.evaluation import evaluate
from telemap.playground.reports import cardinality, difference, unmatched
from telemap.playground.state import State
from telemap.playground.test_file import as_test
from telemap.playground.traces import explain, series, trace
from telemap.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.playground.work import Work

Answer = dict[str, Any]


class Session:
    """Answers questions about the mapping and the events that `evaluate` was given last.

    Regexes are bounded on the main thread only: ask there.

    Args:
        folder: the folder that must contain the files that mappings include; None if they may include none.
    """

    def __init__(self, folder: str | None = None) -> None:
        self._state = State(folder)

    def ask(self, question: str, arguments: Any) -> Answer:
        """Answer a question.

        Args:
            question: its name.
            arguments: an object, as decoded from JSON.

        Returns:
            The answer, for `json.dumps`.

        Raises:
            QuestionError: there is no such question, or the arguments are wrong.
        """
        read = Arguments(question, arguments)
        if question in _OF_ANYTHING:
            return _OF_ANYTHING[question](self._state, read)
        if question not in _OF_WORK:
            raise QuestionError(f"unknown question {question!r}")
        work = self._state.work
        if work is not None:
            return _OF_WORK[question](work, read)
        return {"unavailable": True} if self._state.has_events else {"unavailable": True, "unknown_session": True}


def _hello(_state: State, arguments: Arguments) -> Answer:
    arguments.end()
    return {"version": VERSION, "python": ".".join(map(str, sys.version_info[:3]))}


def _paths(state: State, arguments: Arguments) -> Answer:
    arguments.end()
    return {"types": state.events.paths}


_OF_ANYTHING: Final[dict[str, Callable[[State, Arguments], Answer]]] = {
    "hello": _hello,
    "evaluate": evaluate,
    "convert": convert,
    "difference": difference,
    "paths": _paths,
}
"""The questions that are answered with any mapping."""

_OF_WORK: Final[dict[str, Callable[[Work, Arguments], Answer]]] = {
    "trace": trace,
    "series": series,
    "explain": explain,
    "cardinality": cardinality,
    "unmatched": unmatched,
    "as_test": as_test,
    "queries": queries,
}
"""The questions that need a mapping without errors."""
