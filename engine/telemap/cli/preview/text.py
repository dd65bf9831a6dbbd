"""Reports for people: differences as a diff, cardinality as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telemap.count_text import count_text
from telemap.exposition import escape_help, escape_label
from telemap.float_text import float_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from telemap.plan import FamilyShape
    from telemap.preview.cardinality import FamilyCardinality, LabelCardinality
    from telemap.preview.difference import FamilyChange, SeriesChange

_LONGEST_EXAMPLE: Final = 24
"""Most characters shown of a label value."""


def difference_lines(before: str, after: str, changes: Sequence[FamilyChange], limit: int) -> Iterator[str]:
    """Yield the differences of two mappings as a unified diff.

    Args:
        before: the name of the mapping marked `-`.
        after: the name of the mapping marked `+`.
        changes: the differences.
        limit: most series shown per metric; 0 for all.
    """
    if not changes:
        return
    yield f"--- {before}"
    yield f"+++ {after}"
    for change in changes:
        yield f"@@ {change.name}: {_counts(change, before, after)} @@"
        yield from _head_lines(change)
        shown = change.series[: limit or None]
        for series in shown:
            yield from _series_lines(change, series)
        if left := len(change.series) - len(shown):
            yield f"  ... and {left:,} more series; --limit 0 shows all"


def _counts(change: FamilyChange, before: str, after: str) -> str:
    only = before if change.after is None else after if change.before is None else None
    if only is not None:
        return f"only in {only}, {len(change.series):,} series" if change.series else f"only in {only}, no series"
    counts = (change.gone, "gone"), (change.new, "new"), (change.changed, "changed"), (change.same, "unchanged")
    return ", ".join(f"{count:,} series {word}" for count, word in counts if count) or "no series"


def _head_lines(change: FamilyChange) -> Iterator[str]:
    old, new = ([] if shape is None else _head(shape) for shape in (change.before, change.after))
    yield from (f"-{line}" for line in old if line not in new)
    yield from (f"+{line}" for line in new if line not in old)


def _head(shape: FamilyShape) -> list[str]:
    lines = [f"# HELP {shape.name} {escape_help(shape.help)}", f"# TYPE {shape.name} {shape.type.value}"]
    lines.append(f"# labels: {', '.join(shape.label_names) or 'none'}")
    if shape.buckets:
        lines.append(f"# buckets: {', '.join(map(float_text, shape.buckets))}")
    return lines


def _series_lines(change: FamilyChange, series: SeriesChange) -> Iterator[str]:
    """Yield the samples of a series that differ; for a histogram that is gone or new, only count and sum."""
    is_whole = not series.before or not series.after
    for name, bound in dict.fromkeys([*series.before, *series.after]):
        old, new = series.before.get((name, bound)), series.after.get((name, bound))
        if old == new or (is_whole and name == f"{change.name}_bucket"):
            continue
        pairs = sorted([*series.labels, *([] if bound is None else [("le", bound)])])
        labels = ",".join(f'{label}="{escape_label(text)}"' for label, text in pairs)
        shown = f"{name}{{{labels}}}" if labels else name
        yield from (
            f"{sign}{shown} {float_text(value)}" for sign, value in (("-", old), ("+", new)) if value is not None
        )


def difference_summary(changes: Sequence[FamilyChange], families: int, events: int) -> str:
    """Return a line with the number of differences.

    Args:
        changes: the differences.
        families: number of metrics in both mappings together.
        events: number of events applied.
    """
    metrics, applied = count_text(families, "metric"), count_text(events, "event")
    if not changes:
        return f"no differences: {metrics}, {applied}"
    gone, new, changed = (sum(getattr(one, kind) for one in changes) for kind in ("gone", "new", "changed"))
    verb = "differs" if len(changes) == 1 else "differ"
    series = f"{gone:,} series gone, {new:,} new, {changed:,} changed"
    return f"{len(changes):,} of {metrics} {verb} after {applied}: {series}"


def cardinality_lines(families: Sequence[FamilyCardinality], series_limit_total: int, events: int) -> Iterator[str]:
    """Yield a table of the metrics, then one of the labels of each metric that has more than one series."""
    series, lines = sum(one.series for one in families), sum(one.lines for one in families)
    applied = count_text(events, "event")
    yield f"{applied}: {series:,} of at most {series_limit_total:,} series, {count_text(lines, 'line')}"
    yield ""
    yield from _table(
        ("metric", "type", "series", "limit", "used", "lines", "without limits"), map(_family_row, families), "<<>>>>>"
    )
    for one in families:
        if one.unlimited > 1:
            yield ""
            yield from _family_lines(one)


def _family_row(one: FamilyCardinality) -> tuple[str, ...]:
    share = min(one.series / one.family.series_limit, 1)
    used = "<1%" if 0 < share < 0.01 else f"{share:.0%}"
    unlimited = "" if one.unlimited == one.series and one.is_exact else f"{one.unlimited:,}"
    counts = f"{one.series:,}", f"{one.family.series_limit:,}", used, f"{one.lines:,}"
    return one.family.name, one.family.type.value, *counts, unlimited if one.is_exact else f">{unlimited}"


def _family_lines(one: FamilyCardinality) -> Iterator[str]:
    overflowed = f": {count_text(one.overflowed, 'sample')} beyond a limit" if one.overflowed else ""
    counted = "" if one.is_exact else f"; the table covers the first {one.unlimited:,} series"
    yield f"{one.family.name}{overflowed}{counted}"
    several = [label for label in one.labels if label.values > 1]
    head = ("  label", "values", "series without it", "most series have")
    yield from _table(head, map(_label_row, several), "<>><")
    single = [f'{label.name}="{_short(label.examples[0][0])}"' for label in one.labels if label.values == 1]
    if single:
        yield f"  all series have {', '.join(single)}"


def _label_row(label: LabelCardinality) -> tuple[str, ...]:
    kept = "" if label.max_values is None else f" (max_values {label.max_values:,})"
    examples = ", ".join(f'"{_short(text)}" ({count:,})' for text, count in label.examples)
    return f"  {label.name}{kept}", f"{label.values:,}", f"{label.series_without:,}", examples


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], alignments: str) -> Iterator[str]:
    """Yield aligned rows below a head."""
    table = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = zip(row, alignments, widths, strict=True)
        yield "  ".join(f"{text:{alignment}{width}}" for text, alignment, width in cells).rstrip()


def _short(text: str) -> str:
    return escape_label(text if len(text) <= _LONGEST_EXAMPLE else f"{text[: _LONGEST_EXAMPLE - 1]}…")
