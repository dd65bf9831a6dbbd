"""Answer what a page asks while somebody edits a mapping and events beside it.

A `Session` is all that the local server and the worker in a browser use. Questions and answers are values for
`json.dumps`; their fields are described in `playground/src/answers.ts`.
"""

from telemap.playground.arguments import QuestionError
from telemap.playground.session import Session

__all__ = ["QuestionError", "Session"]
