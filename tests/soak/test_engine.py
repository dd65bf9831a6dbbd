"""Events without end through the engine, of which no two are alike: what it keeps of them stays bounded."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
from soak.readings import Readings
from soak.size import EVENTS, SEED

import telemap
from telemap.store.own_metrics import OwnMetrics
from telemap_lambda.sandbox.usage import footprint

BATCH = 500
MAX_GROWTH = 2 * 1024 * 1024

MAPPING = """
version: 1
defaults: {series_limit: 50, series_limit_total: 400}
drop:
  - {from: "noise.*", when: [{path: $.record.loud, equals: true}]}
metrics:
  seen_total: {type: counter, help: Events., from: "*", labels: {type: $.type}}
  requests_total: {type: counter, help: Requests., from: [a.report, "b.*"], labels: {request: $.record.request}}
  few_total:
    type: counter
    help: Some of them.
    from: a.report
    labels: {request: {path: $.record.request, max_values: 30}, status: {path: $.record.status, allow: [good, bad]}}
  dropped_total: {type: counter, help: No more., from: a.report, labels: {request: $.record.request}, overflow: drop}
  duration_seconds:
    type: histogram
    help: Durations.
    from: a.report
    value: $.record.ms
    unit: ms
    buckets: [0.01, 0.1, 1]
    labels: {request: $.record.request}
  size: {type: summary, help: Sizes., from: a.report, value: $.record.size, labels: {request: $.record.request}}
  load:
    type: gauge
    help: Load.
    from: a.report
    value: $.record.ms
    labels: {request: {path: $.record.request, max_values: 40}}
    expire: 1m
  least: {type: gauge, help: Least., from: a.report, op: min, value: $.record.ms, labels: {request: $.record.request}}
  each_total:
    type: counter
    help: Items.
    from: a.report
    each: $.record.items.*
    labels: {key: $key, item: .name}
  words_total:
    type: counter
    help: Words.
    from: line
    parse: {regex: 'word=(?P<word>\\S+)'}
    labels: {word: $.record.word}
  fields_total: {type: counter, help: Fields., from: line, parse: logfmt, labels: {word: $.record.word}}
"""
ALL_ADD_UP = ("seen_total", "requests_total", "duration_seconds_count", "size_count", "words_total", "fields_total")


class Clock:
    """A clock on which a second passes each time it is looked at."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


class Stream:
    """Makes events; what their names and labels can be has no end."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)  # noqa: S311 - the same at each run
        self.reports = self.lines = 0

    def batch(self) -> list[Any]:
        """Return a batch of events, some of which are none."""
        return [self._event(self._draw.randrange(10)) for _ in range(BATCH)]

    def _event(self, kind: int) -> Any:
        word = f"{self._draw.getrandbits(60):x}"
        if kind == 0:
            return {"type": f"b.{word}", "record": {}}
        if kind == 1:
            return {"type": f"noise.{word}", "record": {"loud": True}}
        if kind == 2:
            return self._draw.choice((None, [], word, {"type": 7}, {word: word}))
        if kind == 3:
            return {"type": word, "record": word}
        if kind < 6:
            self.lines += 1
            return {"type": "line", "record": f"word={word} " + "x" * self._draw.randrange(100)}
        self.reports += 1
        return {"type": "a.report", "record": self._report(word)}

    def _report(self, word: str) -> dict[str, Any]:
        status = self._draw.choice(("good", "bad", word))
        items = {f"{word}{number}": {"name": f"{number}{word}"} for number in range(self._draw.randrange(3))}
        return {"request": word, "status": status, "ms": self._draw.random(), "size": 1, "items": items}


@pytest.mark.parametrize("reads", ["render", "snapshot"])
def test_series_and_memory_are_bounded_whatever_comes(reads: str) -> None:
    plan = telemap.compile(telemap.loads(MAPPING))
    own = OwnMetrics(plan, version="0")
    store = telemap.Store(plan, env={}, own=own, now=Clock())
    stream = Stream(SEED)
    batches = EVENTS // BATCH
    readings = Readings(f"The engine, {EVENTS} events, {reads}", batches)
    for number in range(1, batches + 1):
        telemap.apply(plan, stream.batch(), store)
        if number % 10 == 0:
            telemap.render(store) if reads == "render" else store.snapshot()
        if readings.due(number):
            readings.add(number, footprint(os.getpid()), sum(len(family.cells) for family in store.all_families()))
    readings.show()

    readings.assert_flat(bytes_more=MAX_GROWTH, series=600)
    totals = {name: total(telemap.render(store), name) for name in ALL_ADD_UP}
    assert totals["duration_seconds_count"] == totals["size_count"] == stream.reports
    assert totals["words_total"] == totals["fields_total"] == stream.lines
    assert total(telemap.render(store), "telemap_events_total") + own_malformed(store) == batches * BATCH


def total(exposition: str, name: str) -> int:
    """Add up all series of a name."""
    lines = [line for line in exposition.splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
    return sum(int(float(line.rpartition(" ")[2])) for line in lines)


def own_malformed(store: telemap.Store) -> int:
    """Return the number of what was no event."""
    return store.counts.dropped["malformed"]
