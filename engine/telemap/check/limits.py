"""Read buckets, series limits, `overflow` and `expire`."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from telemap.document.nodes import MapNode, Node
from telemap.keys import tables as keys
from telemap.model import BucketGenerator, Overflow, add_up
from telemap.reading.scalars import is_number
from telemap.units import base_unit, decimal_ratio

if TYPE_CHECKING:
    from collections.abc import Collection

    from telemap.check.drafts import Defaults, FamilyHead
    from telemap.check.mapping_reader import MappingReader
    from telemap.document.nodes import ScalarNode
    from telemap.model import GaugeOperation
    from telemap.reading.entries import Entries

DEFAULT_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""prometheus_client's default buckets, in seconds; a test compares them."""

MAX_BUCKETS = 500
"""Maximum number of buckets of a histogram, listed or generated."""


def read_family_buckets(
    reader: MappingReader, key: ScalarNode, what: str, entries: Entries, head: FamilyHead, defaults: Defaults
) -> tuple[float, ...]:
    """Read a histogram's buckets: its own, those of `defaults`, or for seconds those of prometheus_client."""
    if "buckets" in entries:
        bucket_key, node = entries["buckets"]
        reader.key_for_type(bucket_key, what, head.type)
        return read_buckets(reader, node, f"'buckets' of {what}")
    if head.type is None or "buckets" not in head.type.row.keys:
        return ()
    if defaults.buckets:
        return defaults.buckets
    known = entries.lacks("buckets") and "buckets" not in defaults.unread
    if known and base_unit(head.name) != "seconds":
        reader.error(
            "buckets-missing",
            key,
            f"{what} needs 'buckets': the default buckets are in seconds, but {head.name!r} is not",
            "state the upper bounds, such as 'buckets: [1, 10, 100]'",
        )
    return DEFAULT_BUCKETS


def read_buckets(reader: MappingReader, node: Node, what: str) -> tuple[float, ...]:
    """Read a list of upper bounds, or a generator of such a list."""
    if isinstance(node, MapNode):
        return _read_generator(reader, node, what)
    items = reader.items(node, what) or ()
    if len(items) > MAX_BUCKETS:
        reader.error("wrong-value", node, f"{what} has {len(items)} bounds; at most {MAX_BUCKETS} are allowed")
        return ()
    bounds = [(item, _read_bound(reader, item, what)) for item in items]
    for (_, lower), (item, upper) in pairwise(bounds):
        if lower is not None and upper is not None and upper <= lower:
            hint = "remove one of them" if upper == lower else "sort them from lowest to highest"
            reader.error(
                "buckets-order", item, f"{what} must be in ascending order: {upper:g} comes after {lower:g}", hint
            )
    return tuple(bound for _, bound in bounds if bound is not None)


def _read_bound(reader: MappingReader, node: Node, what: str) -> float | None:
    hint = "remove it: the bucket +Inf always exists" if is_number(node) else None
    return reader.number(node, f"a bound of {what}", hint=hint)


def _read_generator(reader: MappingReader, node: MapNode, what: str) -> tuple[float, ...]:
    entries = reader.entries(node, what, keys.BUCKETS)
    if not entries:
        if entries is not None and not entries.foreign:
            reader.error("missing-key", node, f"{what} needs {' or '.join(repr(one.value) for one in BucketGenerator)}")
        return ()
    name, *others = entries
    for other in others:
        reader.exclude(entries, name, other, f"{what} has both {name!r} and {other!r}")
    inner, generator = entries[name][1], BucketGenerator(name)
    given = reader.entries(inner, f"{name!r} of {what}", frozenset(generator.keys))
    for required in generator.keys:
        if given is not None and given.lacks(required):
            reader.error("missing-key", inner, f"{name!r} of {what} needs {required!r}")
    if given is None:
        return ()
    start = _read_above(reader, given, "start", what, generator.row.above_start)
    step = _read_above(reader, given, generator.row.step, what, generator.row.above_step)
    count = None
    if "count" in given:
        count = reader.positive_integer(given["count"][1], f"'count' of {what}")
    if count is not None and count > MAX_BUCKETS:
        reader.error("wrong-value", given["count"][1], f"'count' of {what} must be at most {MAX_BUCKETS}")
        return ()
    if start is None or step is None or count is None:
        return ()
    return _generate(reader, node, what, generator, (start, step, count))


def _read_above(reader: MappingReader, given: Entries, part: str, what: str, least: float) -> float | None:
    """Read a number that must be greater than another."""
    if part not in given:
        return None
    number = reader.number(given[part][1], f"{part!r} of {what}")
    if number is not None and number <= least:
        reader.error("wrong-value", given[part][1], f"{part!r} of {what} must be greater than {least:g}")
        return None
    return number


def _generate(
    reader: MappingReader, node: Node, what: str, generator: BucketGenerator, numbers: tuple[float, float, int]
) -> tuple[float, ...]:
    start, step, count = numbers
    try:
        bounds = tuple(generator.row.bound(decimal_ratio(start), decimal_ratio(step), n) for n in range(count))
    except OverflowError:
        bounds = (math.inf,)
    if not all(map(math.isfinite, bounds)) or any(upper <= lower for lower, upper in pairwise(bounds)):
        reader.error("number-range", node, f"{what} produces bounds that are not ascending or not finite")
    return bounds


def read_limit(reader: MappingReader, what: str, entries: Entries, name: str, default: int) -> int:
    """Read the maximum number of series."""
    if name not in entries:
        return default
    return reader.positive_integer(entries[name][1], f"{name!r} of {what}") or default


def read_overflow(
    reader: MappingReader,
    what: str,
    entries: Entries,
    head: FamilyHead,
    operations: Collection[GaugeOperation],
    default: Overflow,
) -> Overflow:
    """Read `overflow`, which handles samples beyond the limit.

    The values of gauges that are set cannot be folded: for these, `fold` in `defaults` means `drop`.
    """
    can_fold = head.type is None or add_up(head.type, operations)
    if "overflow" not in entries:
        return default if can_fold else Overflow.DROP
    node = entries["overflow"][1]
    chosen = reader.word(node, f"'overflow' of {what}", Overflow)
    if chosen is Overflow.FOLD and not can_fold:
        message = f"{what} is a gauge whose samples cannot be added, so its series cannot be folded into one"
        reader.error("fold-gauge", node, message, "use 'drop'")
    return chosen or default


def read_expire(
    reader: MappingReader, what: str, entries: Entries, head: FamilyHead, default: float | None
) -> float | None:
    """Read `expire`: the seconds after which a series of a gauge expires."""
    if "expire" not in entries:
        return default if head.type is not None and "expire" in head.type.row.keys else None
    key, node = entries["expire"]
    reader.key_for_type(key, what, head.type)
    return reader.seconds(node, f"'expire' of {what}")
