"""The format of series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Frames = TypeVar("Frames")
"""The encoded times of a series' samples."""


Line: TypeAlias = tuple[bytes, float, Frames, float]
"""One series: name and labels, earlier value, times and new value."""


class Format(Protocol[Frames]):
    """A format for series; times are in Unix milliseconds."""

    def labels(self, name: str, labels: Mapping[str, str]) -> bytes:
        """Encode a metric's name and labels."""

    def frames(self, earlier: Sequence[int], at: int) -> Frames:
        """Encode the times of the earlier values and of the new one."""

    def series(self, lines: Iterable[Line[Frames]]) -> bytes:
        """Encode series: for each, the earlier value once per earlier time, then the new value."""

    def stale(self, labels: bytes, frames: Frames) -> bytes:
        """Encode the end of a series; empty if the format cannot express it."""

    def body(self, series: Iterable[bytes]) -> bytes:
        """Return the request body for encoded series."""
