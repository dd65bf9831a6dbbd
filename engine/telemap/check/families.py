"""Read metrics."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from telemap.check.drafts import DraftSource, FamilyDraft, FamilyHead, LabelNodes, SourceDraft
from telemap.check.init import LabelSets, init_series, read_init
from telemap.check.labels import check_removals, check_reserved, count_texts, merge_labels, read_label
from telemap.check.limits import read_expire, read_family_buckets, read_limit, read_overflow
from telemap.check.limits_of_all_files import MAX_LABEL_TEXTS, MAX_LABELS, MAX_LABELS_EACH
from telemap.check.names import check_name
from telemap.check.sources import read_own_labels, read_source, read_source_item
from telemap.keys import tables as keys
from telemap.model import Family, GaugeOperation, LabelRule, MetricType, Mix, Source
from telemap.reading.entries import listed

if TYPE_CHECKING:
    from telemap.check.drafts import Defaults, GroupDraft
    from telemap.check.groups import WrittenMetric
    from telemap.check.mapping_reader import MappingReader
    from telemap.document.nodes import ScalarNode
    from telemap.reading.entries import Entries


def read_family(
    reader: MappingReader, written: WrittenMetric, name: str, defaults: Defaults
) -> tuple[FamilyDraft | None, Family | None]:
    """Read one metric; return it as far as it could be read, and as a whole if it has no error.

    Args:
        reader: collects the problems.
        written: the metric as written.
        name: the full name.
        defaults: those of the file.
    """
    key, node, group = written
    what = f"metric {key.text!r}"
    before, found = reader.errors, len(reader.problems)
    entries = reader.entries(node, what, keys.FAMILY, keys.FAMILY_ELSEWHERE)
    if entries is None:
        return None, None
    metric_type = _read_type(reader, key, what, entries)
    check_name(reader, key, name, metric_type)
    help_ = _read_help(reader, key, what, entries)
    head = FamilyHead(name, metric_type)
    drafts, levels = _read_drafts(reader, key, what, entries, head, defaults, group)
    _check_operations(reader, what, drafts)
    names, sources, read = _put_labels(reader, key, what, drafts, levels, head)
    limit = read_limit(reader, what, entries, "series_limit", defaults.series_limit)
    operations = [draft.operation for draft in drafts if draft.operation is not None]
    overflow = read_overflow(reader, what, entries, head, operations, defaults.overflow)
    buckets = read_family_buckets(reader, key, what, entries, head, defaults)
    expire = read_expire(reader, what, entries, head, defaults.expire)
    wanted = read_init(reader, what, entries, head)
    complete = reader.errors == before
    init: LabelSets = ()
    if wanted and complete and metric_type:
        init = init_series(reader, what, wanted, names, sources, limit, metric_type.row.lines + len(buckets))
    has_limit = entries.lacks("series_limit") and "series_limit" not in defaults.unread
    draft = FamilyDraft(
        key,
        head,
        limit=limit if has_limit or "series_limit" in entries else None,
        has_own_limit=not entries.lacks("series_limit"),
        buckets=buckets,
        buckets_node=entries["buckets"][1] if "buckets" in entries else None,
        sources=tuple(read),
        codes=frozenset(problem.code for problem in reader.problems[found:]),
    )
    if reader.errors > before or metric_type is None or help_ is None:
        return draft, None
    place = reader.place(key.span)
    end_line = max(place.span.end_line, node.span.end_line)  # an alias may stand for a block above it
    if "sources" not in entries:
        sources = tuple(replace(source, end_line=end_line) for source in sources)
    family = Family(name, metric_type, help_, names, buckets, limit, overflow, expire, init, sources, place, end_line)
    return draft, family


def _read_type(reader: MappingReader, key: ScalarNode, what: str, entries: Entries) -> MetricType | None:
    if "type" not in entries:
        if not entries.lacks("type"):
            return None
        hint = f"one of: {', '.join(one.value for one in MetricType)}"
        reader.error("missing-key", key, f"{what} needs 'type'", hint)
        return None
    return reader.word(entries["type"][1], f"'type' of {what}", MetricType)


def _read_help(reader: MappingReader, key: ScalarNode, what: str, entries: Entries) -> str | None:
    if "help" not in entries:
        if not entries.lacks("help"):
            return None
        reader.error("missing-key", key, f"{what} needs 'help'", "describe in a sentence what it counts or measures")
        return None
    return reader.text(
        entries["help"][1], f"'help' of {what}", hint="write a sentence that describes what it counts or measures"
    )


def _read_drafts(
    reader: MappingReader,
    key: ScalarNode,
    what: str,
    entries: Entries,
    head: FamilyHead,
    defaults: Defaults,
    group: GroupDraft | None,
) -> tuple[list[DraftSource], list[LabelNodes | None]]:
    """Read `sources`, or the only rule in its place, and the labels that the rules inherit."""
    above = [None if "labels" in defaults.unread else defaults.labels, *([] if group is None else [group.labels])]
    if "sources" not in entries:
        return [read_source(reader, key, what, entries, head, group)] if entries.lacks("sources") else [], above
    for name in sorted(keys.SOURCE_ONLY & entries.keys()):
        reader.error(
            "keys-exclude",
            entries[name][0],
            f"{what} has both 'sources' and {name!r}",
            f"move {name!r} into each rule",
            related=(entries["sources"][0], "'sources'"),
        )
    labels = read_own_labels(reader, entries, what)
    items = reader.items(entries["sources"][1], f"'sources' of {what}") or ()
    read = [
        read_source_item(reader, item, f"rule {number} of {what}", head, group) for number, item in enumerate(items, 1)
    ]
    return [draft for draft in read if draft is not None], [*above, labels]


def _check_operations(reader: MappingReader, what: str, drafts: list[DraftSource]) -> None:
    """Report rules of a gauge whose operations cannot be mixed."""
    readable = [(draft.operation, draft.operation_node) for draft in drafts if draft.operation is not None]
    for operation, node in readable[1:]:
        first, first_node = readable[0]
        if operation.row.mix is not first.row.mix:
            reader.error(
                "gauge-operations",
                node,
                f"the rules of {what} cannot mix {first.value!r} and {operation.value!r}",
                _mixes(),
                related=(first_node, f"{first.value!r}"),
            )


def _mixes() -> str:
    """Report which operations can be mixed."""
    kinds = [[repr(one.value) for one in GaugeOperation if one.row.mix is mix] for mix in Mix]
    mixed = [
        f"{words[0]} goes with {words[1]}" if len(words) == 2 else f"{listed(words)} go together"
        for words in kinds
        if len(words) > 1
    ]
    alone = [words[0] for words in kinds if len(words) == 1]
    return "; ".join([*mixed, *([f"{listed(alone)} alone"] if alone else [])])


def _put_labels(
    reader: MappingReader,
    key: ScalarNode,
    what: str,
    drafts: list[DraftSource],
    written: list[LabelNodes | None],
    head: FamilyHead,
) -> tuple[tuple[str, ...], tuple[Source, ...], list[SourceDraft]]:
    """Merge the labels of the file and the metric into those of each rule, and read them."""
    merged = _merge_labels(reader, drafts, written)
    if too_many := _too_many(reader, what, merged):
        reader.error("too-many-labels", key, too_many)
        return (), (), [SourceDraft(draft, {}, {}) for draft in drafts]
    _check_removals(reader, drafts, written)
    for labels in merged:
        if head.type is not None:
            check_reserved(reader, labels, head.type)
    _check_same_labels(reader, what, drafts, merged)
    names = tuple(sorted(merged[0])) if merged else ()
    sources, read = [], []
    for draft, labels in zip(drafts, merged, strict=True):
        rules = {
            name: read_label(reader, node, f"label {name!r}", depth=draft.depth) for name, (_, node) in labels.items()
        }
        read.append(SourceDraft(draft, labels, rules))
        if draft.value is not None:
            sources.append(_source(reader, draft, [rules[name] for name in names if name in rules]))
    return names, tuple(sources), read


def _merge_labels(
    reader: MappingReader, drafts: list[DraftSource], written: list[LabelNodes | None]
) -> list[LabelNodes]:
    """Merge the labels of the file and the metric into those of each rule, within the limits."""
    levels = [level or {} for level in written]
    reader.totals.labels += sum(len(draft.labels or ()) + sum(map(len, levels)) for draft in drafts)
    if reader.totals.labels > MAX_LABELS:
        return []
    return [merge_labels(*levels, draft.labels or {}) for draft in drafts]


def _too_many(reader: MappingReader, what: str, merged: list[LabelNodes]) -> str | None:
    """Report the limit that the labels of a metric's rules exceed, if any."""
    totals = reader.totals
    if totals.labels > MAX_LABELS:
        return f"with {what}, all rules together have more than {MAX_LABELS:,} labels, counting inherited ones"
    most = max(map(len, merged), default=0)
    if most > MAX_LABELS_EACH:
        return f"{what} has {most:,} labels, and may have {MAX_LABELS_EACH}"
    totals.label_texts += sum(count_texts(reader, node) for labels in merged for _, node in labels.values())
    if totals.label_texts > MAX_LABEL_TEXTS:
        return f"with {what} the labels of all sources have more than {MAX_LABEL_TEXTS:,} texts, inherited ones counted"
    return None


def _check_removals(reader: MappingReader, drafts: list[DraftSource], levels: list[LabelNodes | None]) -> None:
    """Report `null` for labels that are not inherited, if all levels could be read."""
    for number, level in enumerate(levels):
        _check_level(reader, level, levels[:number])
    for draft in drafts:
        _check_level(reader, draft.labels, levels)


def _check_level(reader: MappingReader, level: LabelNodes | None, above: list[LabelNodes | None]) -> None:
    known = [labels for labels in above if labels is not None]
    if level is not None and len(known) == len(above):
        check_removals(reader, level, merge_labels(*known))


def _source(reader: MappingReader, draft: DraftSource, rules: list[LabelRule | None]) -> Source:
    assert draft.value is not None  # noqa: S101 - the caller has seen to it
    return Source(
        patterns=draft.patterns,
        parse=draft.parse,
        each=draft.each,
        when=draft.when,
        labels=tuple(rule for rule in rules if rule is not None),
        value=draft.value,
        factor=draft.factor,
        operation=draft.operation or GaugeOperation.SET,
        place=reader.place(draft.node.span),
        end_line=draft.node.span.end_line,
        group=None if draft.group_node is None else reader.place(draft.group_node.span),
    )


def _check_same_labels(reader: MappingReader, what: str, drafts: list[DraftSource], labels: list[LabelNodes]) -> None:
    """Report each rule whose label names differ from those of the first rule."""
    known = [(draft, found) for draft, found in zip(drafts, labels, strict=True) if draft.labels is not None]
    for draft, found in known[1:]:
        first, expected = known[0]
        if found.keys() == expected.keys():
            continue
        missing = sorted(expected.keys() - found.keys())
        added = sorted(found.keys() - expected.keys())
        words = [f"lacks {name!r}" for name in missing] + [f"adds {name!r}" for name in added]
        reader.error(
            "label-mismatch",
            draft.node,
            f"the rules of {what} have different labels: this one {' and '.join(words)}",
            "use the same label names in each rule; use a constant where there is nothing to read",
            related=(first.node, "the first rule"),
        )
