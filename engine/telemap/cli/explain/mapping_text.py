"""Describe what a mapping means, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telemap.count_text import count_text
from telemap.float_text import float_text
from telemap.tracing.to_yaml import (
    drop_text,
    each_text,
    known_text,
    label_rule_text,
    number_text,
    operation_text,
    parse_text,
    patterns_text,
    value_text,
    when_texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.model import Family, Source
    from telemap.tracing.overview import Resolved, ResolvedFamily, ResolvedLabel

_MAX_VALUES: Final = 20
_MAX_INIT: Final = 5


def mapping_lines(resolved: Resolved) -> Iterator[str]:
    """Describe a mapping and its metrics."""
    mapping = resolved.mapping
    yield f"{mapping.name}, sha256 {mapping.sha256}"
    metrics, lines = count_text(len(resolved.families), "metric"), count_text(resolved.most_lines, "line")
    yield f"{metrics}, at most {resolved.most_series:,} series per process, {lines} of exposition"
    yield f"series_limit_total: {mapping.series_limit_total:,}"
    if resolved.event_types:
        yield f"reads {', '.join(resolved.event_types)}"
        yield f"needs a subscription to {', '.join(resolved.event_categories)}"
    if mapping.drop:
        yield ""
        yield "drop rules:"
        yield from (f"  {number}. {drop_text(rule)}" for number, rule in enumerate(mapping.drop, 1))
    if resolved.readers:
        yield ""
        yield "metrics by event type:"
        yield from (f"  {text}: {', '.join(names)}" for text, names in resolved.readers.items())
    for family in resolved.families:
        yield ""
        yield from _family_lines(family)


def _family_lines(resolved: ResolvedFamily) -> Iterator[str]:
    family = resolved.family
    yield f"{family.name}, {family.type.value}, {family.place}"
    yield f"  {family.help}"
    yield from (f"  label {_label_text(label)}" for label in resolved.labels)
    if family.buckets:
        yield f"  buckets {' '.join(map(float_text, family.buckets))} +Inf"
    yield f"  {_series_text(resolved)}"
    if family.expire is not None:
        yield f"  a series expires after {number_text(family.expire)} s without a sample"
    if family.init:
        verb = "exists" if len(family.init) == 1 else "exist"
        yield f"  {len(family.init)} series {verb} from the start: {_init_text(family)}"
    for number, source in enumerate(family.sources, 1):
        group = "" if source.group is None else f", in the group at {source.group}"
        yield f"  rule {number}, {source.place}{group}"
        yield from (f"    {line}" for line in _source_lines(family, source))


def _label_text(label: ResolvedLabel) -> str:
    """Describe the values that a label can have."""
    known = ", ".join(text or "''" for text in label.values[:_MAX_VALUES])
    known += ", ..." if len(label.values) > _MAX_VALUES else ""
    if label.is_closed:
        return f"{label.name}, {count_text(len(label.values), 'value')}: {known}"
    if label.others is None:
        values = f"{known} and any other" if known else "any value"
        return f"{label.name}, open: {values}, limited only by series_limit"
    values = f"{known} and at most {label.others:,} others" if known else f"at most {count_text(label.others, 'value')}"
    return f"{label.name}, open: {values}"


def _series_text(resolved: ResolvedFamily) -> str:
    family = resolved.family
    reason = f"series_limit is {family.series_limit:,}"
    if not resolved.by_labels:
        reason = f"limited by series_limit; samples beyond it {family.overflow.row.fate}"
    return f"at most {resolved.most_series:,} series, {count_text(resolved.most_lines, 'line')} ({reason})"


def _init_text(family: Family) -> str:
    sets = [
        "{"
        + ", ".join(f"{name}: {known_text(text)}" for name, text in zip(family.label_names, labels, strict=True))
        + "}"
        for labels in family.init[:_MAX_INIT]
    ]
    return ", ".join(sets) + (", ..." if len(family.init) > _MAX_INIT else "")


def _source_lines(family: Family, source: Source) -> Iterator[str]:
    yield f"from: {patterns_text(source.patterns)}"
    if source.parse is not None:
        yield f"parse: {parse_text(source.parse)}"
    if source.each:
        yield f"each: {each_text(source)}"
    texts = when_texts(source.when)
    if texts:
        yield "when:"
        yield from (f"  - {text}" for text in texts)
    if operation := operation_text(source):
        yield f"op: {operation}"
    yield f"value: {value_text(source)}"
    if source.labels:
        yield "labels:"
        named = zip(family.label_names, source.labels, strict=True)
        yield from (f"  {name}: {label_rule_text(rule)}" for name, rule in named)
