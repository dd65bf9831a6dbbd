"""Run generated code: what it knows of the world are these few functions."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from telemap.label_text import label_text
from telemap.path import SEVERAL
from telemap.runtime.nodes import are_numbers, equal, members
from telemap.runtime.regexes import CutOff, caught

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

    from telemap.plan import Bindings, Handler


def to_code(source: str, name: str) -> CodeType:
    """Turn generated source into code; tracebacks show the plan's name as its file."""
    return compile(source, f"<plan of {name}>", "exec")


def execute(code: CodeType) -> Callable[[Bindings], tuple[Handler, ...]]:
    """Execute the code of a plan; give the function `bind` that it defines."""
    namespace = {
        "CutOff": CutOff,
        "are_numbers": are_numbers,
        "bisect_left": bisect_left,
        "caught": caught,
        "equal": equal,
        "label_text": label_text,
        "members": members,
        "nothing": {},  # read, never written
        "several": SEVERAL,
    }
    # The source is ours: user text is bound by name and never stands in it.
    exec(code, namespace)  # noqa: S102
    return namespace["bind"]  # type: ignore[return-value]
