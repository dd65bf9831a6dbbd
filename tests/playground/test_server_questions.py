"""Questions of all tabs are answered one after another, whatever becomes of one of them."""

from __future__ import annotations

import json
import re
import threading
from typing import Any

import pytest

from telemap.cli.playground.questions import MAX_SESSIONS, NotAnsweredError, Question, Questions


class WrongQuestionError(ValueError):
    """A question that is not valid."""


class Session:
    """A session whose question says what becomes of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, question: str, arguments: dict[str, Any]) -> Any:
        self.asked.append(question)
        match question:
            case "end":
                raise KeyboardInterrupt
            case "wrong":
                raise WrongQuestionError("no such question")
            case "fault":
                raise RuntimeError("a fault \x1b[31m")
            case "long":
                while True:
                    re.match(r"(a+)+$", "a" * 40 + "b")
            case "not JSON":
                return {"value": float("nan")}
        return {**arguments, "asked": self.asked}


class Asker:
    """Asks questions from threads, as connections do, and keeps what comes of each."""

    def __init__(self, seconds: float = 60.0) -> None:
        self.questions = Questions(seconds)
        self.sessions: list[Session] = []
        self.results: list[Any] = []
        self._threads: list[threading.Thread] = []

    def ask(self, name: str, *, session: str = "tab", is_wanted: bool = True) -> None:
        question = Question(session, name, {}, lambda: is_wanted)
        number = len(self.results)
        self.results.append(None)

        def wait() -> None:
            try:
                self.results[number] = json.loads(self.questions.ask(question))
            except NotAnsweredError as error:
                self.results[number] = (str(error), error.is_fault)

        thread = threading.Thread(target=wait)
        thread.start()
        self._threads.append(thread)

    def answer_all(self) -> list[Any]:
        """Answer until Ctrl-C, which comes with the last question."""

        def end() -> None:
            for thread in self._threads:
                thread.join()
            self.questions.ask(Question("tab", "end", {}, lambda: True))

        threading.Thread(target=end, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            self.questions.answer_for_ever(self._new_session, WrongQuestionError)
        return self.results

    def _new_session(self) -> Session:
        self.sessions.append(Session())
        return self.sessions[-1]


def test_answers_are_json() -> None:
    asker = Asker()
    asker.ask("first")
    assert asker.answer_all() == [{"asked": ["first"]}]


def test_a_question_that_is_not_valid_is_refused() -> None:
    asker = Asker()
    asker.ask("wrong")
    assert asker.answer_all() == [("no such question", False)]


@pytest.mark.parametrize("name", ["fault", "not JSON"])
def test_a_fault_is_told_and_ends_nothing(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    asker = Asker()
    asker.ask(name)
    asker.ask("next")
    (message, is_fault), answer = asker.answer_all()
    assert is_fault
    assert message.startswith("internal error in telemap: ")
    assert "next" in answer["asked"]
    error = capsys.readouterr().err
    assert error.startswith(f"telemap: question {name!r}: internal error in telemap: ")
    assert "\x1b" not in error


def test_what_nobody_waits_for_is_not_answered() -> None:
    asker = Asker()
    asker.ask("old", is_wanted=False)
    asker.ask("new")
    assert asker.answer_all() == [("nobody waits for the answer", False), {"asked": ["new"]}]


def test_what_takes_too_long_is_given_up_and_its_session_forgotten() -> None:
    asker = Asker(seconds=0.2)
    asker.ask("long")
    asker.ask("next")
    (message, is_fault), answer = asker.answer_all()
    assert (message, is_fault) == ("this takes more than 0.2 s, so it was given up: use fewer events", True)
    assert answer == {"asked": ["next"]}


def test_the_sessions_used_last_are_kept() -> None:
    asker = Asker()
    for tab in range(MAX_SESSIONS + 1):
        asker.ask("first", session=f"tab-{tab}")
    asker.answer_all()
    assert len(asker.sessions) == MAX_SESSIONS + 2  # one of them for the question that ends
