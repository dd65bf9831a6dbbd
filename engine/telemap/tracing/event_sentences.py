"""Describe in sentences what a mapping does with an event."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final, assert_never

from telemap.count_text import count_text
from telemap.exposition import escape_label
from telemap.float_text import float_text
from telemap.model import MetricType
from telemap.store.counts import UNDECIDED
from telemap.tracing.brief import brief_rule, brief_value
from telemap.tracing.outcomes import Stage
from telemap.tracing.reasons import item_stops, source_stop, test_sentences
from telemap.tracing.sentence import Sentence
from telemap.tracing.to_yaml import drop_text, number_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemap.tracing.isolate import IsolatedSource
    from telemap.tracing.outcomes import DropTrace, ItemTrace, SourceTrace

NO_RULE: Final = "no rule reads it"
"""What is said of an event where a mapping has no rules."""


def others_text(others: Sequence[SourceTrace]) -> str:
    """Describe sources that do not read an event's type."""
    metrics = count_text(len({one.isolated.family.name for one in others}), "metric")
    return f"{count_text(len(others), 'rule')} of {metrics} {'reads' if len(others) == 1 else 'read'} other event types"


def malformed_text(event: Any) -> str:
    """Describe what is not a telemetry event."""
    return f"not a telemetry event (an object whose 'type' is a string): {brief_value(event)}"


def source_name(isolated: IsolatedSource) -> str:
    """Return the name of a source: its metric, its number if there are several, and its location."""
    number = f", rule {isolated.number} of {len(isolated.family.sources)}" if len(isolated.family.sources) > 1 else ""
    return f"{isolated.family.name}{number}, {isolated.source.place}"


def source_sentences(trace: SourceTrace) -> Iterator[Sentence]:
    """Describe what a source did with an event."""
    for item in trace.items:
        name = "".join(f"[{brief_value(one)}]" for one in item.names)
        yield from (one._replace(item=name) for one in _item_sentences(item, trace))
    if trace.stage is not Stage.MADE:
        yield Sentence(source_stop(trace))
    listed = len(trace.items)
    total = sum(trace.counts.values())
    if trace.stage is Stage.MADE and total > listed:
        yield Sentence(f"and {total - listed} more items; all {total}: {_counts_text(trace)}")


def drop_sentences(drop: DropTrace) -> Iterator[Sentence]:
    """Describe what a rule of `drop` did with an event."""
    rule = f"rule {drop.number} of 'drop', {brief_rule(drop_text(drop.rule))}"
    if drop.drops:
        yield Sentence(f"dropped by {rule}")
    elif drop.undecided:
        yield Sentence(f"not dropped by {rule}: {UNDECIDED[drop.undecided]}")
    else:
        yield Sentence(f"not dropped by {rule}:")
    if drop.test is not None:
        yield from (one.deeper() for one in test_sentences(drop.test))


def _item_sentences(item: ItemTrace, trace: SourceTrace) -> Iterator[Sentence]:
    if item.stage not in {Stage.MADE, Stage.LIMIT}:
        yield from item_stops(item, trace)
        return
    sample = f"{_series_text(item, trace)} {_effect(item, trace)}"
    if item.stage is Stage.LIMIT:
        yield Sentence(f"dropped, because {item.reason} is reached: {sample}")
    elif item.reason:
        yield Sentence(f"made {sample}, in the __overflow__ series, because {item.reason} is reached")
    else:
        yield Sentence(f"made {sample}")


def _series_text(item: ItemTrace, trace: SourceTrace) -> str:
    pairs = ",".join(f'{name}="{escape_label(text)}"' for name, text in item.labels)
    return f"{trace.isolated.family.name}{{{pairs}}}" if pairs else trace.isolated.family.name


def _effect(item: ItemTrace, trace: SourceTrace) -> str:
    """Describe what a sample does to its series."""
    family, amount = trace.isolated.family, number_text(item.amount)
    match family.type:
        case MetricType.COUNTER:
            return f"goes up by {amount}"
        case MetricType.SUMMARY:
            return f"observes {amount}"
        case MetricType.HISTOGRAM:
            bounds = (*map(float_text, family.buckets), "+Inf")
            return f'observes {amount}, in bucket le="{bounds[bisect_left(family.buckets, item.amount)]}"'
        case MetricType.GAUGE:
            return f"{trace.isolated.source.operation.row.effect} {amount}"
        case _:
            assert_never(family.type)


def _counts_text(trace: SourceTrace) -> str:
    texts = []
    for (stage, reason), count in trace.counts.items():
        words = "made" if stage is Stage.MADE else f"stopped at {stage.value}"
        texts.append(f"{count} {words}" + (f" ({reason})" if reason else ""))
    return ", ".join(texts)
