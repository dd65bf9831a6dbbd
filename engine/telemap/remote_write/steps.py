"""The times at which the value before a change is resent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic

from telemap.remote_write.form import Frames

if TYPE_CHECKING:
    from telemap.remote_write.form import Format

QUIET: Final = 60_000
"""Milliseconds without a sample after which a series gets as many earlier values as a new one."""

_APART: Final = 1_000
"""Milliseconds between earlier values."""

_FEWER: Final = 5
"""Divisor of the number of earlier values for a series that was not quiet."""


def earlier_times(at: int, last: int, steps: int) -> tuple[int, ...]:
    """Return the times of a series' earlier values, ascending.

    The last is right before the new value; none is at or before the last sample, which databases refuse.

    Args:
        at: time of the new value; all times are in milliseconds.
        last: time of the series' last sample; 0 if none.
        steps: number of earlier values for a series that is new or was quiet.
    """
    count = steps if at - last >= QUIET else max(1, steps // _FEWER)
    first = at - 1 - (count - 1) * _APART
    return tuple(time for time in range(first, at, _APART) if time > last)


class Timeline(Generic[Frames]):
    """The encoded times of all samples that are sent together.

    Args:
        form: format of the series.
        at: time of the new values, in Unix milliseconds.
        steps: number of earlier values for a series that is new or was quiet.

    Attributes:
        alone: frames for a value without earlier ones.
    """

    def __init__(self, form: Format[Frames], at: int, steps: int) -> None:
        self.alone = form.frames((), at)
        self._form = form
        self._at = at
        self._steps = steps
        self._after: dict[int, Frames] = {}

    def after(self, last: int) -> Frames:
        """Return the frames for the time of a series' last sample, 0 if none; most series share one."""
        frames = self._after.get(last)
        if frames is None:
            earlier = earlier_times(self._at, last, self._steps)
            frames = self._after[last] = self._form.frames(earlier, self._at)
        return frames
