"""Answer the page's questions in its worker."""

from __future__ import annotations

import json

from telemap.playground import QuestionError, Session

_session = Session()


def answer(question: str, arguments: str) -> str:
    """Return the answer to a question as JSON: `{"answer": ...}`, or `{"refused": message}`.

    Args:
        question: its name.
        arguments: a JSON object.
    """
    try:
        return json.dumps({"answer": _session.ask(question, json.loads(arguments))})
    except QuestionError as error:
        return json.dumps({"refused": str(error)})
