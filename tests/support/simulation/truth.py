"""What is true of one process: what Lambda told it, what it pushed, and what it was told of its pushes."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from telemap_lambda.fake_database.decoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from telemap_lambda.fake_database.decoding import Series
    from telemap_lambda.fake_database.samples import Labels

MAPPING = """
version: 1
metrics:
  sim_events_total: {type: counter, help: All events., from: "*", labels: {type: $.type}}
  sim_weight: {type: summary, help: Weights of log lines., from: function, value: $.record.weight}
"""
"""Two metrics by which an event that is lost or counted twice is seen: how many there were, and what they weigh."""

SETTLED = frozenset({400, 409, 413, 422})
"""Statuses by which a database refuses samples for good."""

OURS = "sim_"
EVENTS = "sim_events_total"
_SAMPLE = re.compile(rf"\n({OURS}\S+) (\S+)")


class Event(NamedTuple):
    """An event of Lambda's.

    Attributes:
        number: no other event has it.
        body: its JSON.
        samples: what it adds to which series.
        request_id: the invocation that it is about, or an empty string.
        seconds: how long that took, or 0.
    """

    number: int
    kind: str
    body: bytes
    samples: tuple[tuple[str, float], ...]
    request_id: str = ""
    seconds: float = 0.0


def make_event(
    number: int, kind: str, time: str, status: str = "", request_id: str = "", seconds: float = 0.0
) -> Event:
    """Return an event; a log line's weight is its number."""
    samples = _counted(kind)
    members = []
    if kind == "function":
        members.append(f'"weight": {number}')
        samples = (*samples, ("sim_weight_sum", float(number)), ("sim_weight_count", 1.0))
    elif kind == "platform.initStart":
        members.append('"phase": "init"')
    if request_id:
        members.append(f'"requestId": "{request_id}"')
    if status:
        members.append(f'"status": "{status}"')
    if seconds:
        members.append(f'"metrics": {{"durationMs": {seconds * 1000!r}}}')
    body = f'{{"time":"{time}","type":"{kind}","record":{{{", ".join(members)}}}}}'
    return Event(number, kind, body.encode(), samples, request_id, seconds)


@cache
def _counted(kind: str) -> tuple[tuple[str, float], ...]:
    return ((f'{EVENTS}{{type="{kind}"}}', 1.0),)


class Push(NamedTuple):
    """A request to the gateway.

    Attributes:
        number: in the order in which they were begun.
        content: the samples of the mapping's metrics in it.
        group: whom it is about.
        own: whether it holds telemap's own metrics alone.
        deletes: whether it removes the group.
    """

    number: int
    began: float
    content: dict[str, float]
    group: str
    own: bool
    deletes: bool

    @property
    def weight(self) -> float:
        """The sum of all samples."""
        return sum(self.content.values())

    @property
    def size(self) -> int:
        """The number of samples."""
        return len(self.content)


def content_of(body: bytes) -> dict[str, float]:
    """Read the samples of the mapping's metrics in an exposition; of several of a series, the last is the newest."""
    return {series: float(value) for series, value in _SAMPLE.findall(f"\n{body.decode()}")}


@lru_cache(maxsize=8)
def series_of(body: bytes) -> list[Series]:
    """Read a remote write request; it is looked at when it is sent, and when it is applied."""
    return decode(body)


def content_of_write(body: bytes) -> tuple[dict[str, float], str]:
    """Read the same of a remote write request, and the instance that it is of."""
    found: dict[str, float] = {}
    instance = ""
    for series in series_of(body):
        name, instance = name_and_instance(series.labels)
        if name.startswith(OURS):
            found[name] = series.samples[-1].value
    return found, instance


def name_and_instance(found: Labels) -> tuple[str, str]:
    """Return a series as an exposition has it, and whose it is."""
    labels = dict(found)
    name, instance = labels.pop("__name__"), labels.pop("instance", "")
    del labels["job"]
    shown = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{shown}}}" if shown else name, instance


def add(into: dict[str, float], more: Mapping[str, float], times: int = 1) -> None:
    """Add values to sums, by series."""
    for series, value in more.items():
        into[series] = into.get(series, 0.0) + times * value


class Ledger:
    """The truth of one process.

    Attributes:
        acknowledged: events that the process has taken from Lambda, each once.
        truth: what they amount to.
        doubtful: what may be counted or left out: events from before a snapshot was taken, or in half a post.
        occurrences: events that were taken, each time.
        broken: parts of posts that were no telemetry.
        taken: what is at the gateway as telemap was told; of a process that adds up, the sum of its pushes.
        left_behind: what groups of earlier instances had, as telemap was told.
        base: what earlier instances of the process had there.
        pushes: all requests.
        trouble: whether anything but success was ever told.
    """

    def __init__(self, *, adds_up: bool, keeps_samples: bool, deletes: bool) -> None:
        self.acknowledged: dict[int, Event] = {}
        self.truth: dict[str, float] = {}
        self.doubtful: dict[str, float] = {}
        self.occurrences = 0
        self.broken = 0
        self.taken: dict[str, float] = {}
        self.base: dict[str, float] = {}
        self.left_behind: dict[str, dict[str, float]] = {}
        self.pushes: list[Push] = []
        self.trouble = False
        self.seen_by_push = 0
        self.told_at = 0.0
        self._adds_up = adds_up
        self._keeps_samples = keeps_samples
        self._replaces = not (adds_up or keeps_samples or deletes)
        self._group = ""
        self._running: Push | None = None
        self._told: Push | None = None  # the last one that adds up, if it was answered
        self._connection = 0
        self.given_up: set[int] = set()

    def take(self, events: Iterable[Event], *, of_snapshot: bool) -> None:
        """Take note of a post that the process has acknowledged."""
        into = self.doubtful if of_snapshot else self.truth
        for event in events:
            self.occurrences += 1
            if event.number not in self.acknowledged or of_snapshot:
                self.acknowledged[event.number] = event
                for series, value in event.samples:
                    into[series] = into.get(series, 0.0) + value

    def doubt(self, events: Iterable[Event]) -> None:
        """Take note of events that may be counted."""
        for event in events:
            for series, value in event.samples:
                self.doubtful[series] = self.doubtful.get(series, 0.0) + value

    def begin(self, push: Push, connection: int) -> list[str]:
        """Take note of a push, over one of the process's connections, and return what is wrong with it."""
        self.pushes.append(push)
        if connection < self._connection:  # the repetition of one that was given up
            self.given_up.add(push.number)
            return []
        if connection > self._connection and self._told is not None:
            self._take_back(self._told)
        self._connection, self._told = connection, None
        if self._running is not None:
            self.given_up.add(self._running.number)
        self._running = push
        if push.own or push.deletes:
            return []
        self.seen_by_push = len(self.acknowledged)
        if push.group != self._group:
            if self._group and not self._adds_up:
                self.left_behind[self._group] = self.taken
                add(self.base, self.taken)
                self.taken = {}
            self._group = push.group
        before = self.taken if self._adds_up else self.base
        truth, doubtful = self.truth, self.doubtful
        return [
            f"NEVER MORE: {series} is {now:g} with push {push.number}, but Lambda told of {most:g}"
            for series, value in push.content.items()
            if (now := before.get(series, 0.0) + value) > (most := truth.get(series, 0.0) + doubtful.get(series, 0.0))
        ]

    def settle(self, push: Push, status: int, now: float) -> None:
        """Take note of what telemap was told of a push; status 0 for no answer."""
        good = 200 <= status < 300
        self.trouble = self.trouble or not good
        if self._running is push:
            self._running = None
        if push.own or push.deletes:
            return
        if push.number in self.given_up:
            if good and push.group == self._group and self._replaces:
                self.taken = dict(push.content)  # it came over what was pushed after it
            return
        if good:
            self.told_at = now
        if self._keeps_samples and (good or status in SETTLED) and push.group == self._group:
            self.taken.update(push.content)
        elif self._adds_up and (good or status in {400, 422}):
            add(self.taken, push.content)
            self._told = push
        elif good and push.group == self._group:
            self.taken = dict(push.content)

    def _take_back(self, push: Push) -> None:
        """Take note that a push was given up when its answer came: else there would be no new connection."""
        self.given_up.add(push.number)
        add(self.taken, push.content, -1)

    @property
    def is_waiting(self) -> bool:
        """Return whether a push has not been answered."""
        return self._running is not None

    def missing(self) -> dict[str, float]:
        """Return what telemap has taken from Lambda, and was not told to be at the gateway."""
        there = dict(self.taken)
        if not self._adds_up:
            add(there, self.base)
        return {
            series: value - there.get(series, 0.0)
            for series, value in self.truth.items()
            if value > there.get(series, 0.0)
        }
