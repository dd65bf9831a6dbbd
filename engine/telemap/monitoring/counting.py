"""PromQL for exact counts from short-lived processes: see `docs/how-to/query.md`."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Self

_LOOKBACK = "1h"
"""Longer than any gap in the samples of a live process on a gateway."""


class Window(NamedTuple):
    """A time range.

    Attributes:
        length: its duration, such as `1m` or `$__interval`.
        offset: how long ago it ended; empty for now.
        before: how long ago it began: the offset for earlier samples.
    """

    length: str
    offset: str
    before: str

    @property
    def selector(self) -> str:
        """Return the range and offset to append to a selector."""
        return f"[{self.length}]" + (f" offset {self.offset}" if self.offset else "")


def _of_groups(selector: str, window: Window) -> str:
    """Return the count from a gateway: the last value in the window minus the last one before it, or minus 0."""
    now = f"last_over_time({selector}{window.selector})"
    return f"""{now}
  - (
        last_over_time({selector}[{_LOOKBACK}] offset {window.before})
      or
        0 * {now}
    )"""


def _of_steps(selector: str, window: Window) -> str:
    """Return the count from samples written as steps: each increment lies within a millisecond."""
    return f"max_over_time({selector}{window.selector})\n  - min_over_time({selector}{window.selector})"


def _state_of_groups(selector: str, job: str) -> str:
    """Return current values on a gateway, without those of groups that nobody has pushed to for half an hour."""
    return f"""last_over_time({selector}[5m])
  unless on (job, instance)
    time() - last_over_time(push_time_seconds{job}[5m]) > 1800"""


def _state_of_samples(selector: str, _: str) -> str:
    """Return current values from samples that are written only with a push."""
    return f"last_over_time({selector}[30m])"


class DeliveryRow(NamedTuple):
    """The properties of a delivery.

    Attributes:
        word: the value of `--delivery`.
        count_in: returns the query for the count of each series in a window.
        state_of: returns the query for the current value of each series of live processes, given the selector and the
            matcher for `job`.
        words: its description.
    """

    word: str
    count_in: Callable[[str, Window], str]
    state_of: Callable[[str, str], str]
    words: str


class Delivery(Enum):
    """How samples reach the database."""

    GATEWAY = DeliveryRow("gateway", _of_groups, _state_of_groups, "a Pushgateway that is scraped")
    REMOTE_WRITE = DeliveryRow("remote-write", _of_steps, _state_of_samples, "remote write")
    VICTORIA_METRICS = DeliveryRow(
        "victoria-metrics", _of_steps, _state_of_samples, "VictoriaMetrics' import or its remote write"
    )

    row: DeliveryRow

    def __new__(cls, *row: Any) -> Self:
        """Create a member from its row, with the word as value."""
        member = object.__new__(cls)
        member.row = DeliveryRow(*row)
        member._value_ = member.row.word
        return member


def count(delivery: Delivery, by: Iterable[str], selector: str, window: Window) -> str:
    """Return the query for a count in a window, summed by labels."""
    inner = f"    {delivery.row.count_in(selector, window)}"
    labels = ", ".join(by)
    return f"sum by ({labels}) (\n{inner}\n)" if labels else f"sum(\n{inner}\n)"
