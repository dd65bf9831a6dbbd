"""Read the expectations of a test."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from telemap.document.nodes import MapNode, ScalarNode
from telemap.mapping_tests import keys
from telemap.mapping_tests.model import Absence, Expectations, ExpectedCount, ExpectedSample, ExpectedText
from telemap.mapping_tests.series_text import parse_sample, parse_selector
from telemap.reading.scalars import is_number, is_truth, number_of
from telemap.resources import relative_to

if TYPE_CHECKING:
    from telemap.document.nodes import Node
    from telemap.mapping_tests.series_text import SampleName
    from telemap.problem.place import Place
    from telemap.reading.entries import Entries
    from telemap.reading.node_reader import NodeReader

_AS_PROMETHEUS = (
    "write it as Prometheus does: name{label=\"text\"}; in YAML, text with ': ' or ' #' needs single quotes"
)


_FILE = "write {file: shop.prom}: its path is relative to the test file"

_COUNT = "write a count, such as 0 or 3"

_TOLERANCE = "write the allowed difference in either direction, in the unit of the value, such as 0.05"

_SELECTOR = 'write it as Prometheus does: name, name{label="text"} or name{label!="text"}'


def read_expectations(reader: NodeReader, file: str, node: Node, what: str) -> Expectations | None:
    """Read `expect`; None if it is invalid."""
    entries = reader.entries(
        node, f"'expect' of {what}", keys.EXPECT, keys.OTHER_WORDS, hint="write what you expect, such as 'series: ...'"
    )
    if entries is None:
        return None
    if not entries.foreign and _cannot_fail(entries):
        hint = f"one of: {', '.join(sorted(keys.EXPECT - {'only'}))}"
        reader.error(
            "wrong-value",
            node,
            f"'expect' of {what} {'must not be empty' if not entries else 'expects nothing'}: it could never fail",
            hint,
        )
    skips, places = _read_skips(reader, entries)
    return Expectations(
        series=_read_series(reader, entries["series"][1]) if "series" in entries else (),
        only=_read_only(reader, entries, what),
        absent=_read_absent(reader, entries["absent"][1]) if "absent" in entries else (),
        exposition=_read_exposition(reader, file, entries["exposition"][1]) if "exposition" in entries else None,
        skips=skips,
        skip_places=places,
        overflows=_read_counts(reader, entries["overflows"][1], "overflows") if "overflows" in entries else (),
        events=_read_event_counts(reader, entries["events"][1]) if "events" in entries else (),
    )


def _cannot_fail(entries: Entries) -> bool:
    """Return whether nothing is expected; `only: false` expects nothing."""
    return not entries or (entries.keys() == {"only"} and _is_false(entries["only"][1]))


def _is_false(node: Node) -> bool:
    return isinstance(node, ScalarNode) and is_truth(node) and node.text.lower() == "false"


def _read_only(reader: NodeReader, entries: Entries, what: str) -> Place | None:
    if "only" not in entries:
        return None
    key, node = entries["only"]
    is_wanted = reader.truth(node, f"'only' of {what}", hint="write true, or remove 'only'")
    if not is_wanted:
        return None
    if entries.lacks("series"):
        hint = 'to expect no series at all, write exposition: ""'
        reader.error("missing-key", key, "'only' needs 'series'", hint)
    return reader.place(key.span)


def _read_series(reader: NodeReader, node: Node) -> tuple[ExpectedSample, ...]:
    pairs = reader.pairs(node, "'series'")
    if pairs == ():
        reader.error("wrong-value", node, "'series' must not be empty", 'to expect no series, write exposition: ""')
    found: dict[SampleName, tuple[ScalarNode, ExpectedSample]] = {}
    for key, value in pairs or ():
        name = _read_sample_name(reader, key)
        sample = None if name is None else _read_sample(reader, name, key, value)
        if sample is None:
            continue
        if first := found.get(sample.name):
            message = f"series {str(sample.name)!r} is defined twice, with its labels in a different order"
            place = reader.place(first[0].span)
            reader.error_at("duplicate-key", sample.place, message, related=(place, "first defined here"))
        found[sample.name] = (key, sample)
    return tuple(sample for _, sample in found.values())


def _read_sample_name(reader: NodeReader, key: ScalarNode) -> SampleName | None:
    try:
        name = parse_sample(key.text)
    except ValueError as error:
        reader.error("wrong-value", key, f"series {key.text!r}: {error}", "remove one of them")
        return None
    if name is None:
        reader.error("wrong-value", key, f"{key.text!r} is not a series", _AS_PROMETHEUS)
    return name


def _read_sample(reader: NodeReader, name: SampleName, key: ScalarNode, node: Node) -> ExpectedSample | None:
    what = f"the value of {str(name)!r}"
    tolerance: float | None = 0.0
    if isinstance(node, MapNode):
        entries = reader.entries(node, what, keys.VALUE)
        if entries is None or "value" not in entries:
            reader.error("missing-key", node, f"{what} needs 'value'", "write {value: 0.3, tolerance: 1e-9}")
            return None
        if "tolerance" in entries:
            tolerance = _read_tolerance(reader, entries["tolerance"][1])
        node = entries["value"][1]
    if not is_number(node):
        reader.number(node, what, hint="write a number, such as 3 or 0.25; 5 % is 0.05")
        return None
    value = number_of(node)
    if math.isnan(value):
        reader.error("wrong-value", node, f"{what} cannot be NaN", "samples are never NaN: telemap skips such values")
        return None
    return ExpectedSample(name, value, tolerance or 0.0, reader.place(key.span), reader.place(node.span))


def _read_tolerance(reader: NodeReader, node: Node) -> float | None:
    tolerance = reader.number(node, "'tolerance'", hint=_TOLERANCE)
    if tolerance is not None and tolerance < 0:
        reader.error("wrong-value", node, "'tolerance' must not be negative", _TOLERANCE)
        return None
    return tolerance


def _read_absent(reader: NodeReader, node: Node) -> tuple[Absence, ...]:
    absences = []
    items = reader.items(node, "'absent'", hint="name what must not exist, or remove 'absent'") or ()
    for item in items:
        text = reader.text(item, "an item of 'absent'", wanted="a metric or a series", hint=_SELECTOR)
        if text is None:
            continue
        selector = parse_selector(text)
        if selector is None:
            reader.error("wrong-value", item, f"{text!r} is neither a metric nor a series", _SELECTOR)
            continue
        absences.append(Absence(selector, text, reader.place(item.span)))
    return tuple(absences)


def _read_exposition(reader: NodeReader, file: str, node: Node) -> ExpectedText | None:
    if not isinstance(node, MapNode):
        text = reader.text(
            node, "'exposition'", empty=True, wanted="text or {file: PATH}", hint='to expect no series at all, write ""'
        )
        return None if text is None else ExpectedText(text, None, reader.place(node.span))
    entries = reader.entries(node, "'exposition'", keys.FILE)
    if entries is None or "file" not in entries:
        reader.error("missing-key", node, "'exposition' must have 'file', or be the text itself", _FILE)
        return None
    named = entries["file"][1]
    path = reader.text(named, "'file' of 'exposition'", hint=_FILE)
    return None if path is None else ExpectedText("", relative_to(file, path), reader.place(named.span))


def _read_skips(
    reader: NodeReader, entries: Entries
) -> tuple[tuple[ExpectedCount, ...], tuple[tuple[str, Place], ...]]:
    """Read the number of skipped samples by family and reason, and the locations of the families."""
    pairs = reader.pairs(entries["skips"][1], "'skips'") if "skips" in entries else ()
    if pairs == () and "skips" in entries:
        reader.error(
            "wrong-value", entries["skips"][1], "'skips' must not be empty", "to expect none, write 'METRIC: {}'"
        )
    counts = []
    for key, node in pairs or ():
        known = reader.entries(
            node,
            f"'skips' of {key.text!r}",
            frozenset(keys.REASONS),
            hint="write {REASON: COUNT}, such as {missing: 1}, or {} to expect none",
        )
        for reason, (_, value) in (known or {}).items():
            if (count := _read_count(reader, value, f"{reason!r} of {key.text!r}")) is not None:
                counts.append(ExpectedCount(key.text, reason, count, reader.place(value.span)))
    return tuple(counts), tuple((key.text, reader.place(key.span)) for key, _ in pairs or ())


def _read_counts(reader: NodeReader, node: Node, what: str) -> tuple[ExpectedCount, ...]:
    pairs = reader.pairs(node, f"{what!r}")
    if pairs == ():
        reader.error("wrong-value", node, f"{what!r} must not be empty", "to expect none, write 'METRIC: 0'")
    counts = ((key, value, _read_count(reader, value, f"{what!r} of {key.text!r}")) for key, value in pairs or ())
    return tuple(
        ExpectedCount(key.text, what, count, reader.place(value.span))
        for key, value, count in counts
        if count is not None
    )


def _read_event_counts(reader: NodeReader, node: Node) -> tuple[ExpectedCount, ...]:
    entries = reader.entries(node, "'events' of 'expect'", frozenset(keys.EVENTS))
    if entries == {} and not entries.foreign:
        hint = f"write how many, such as {keys.EVENTS[-1]}: 0"
        reader.error("wrong-value", node, "'events' of 'expect' must not be empty", hint)
    counts = ((name, value, _read_count(reader, value, f"{name!r}")) for name, (_, value) in (entries or {}).items())
    return tuple(
        ExpectedCount("", name, count, reader.place(value.span)) for name, value, count in counts if count is not None
    )


def _read_count(reader: NodeReader, node: Node, what: str) -> int | None:
    """Read a non-negative integer."""
    if not is_number(node) or not (number := number_of(node)).is_integer() or number < 0:
        reader.error("wrong-type", node, f"{what} must be a non-negative integer", _COUNT)
        return None
    return int(number)
