"""A listener whose posts a thread waits for, as the main thread of an extension does."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from telemap_lambda.telemetry.listener import Listener
from telemap_lambda.world.arrivals import Arrivals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def listening(take: Callable[[bytes], None], *, is_quick: bool = True) -> Iterator[Listener]:
    """Run a listener for the duration of a context.

    Args:
        take: called with the body of each post.
        is_quick: whether the thread that waits calls it; if not, each post has a thread.
    """
    arrivals = Arrivals()
    listener = Listener(take, arrivals, lambda _: is_quick)
    has_ended = False

    def wait() -> None:
        while not has_ended:
            with arrivals:
                arrivals.wait()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        has_ended = True
        arrivals.wake()
        thread.join()
        listener.close()
