"""In place of Python's package of this name, of which Pyodide asks for one function when it starts."""

from __future__ import annotations

from typing import NoReturn


def get_event_loop() -> NoReturn:
    """Refuse: questions are answered one after the other."""
    raise RuntimeError("the playground has no event loop")
