"""Answer questions on the main thread, one after another.

Regexes are bounded by a timer whose signal only the main thread gets; all else of HTTP is on threads.
"""

from __future__ import annotations

import contextlib
import json
import queue
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, Protocol

from telemap.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_SESSIONS: Final = 4
"""Tabs whose mapping and events are kept parsed; a fifth takes the place of the one not used for longest."""


_LOOK_SECONDS: Final = 0.5
"""Longest wait until Ctrl-C is noticed that was pressed just before a wait for questions began."""


def to_json(value: Any) -> bytes:
    """Return a value as JSON, in ASCII.

    Raises:
        ValueError: there is a number in it that JSON does not have.
    """
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


class Answering(Protocol):
    """What answers the questions of one tab."""

    def ask(self, question: str, arguments: dict[str, Any]) -> Any:
        """Return the answer, which is JSON."""


class NotAnsweredError(Exception):
    """There is no answer.

    Attributes:
        is_fault: whether that is a fault of telemap; otherwise the question is not valid.
    """

    def __init__(self, message: str, *, is_fault: bool) -> None:
        self.is_fault = is_fault
        super().__init__(message)


class Question:
    """A question that waits for its answer.

    Args:
        session: the name of the tab's session.
        name: of the question.
        arguments: its arguments.
        is_wanted: returns whether somebody still waits for the answer.
    """

    def __init__(self, session: str, name: str, arguments: dict[str, Any], is_wanted: Callable[[], bool]) -> None:
        self.session = session
        self.name = name
        self.arguments = arguments
        self.is_wanted = is_wanted
        self._is_done = threading.Event()
        self._answer: bytes | NotAnsweredError = b""

    def finish(self, answer: bytes | NotAnsweredError) -> None:
        """Set the answer, or why there is none."""
        self._answer = answer
        self._is_done.set()

    def wait(self) -> bytes:
        """Return the answer when it is there; raise the error if there is none."""
        self._is_done.wait()
        if isinstance(self._answer, NotAnsweredError):
            raise self._answer
        return self._answer


class Questions:
    """The questions that wait, and the sessions that answer them.

    Args:
        new_session: returns what answers the questions of a new tab.
        refusals: the exceptions that say what is wrong with a question.
    """

    def __init__(self, new_session: Callable[[], Answering], refusals: tuple[type[Exception], ...]) -> None:
        self._new_session = new_session
        self._refusals = refusals
        self._waiting: queue.SimpleQueue[Question] = queue.SimpleQueue()
        self._sessions: OrderedDict[str, Answering] = OrderedDict()

    def ask(self, question: Question) -> bytes:
        """Return the answer, as JSON; called by any thread.

        Raises:
            NotAnsweredError: there is none.
        """
        self._waiting.put(question)
        return question.wait()

    def answer_for_ever(self) -> None:
        """Answer on this thread, which must be the main one, until Ctrl-C."""
        while True:
            with contextlib.suppress(queue.Empty):
                self._answer(self._waiting.get(timeout=_LOOK_SECONDS))

    def _answer(self, question: Question) -> None:
        if not question.is_wanted():  # the page has asked something newer meanwhile
            question.finish(NotAnsweredError("nobody waits for the answer", is_fault=False))
            return
        try:
            answer = self._session(question.session).ask(question.name, question.arguments)
            question.finish(to_json(answer))
        except self._refusals as error:
            question.finish(NotAnsweredError(str(error), is_fault=False))
        except Exception as error:  # noqa: BLE001 - a fault in one answer must not end the others
            message = f"internal error in telemap: {type(error).__name__}: {error}"
            say(f"question {question.name!r}: {message}")
            question.finish(NotAnsweredError(message, is_fault=True))

    def _session(self, name: str) -> Answering:
        session = self._sessions.pop(name, None) or self._new_session()
        self._sessions[name] = session
        if len(self._sessions) > MAX_SESSIONS:
            self._sessions.popitem(last=False)
        return session
