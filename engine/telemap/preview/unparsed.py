"""Find rules that read fields of records which are JSON text, and do not parse it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from telemap.path import Path, Root
from telemap.patterns import matches_any
from telemap.runtime.parsing import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.model import Mapping, Source

_MOST: Final = 1000
"""Most records to examine: each is parsed."""


class UnparsedJson:
    """The metrics of a mapping whose rules need `parse: json`, by the records of a recording.

    Args:
        mapping: the mapping.
    """

    def __init__(self, mapping: Mapping) -> None:
        self._readers = [
            (family.name, source.patterns)
            for family in mapping.families
            for source in family.sources
            if source.parse is None and _reads_fields(source)
        ]
        self._left = _MOST if self._readers else 0
        self._types: dict[str, None] = {}

    def look(self, events: Iterable[Any]) -> None:
        """Examine the text records of events."""
        if not self._left:
            return
        for event in events:
            record = event.get("record") if type(event) is dict else None
            event_type = event.get("type") if type(record) is str else None
            if type(record) is not str or type(event_type) is not str or event_type in self._types:
                continue
            self._left -= 1
            if parse_json(record) is not None:
                self._types[event_type] = None
            if not self._left:
                return

    def notes(self) -> Iterator[str]:
        """Yield a note for each metric that reads fields of JSON text."""
        found = {
            name: event_type
            for name, patterns in self._readers
            for event_type in self._types
            if matches_any(patterns, event_type)
        }
        for name, event_type in islice(found.items(), _MOST):
            yield f"metric {name!r}: {event_type!r} records are JSON text; to read their fields, add 'parse: json'"


def _reads_fields(source: Source) -> bool:
    return any(map(_is_field, (*source.each, *source.paths)))


def _is_field(path: Path) -> bool:
    """Return whether a path leads into the record."""
    if path.root is not Root.EVENT:
        return False
    if path.steps is None:
        return path.query.startswith(("$.record.", "$.record["))
    return path.steps[:1] == ("record",) and (len(path.steps) > 1 or path.every)
