"""Begin a mapping and its test with what a recording holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from telemap.apply import apply
from telemap.document.quoting import double_quoted, escaped, single_quoted
from telemap.mapping_tests.running import Played, Series, play, result_of
from telemap.mapping_tests.series_text import LONGEST
from telemap.model import MetricType
from telemap.store import Store
from telemap.tracing.to_yaml import number_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from telemap.plan import Plan
    from telemap.unmatched import Unread

BASE: Final = "telemap:default"
"""The mapping that a first mapping includes."""

_PLATFORM: Final = "platform."
_MAX_EVENTS: Final = 20
_MAX_CHARACTERS: Final = 10_000
"""Most characters of an event in a test."""

_MAX_SAMPLES: Final = 2000
"""Most samples that a test states."""


def mapping_text(unread: Unread) -> str:
    """Return a mapping with all drafts for logs; the mapping that it includes reads what Lambda itself reports.

    Args:
        unread: what `BASE` does not read.
    """
    lines = [
        "# Drafts by 'telemap init': keep what you need, rename it, and rewrite 'help'.",
        "version: 1",
        f"include: [{BASE}] # what Lambda reports of each invocation",
        "",
    ]
    drafts = [pair for one in unread.types if not one.event_type.startswith(_PLATFORM) for pair in one.drafts]
    lines.append("metrics:" if drafts else "metrics: {}")
    for draft, words in drafts:
        lines += (f"  # {words}", *(f"  {line}" for line in draft.lines), "")
    return "\n".join(lines).rstrip() + "\n"


class Examples:
    """Collect the events with which a test shows each series family once.

    Args:
        plan: the mapping.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._store = Store(plan, env={})
        self._seen: set[str] = set()
        self.events: list[Any] = []

    def add_all(self, events: Iterable[Any]) -> None:
        """Add those events that make the first sample of a metric."""
        for event in events:
            if len(self.events) == _MAX_EVENTS:
                return
            apply(self._plan, (event,), self._store)
            made = {series.shape.name for series in self._store.families if series.cells.keys() - series.initial.keys()}
            if made - self._seen and len(json.dumps(event)) <= _MAX_CHARACTERS:
                self.events.append(event)
                self._seen |= made


def test_text(plan: Plan, events: Sequence[Any], title: str, env: Mapping[str, str]) -> str:
    """Return a test with these events, which states what a mapping makes of them now.

    Args:
        plan: the mapping.
        events: the events.
        title: the name of the test.
        env: the variables for `${env:NAME}`.
    """
    result = result_of(play(plan, Played(dict(env), ((0.0, tuple(events)),))))
    types = {shape.name: shape.type for shape in plan.families}
    lines = ["version: 1", "tests:", f"  {json.dumps(title)}:"]
    lines += ["    env:", *(f"      {name}: {json.dumps(text)}" for name, text in env.items())] * bool(env)
    lines.append("    events:" if events else "    events: []")
    lines += (f"      - {escaped(json.dumps(event, ensure_ascii=False))}" for event in events)
    samples = [pair for series in result.series for pair in _samples(series, types[series.family])]
    named = [(name, value) for name, value in samples if len(name) <= LONGEST][:_MAX_SAMPLES]
    if named:
        expected = ["series:", *(f"  {_key(name)}: {value}" for name, value in named)]
    else:
        expected = [f"events: {{malformed: {result.events['malformed']}}}" if samples else 'exposition: ""']
    lines += ["    expect:", *(f"      {line}" for line in expected)]
    return "\n".join(lines) + "\n"


def _key(text: str) -> str:
    return single_quoted(text) if text.isprintable() else double_quoted(text)


def _samples(series: Series, metric_type: MetricType) -> Iterator[tuple[str, str]]:
    """Yield the samples of a series, without its buckets."""
    for name, value in series.samples.items():
        if metric_type is not MetricType.HISTOGRAM or not name.name.endswith("_bucket"):
            yield str(name), number_text(value)
