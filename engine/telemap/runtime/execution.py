"""Execute generated code, with a few functions as its only names."""

from __future__ import annotations

from bisect import bisect_left
from types import CodeType
from typing import TYPE_CHECKING, Any, Final

from telemap.label_text import label_text
from telemap.path import SEVERAL
from telemap.runtime.nodes import are_numbers, equal, first, members
from telemap.runtime.regexes import CutOff, caught
from telemap.runtime.values import product

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.plan import Bindings, Handler

_WORLD: Final = {
    "CutOff": CutOff,
    "are_numbers": are_numbers,
    "bisect_left": bisect_left,
    "caught": caught,
    "equal": equal,
    "first": first,
    "label_text": label_text,
    "members": members,
    "nothing": {},  # read, never written
    "product": product,
    "several": SEVERAL,
}


def to_code(source: str, name: str) -> CodeType:
    """Compile generated source to code; tracebacks show the plan's name as the file."""
    return compile(source, f"<plan of {name}>", "exec")


def execute(code: CodeType) -> Callable[[Bindings], tuple[Handler, ...]]:
    """Return the function that binds a plan: it executes the code with the given names, and returns `handlers`.

    Raises:
        TypeError: it is not code.
    """
    if not isinstance(code, CodeType):
        raise TypeError("no code")

    def bind(bindings: Bindings) -> tuple[Handler, ...]:
        namespace: dict[str, Any] = {**_WORLD, **bindings._asdict()}
        # The source is ours: it contains names for user text, never the text itself.
        exec(code, namespace)  # noqa: S102
        handlers: tuple[Handler, ...] = namespace["handlers"]
        return handlers

    return bind
