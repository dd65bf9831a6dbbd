"""Reports for people: what differs, as a diff, and what makes series, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telemap.exposition import escape_help, escape_label
from telemap.float_text import float_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from telemap.plan import FamilyShape
    from telemap.preview.cardinality import FamilyCardinality, LabelCardinality
    from telemap.preview.difference import FamilyChange, SeriesChange

_LONGEST_EXAMPLE: Final = 24
"""Characters that are shown of an example of a label's text."""


def difference_lines(before: str, after: str, changes: Sequence[FamilyChange], limit: int) -> Iterator[str]:
    """Write the differences of two mappings in the form of a unified diff.

    Args:
        before: the name of the mapping that `-` stands for.
        after: the name of the mapping that `+` stands for.
        changes: what differs.
        limit: most series that are shown of a family; 0 for all.
    """
    if not changes:
        return
    yield f"--- {before}"
    yield f"+++ {after}"
    for change in changes:
        yield f"@@ {change.name}: {_what(change, before, after)} @@"
        yield from _head_lines(change)
        shown = change.series[: limit or None]
        for series in shown:
            yield from _series_lines(change, series)
        if left := len(change.series) - len(shown):
            yield f"  ... and {left:,} more series; --limit 0 shows all"


def _what(change: FamilyChange, before: str, after: str) -> str:
    only = before if change.after is None else after if change.before is None else None
    if only is not None:
        return f"only in {only}, {_plural(len(change.series), 'series', 'series') if change.series else 'no series'}"
    counts = (change.gone, "gone"), (change.new, "new"), (change.changed, "changed"), (change.same, "the same")
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
    """Write the samples of a series that differ; of a histogram that is gone or new, only count and sum."""
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
    """Report in a line how much differs.

    Args:
        changes: what differs.
        families: all families of both mappings.
        events: how many events were applied.
    """
    metrics, over = _plural(families, "metric", "metrics"), _plural(events, "event", "events")
    if not changes:
        return f"no difference: {metrics}, {over}"
    gone, new, changed = (sum(getattr(one, kind) for one in changes) for kind in ("gone", "new", "changed"))
    return f"{len(changes):,} of {metrics} differ over {over}: {gone:,} series gone, {new:,} new, {changed:,} changed"


def cardinality_lines(families: Sequence[FamilyCardinality], series_limit_total: int, events: int) -> Iterator[str]:
    """Write a table of the families, then one of the labels of each family that has more than one series."""
    series, lines = sum(one.series for one in families), sum(one.lines for one in families)
    yield (
        f"{_plural(events, 'event', 'events')}: {series:,} series of {series_limit_total:,} at most,"
        f" {_plural(lines, 'line', 'lines')}"
    )
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
    lifted = "" if one.unlimited == one.series and one.is_exact else f"{one.unlimited:,}"
    counts = f"{one.series:,}", f"{one.family.series_limit:,}", used, f"{one.lines:,}"
    return one.family.name, one.family.type.value, *counts, lifted if one.is_exact else f">{lifted}"


def _family_lines(one: FamilyCardinality) -> Iterator[str]:
    beyond = f": {_plural(one.overflowed, 'sample', 'samples')} came beyond a limit" if one.overflowed else ""
    counted = "" if one.is_exact else f"; what follows is of the first {one.unlimited:,} series"
    yield f"{one.family.name}{beyond}{counted}"
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
    """Write rows below a head, each column as wide as its widest text."""
    table = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = zip(row, alignments, widths, strict=True)
        yield "  ".join(f"{text:{alignment}{width}}" for text, alignment, width in cells).rstrip()


def _short(text: str) -> str:
    return escape_label(text if len(text) <= _LONGEST_EXAMPLE else f"{text[: _LONGEST_EXAMPLE - 1]}…")


def _plural(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
