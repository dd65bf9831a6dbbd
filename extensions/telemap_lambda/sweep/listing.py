"""Read the groups of a Pushgateway's `/api/v1/metrics` one at a time, because there may be thousands."""

from __future__ import annotations

import codecs
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telemap_lambda.sweep.errors import ListingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OWN_FAMILY = "telemap_mapping_info"
"""The metric that telemap pushes with every group, even if its own metrics are off."""

_IN_NUMBERS = ".eE"
"""Characters after which a number continues, in the next chunk if this one ends there: `12.` is the start of `12.5`."""

_MAX_CHARACTERS = 64 * 1024 * 1024
"""Maximum length of a group."""

_SPACE = " \t\r\n"

Grouping = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ListedGroup:
    """A group, as listed by the gateway.

    Attributes:
        grouping: the labels of the grouping key, sorted by name.
        pushed_at: Unix time of the last accepted push; 0 for never, None if unknown.
        failed_at: Unix time of the last refused push; 0 for never or unknown.
        is_telemap: whether the group contains the metric that only telemap pushes.
    """

    grouping: Grouping
    pushed_at: float | None
    failed_at: float
    is_telemap: bool

    @property
    def job(self) -> str:
        """The value of the grouping key's `job`."""
        return dict(self.grouping)["job"]

    @property
    def last_seen(self) -> float | None:
        """Unix time of the last push, accepted or refused; None if unknown."""
        if self.pushed_at is None:
            return None
        return max(self.pushed_at, self.failed_at) or None


def read_listing(chunks: Iterable[bytes]) -> Iterator[ListedGroup]:
    """Yield the groups of an answer that arrives in chunks.

    Raises:
        ListingError: it is not the answer of a Pushgateway; some groups may already have been yielded.
    """
    scanner = _Scanner(chunks)
    has_data = False
    more = scanner.opens("{")
    while more:
        key = scanner.value()
        scanner.expect(":")
        if key == "data":
            has_data = True
            yield from map(_group, scanner.elements())
        else:
            scanner.value()
        more = scanner.goes_on("}")
    if not has_data:
        raise ListingError("the list has no 'data'")


def _group(element: object) -> ListedGroup:
    labels = element.get("labels") if isinstance(element, dict) else None
    if not isinstance(element, dict) or not isinstance(labels, dict) or not labels.get("job"):
        raise ListingError("a group in the list has no 'labels' with a job")
    return ListedGroup(
        tuple(sorted((str(name), str(value)) for name, value in labels.items())),
        _moment(element.get("push_time_seconds")),
        _moment(element.get("push_failure_time_seconds")) or 0.0,
        OWN_FAMILY in element,
    )


def _moment(family: Any) -> float | None:
    """Return the value of a metric with one series, such as `push_time_seconds`; None if it has no valid value."""
    try:
        moment = float(family["metrics"][0]["value"])
    except (LookupError, TypeError, ValueError):
        return None
    return moment if math.isfinite(moment) else None


class _Scanner:
    """Scan JSON text that arrives in chunks, with only one value in memory at a time."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        self._json = json.JSONDecoder()
        self._text = ""
        self._at = 0

    def opens(self, bracket: str) -> bool:
        """Skip an opening bracket; return whether anything precedes the closing one."""
        self.expect(bracket)
        closing = {"{": "}", "[": "]"}[bracket]
        if self._peek() != closing:
            return True
        self._at += 1
        return False

    def goes_on(self, closing: str) -> bool:
        """Skip a comma or the closing bracket; return whether it was a comma."""
        if self._peek() == ",":
            self._at += 1
            return True
        self.expect(closing)
        return False

    def elements(self) -> Iterator[Any]:
        """Yield the elements of an array."""
        more = self.opens("[")
        while more:
            yield self.value()
            more = self.goes_on("]")

    def expect(self, character: str) -> None:
        """Skip a required character."""
        if self._peek() != character:
            raise ListingError(f"{character!r} is missing in the list")
        self._at += 1

    def value(self) -> Any:
        """Read any JSON value."""
        self._peek()
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if not self._read():
                    raise ListingError("the list is not JSON, or is truncated") from error
                continue
            is_whole = end < len(self._text) and self._text[end] not in _IN_NUMBERS
            if is_whole or not self._read():
                self._at = end
                return value

    def _peek(self) -> str:
        """Return the next character that is not white space; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read():
                return ""

    def _read(self) -> bool:
        """Read more, doubling the text, so that a long value is not decoded again with each small chunk."""
        rest = self._text[self._at :]
        if len(rest) > _MAX_CHARACTERS:
            raise ListingError("a group in the list is too long")
        parts, length = [rest], 0
        for chunk in self._chunks:
            parts.append(self._decode(chunk))
            length += len(parts[-1])
            if length > len(rest):
                break
        self._text, self._at = "".join(parts), 0
        return length > 0
