"""A gateway that is well every other time, and in between down, or odd in one of many ways."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from telemap_lambda.fake_gateway import Behaviour, FakeGateway

if TYPE_CHECKING:
    from typing import Self

_DOWN = None
_SAFE_MOODS = (Behaviour.STATUS_500, Behaviour.RESET, Behaviour.HANG, Behaviour.STATUS_401)
"""In these nothing of a push is done, and nobody is told that it was."""

_MOODS = (*_SAFE_MOODS, _DOWN, Behaviour.LOST_ANSWER, Behaviour.SLOW, Behaviour.LYING, Behaviour.TRICKLE)


class UnsteadyGateway:
    """An embedded gateway on one port; it forgets its groups when it is down, as one without persistence does.

    Args:
        adding: whether it adds up what is pushed. Then it is never unwell in a way in which what was pushed could be
            added twice, or be lost.
    """

    def __init__(self, *, adding: bool = False) -> None:
        self._gateway = FakeGateway(requests_kept=0, adding=adding)
        self._moods = itertools.cycle(_SAFE_MOODS if adding else _MOODS)
        self._mood: Behaviour | None = Behaviour.NORMAL

    def __enter__(self) -> Self:
        self._gateway.start()
        self.url = self._gateway.url
        return self

    def __exit__(self, *_: object) -> None:
        self._gateway.stop()

    def turn(self) -> None:
        """Become unwell in the next way, or well again."""
        if self._mood is _DOWN:
            self._gateway = FakeGateway(port=int(self.url.rpartition(":")[2]), requests_kept=0).start()
        self._mood = next(self._moods) if self._mood is Behaviour.NORMAL else Behaviour.NORMAL
        if self._mood is _DOWN:
            self._gateway.stop()
        else:
            self._gateway.behaviour = self._mood
            self._gateway.delay_seconds = 0.1

    def recover(self) -> None:
        """Be well."""
        if self._mood is not Behaviour.NORMAL:
            self.turn()

    def text(self) -> str:
        """Return what it holds, as Prometheus would scrape it."""
        return self._gateway.text()
