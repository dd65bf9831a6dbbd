"""Read `defaults`, which apply to the metrics of the same file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check.drafts import DEFAULT_SERIES_LIMIT, Defaults
from telemap.check.labels import read_label_names
from telemap.check.limits import read_buckets, read_limit
from telemap.check.names import NAME
from telemap.document.nodes import MapNode
from telemap.keys import tables as keys
from telemap.model import Overflow

if TYPE_CHECKING:
    from telemap.check.mapping_reader import MappingReader
    from telemap.reading.entries import Entries


def read_defaults(reader: MappingReader, entries: Entries) -> Defaults:
    """Read `defaults`, if present."""
    if "defaults" not in entries:
        return Defaults() if entries.lacks("defaults") else Defaults(unread=keys.DEFAULTS)
    what = "'defaults'"
    given = reader.entries(entries["defaults"][1], what, keys.DEFAULTS)
    if given is None:
        return Defaults(unread=keys.DEFAULTS)
    overflow = None
    if "overflow" in given:
        node = given["overflow"][1]
        overflow = reader.word(node, f"'overflow' of {what}", Overflow)
    return Defaults(
        prefix=_read_prefix(reader, given),
        labels=read_label_names(reader, given["labels"][1], f"'labels' of {what}") if "labels" in given else {},
        buckets=read_buckets(reader, given["buckets"][1], f"'buckets' of {what}") if "buckets" in given else (),
        series_limit=read_limit(reader, what, given, "series_limit", DEFAULT_SERIES_LIMIT),
        series_limit_total=read_limit(reader, what, given, "series_limit_total", 0) or None,
        overflow=overflow or Overflow.FOLD,
        expire=reader.seconds(given["expire"][1], f"'expire' of {what}") if "expire" in given else None,
        unread=frozenset(given.misspelt - given.keys() | _wrong_labels(given)),
    )


def _wrong_labels(given: Entries) -> set[str]:
    return {"labels"} if "labels" in given and not isinstance(given["labels"][1], MapNode) else set()


def _read_prefix(reader: MappingReader, given: Entries) -> str:
    if "prefix" not in given:
        return ""
    node = given["prefix"][1]
    prefix = reader.text(node, "'prefix' of 'defaults'", empty=True) or ""
    if prefix and NAME.fullmatch(prefix) is None:
        hint = "use letters, digits, '_' and ':', and do not start with a digit"
        reader.error("metric-name", node, f"{prefix!r} is not a valid metric name prefix", hint)
        return ""
    return prefix
