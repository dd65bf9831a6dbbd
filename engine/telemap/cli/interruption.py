"""Ctrl-C that stops long work between two steps, so that its result so far can be used."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class Interruption:
    """Raise `KeyboardInterrupt` on Ctrl-C: at once, but within `held` only at its end.

    Does nothing if SIGINT is ignored or has another handler.
    """

    def __init__(self) -> None:
        self._is_ours = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        self._is_held = False
        self._is_pending = False

    def __enter__(self) -> Interruption:
        if self._is_ours:
            signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Postpone Ctrl-C to the end of the block.

        Raises:
            KeyboardInterrupt: at the end, if Ctrl-C was pressed in the meantime.
        """
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        if self._is_pending:
            self._is_pending = False
            raise KeyboardInterrupt

    def _on_signal(self, _signal: int, _frame: FrameType | None) -> None:
        if not self._is_held:
            raise KeyboardInterrupt
        self._is_pending = True
