"""Row 4: the cost of an event if the mapping has many metrics that do not read it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inputs.events import invocations
from inputs.many_families import write
from measuring import in_turn, repeated
from result import Result, Target, compared

import telemap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from effort import Effort

_EVENTS = 10
_MEET = 5


def measure(effort: Effort) -> Iterator[Result]:
    """Compare the larger mappings with the smallest."""
    reports = [event for event in invocations(_EVENTS) if event["type"] == "platform.report"]
    actions = [repeated(_action(number, reports), effort.sample_seconds) for number in effort.families]
    smallest, *larger = in_turn(actions, effort.rounds)
    for number, times in zip(effort.families[1:], larger, strict=True):
        an_event = [[seconds / _EVENTS for seconds in one] for one in (times, smallest)]
        what = f"an event that meets {_MEET} families, of {number:,} against of {effort.families[0]}"
        yield compared("4", what, an_event, Target(most=1.3))


def _action(number: int, reports: list[Any]) -> Callable[[], object]:
    with tempfile.TemporaryDirectory() as folder:
        plan = telemap.compile(telemap.load(write(Path(folder), number, reports=_MEET)))
    store = telemap.Store(plan, env={})
    return lambda: telemap.apply(plan, reports, store)
