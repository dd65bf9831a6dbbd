"""Exact counts of what short-lived processes did, in PromQL: see `docs/how-to/query.md`."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Self

_LOOKBACK = "1h"
"""Longer than any gap in the samples of a live process on a gateway."""


class Window(NamedTuple):
    """A span of time.

    Attributes:
        length: such as `1m` or `$__interval`.
        offset: how long ago it ended; empty for now.
        before: how long ago it began, for the offset of what was before it.
    """

    length: str
    offset: str
    before: str

    @property
    def selector(self) -> str:
        """Return what follows a selector."""
        return f"[{self.length}]" + (f" offset {self.offset}" if self.offset else "")


def _of_groups(selector: str, window: Window) -> str:
    """Count what a gateway shows: the last value in the window, minus the last one before it, or 0."""
    now = f"last_over_time({selector}{window.selector})"
    return f"""{now}
  - (
        last_over_time({selector}[{_LOOKBACK}] offset {window.before})
      or
        0 * {now}
    )"""


def _of_steps(selector: str, window: Window) -> str:
    """Count what is written as steps: each increment lies within a millisecond."""
    return f"max_over_time({selector}{window.selector})\n  - min_over_time({selector}{window.selector})"


class DeliveryRow(NamedTuple):
    """What there is to know of a delivery.

    Attributes:
        word: after `--delivery`.
        count_in: writes the count of each series in a window.
        words: what it is.
    """

    word: str
    count_in: Callable[[str, Window], str]
    words: str


class Delivery(Enum):
    """How samples come into the database."""

    GATEWAY = DeliveryRow("gateway", _of_groups, "a Pushgateway that is scraped")
    REMOTE_WRITE = DeliveryRow("remote-write", _of_steps, "remote write")
    VICTORIA_METRICS = DeliveryRow("victoria-metrics", _of_steps, "VictoriaMetrics' import or its remote write")

    row: DeliveryRow

    def __new__(cls, *row: Any) -> Self:
        """Make a member of its row; its value is the word."""
        member = object.__new__(cls)
        member.row = DeliveryRow(*row)
        member._value_ = member.row.word
        return member


def count(delivery: Delivery, by: Iterable[str], selector: str, window: Window) -> str:
    """Return the query for a count in a window, by labels."""
    inner = f"    {delivery.row.count_in(selector, window)}"
    labels = ", ".join(by)
    return f"sum by ({labels}) (\n{inner}\n)" if labels else f"sum(\n{inner}\n)"
