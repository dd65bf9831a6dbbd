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
from telemap.cli.playground.watchdog import TooLongError, Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_SESSIONS: Final = 4
"""Tabs whose mapping and events are kept parsed; a fifth takes the place of the one not used for longest."""


_LOOK_SECONDS: Final = 0.5
"""Longest wait until Ctrl-C is noticed that was pressed just before a wait for questions began."""


MAX_SECONDS: Final = 15.0
"""CPU time of a question, after which it is given up: the mapping takes too long for a page beside which one types."""


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
        seconds: CPU time that a question may take.
    """

    def __init__(self, seconds: float = MAX_SECONDS) -> None:
        self._seconds = seconds
        self._waiting: queue.SimpleQueue[Question] = queue.SimpleQueue()
        self._sessions: OrderedDict[str, Answering] = OrderedDict()

    def ask(self, question: Question) -> bytes:
        """Return the answer, as JSON; called by any thread.

        Raises:
            NotAnsweredError: there is none.
        """
        self._waiting.put(question)
        return question.wait()

    def answer_for_ever(self, new_session: Callable[[], Answering], refusal: type[Exception]) -> None:
        """Answer on this thread, which must be the main one, until Ctrl-C.

        Args:
            new_session: returns what answers the questions of a new tab.
            refusal: the exception that says what is wrong with a question.
        """
        watchdog = Watchdog(self._seconds)
        with watchdog.on_duty():
            while True:
                with contextlib.suppress(queue.Empty):
                    question = self._waiting.get(timeout=_LOOK_SECONDS)
                    try:
                        with watchdog.watching():
                            self._answer(question, new_session, refusal)
                    except TooLongError:
                        self._sessions.pop(question.session, None)  # what it was doing is half done
                        message = f"this takes more than {self._seconds:g} s, so it was given up: use fewer events"
                        question.finish(NotAnsweredError(message, is_fault=True))

    def _answer(self, question: Question, new_session: Callable[[], Answering], refusal: type[Exception]) -> None:
        if not question.is_wanted():  # the page has asked something newer meanwhile
            question.finish(NotAnsweredError("nobody waits for the answer", is_fault=False))
            return
        try:
            answer = self._session(question.session, new_session).ask(question.name, question.arguments)
            question.finish(to_json(answer))
        except refusal as error:
            question.finish(NotAnsweredError(str(error), is_fault=False))
        except Exception as error:  # noqa: BLE001 - a fault in one answer must not end the others
            message = f"internal error in telemap: {type(error).__name__}: {error}"
            say(f"question {question.name!r}: {message}")
            question.finish(NotAnsweredError(message, is_fault=True))

    def _session(self, name: str, new_session: Callable[[], Answering]) -> Answering:
        session = self._sessions.pop(name, None) or new_session()
        self._sessions[name] = session
        if len(self._sessions) > MAX_SESSIONS:
            self._sessions.popitem(last=False)
        return session
