"""Write what a mapping comes to, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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

_MOST_VALUES: Final = 20
_MOST_INIT: Final = 5


def mapping_lines(resolved: Resolved) -> Iterator[str]:
    """Write a mapping."""
    mapping = resolved.mapping
    yield f"{mapping.name}, sha256 {mapping.sha256}"
    one = "1 metric" if len(resolved.families) == 1 else f"{len(resolved.families)} metrics"
    yield f"{one}, at most {resolved.most_series:,} series in one process, {resolved.most_lines:,} lines of exposition"
    yield f"series_limit_total: {mapping.series_limit_total:,}"
    if resolved.event_types:
        yield f"reads {', '.join(resolved.event_types)}"
        yield f"needs telemetry of {', '.join(resolved.event_categories)}"
    if mapping.drop:
        yield ""
        yield "drop, before any metric sees the event:"
        yield from (f"  {number}. {drop_text(rule)}" for number, rule in enumerate(mapping.drop, 1))
    if resolved.readers:
        yield ""
        yield "events, and the metrics that they feed:"
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
        yield f"  a series without samples for {number_text(family.expire)} s is forgotten"
    if family.init:
        verb = "is" if len(family.init) == 1 else "are"
        yield f"  {len(family.init)} series {verb} there from the start: {_init_text(family)}"
    for number, source in enumerate(family.sources, 1):
        yield f"  source {number}, {source.place}"
        yield from (f"    {line}" for line in _source_lines(family, source))


def _label_text(label: ResolvedLabel) -> str:
    """Write the values of a label."""
    shown = ", ".join(text or "''" for text in label.values[:_MOST_VALUES])
    more = ", ..." if len(label.values) > _MOST_VALUES else ""
    if label.is_closed:
        number = len(label.values)
        return f"{label.name}, {number} {'value' if number == 1 else 'values'}: {shown}{more}"
    beside = f", beside {shown}{more}" if shown else ""
    if label.others is None:
        return f"{label.name}, open, bounded by series_limit alone{beside}"
    return f"{label.name}, open, at most {label.others:,} values{beside}"


def _series_text(resolved: ResolvedFamily) -> str:
    family = resolved.family
    number = "1 series" if resolved.most_series == 1 else f"{resolved.most_series:,} series"
    lines = "1 line" if resolved.most_lines == 1 else f"{resolved.most_lines:,} lines"
    why = f"series_limit is {family.series_limit:,}"
    if not resolved.by_labels:
        why = f"by series_limit; samples beyond it {family.overflow.row.fate}"
    return f"at most {number}, {lines} ({why})"


def _init_text(family: Family) -> str:
    sets = [
        "{"
        + ", ".join(f"{name}: {known_text(text)}" for name, text in zip(family.label_names, labels, strict=True))
        + "}"
        for labels in family.init[:_MOST_INIT]
    ]
    return ", ".join(sets) + (", ..." if len(family.init) > _MOST_INIT else "")


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
