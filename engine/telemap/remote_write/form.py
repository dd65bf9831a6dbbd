"""How series are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Frames = TypeVar("Frames")
"""The times of the samples of a series, written."""


Line: TypeAlias = tuple[bytes, float, Frames, float]
"""One series: name and labels, the earlier value, the times, and the new value."""


class Format(Protocol[Frames]):
    """How series are written; times are in Unix milliseconds."""

    def labels(self, name: str, labels: Mapping[str, str]) -> bytes:
        """Write a metric's name and labels."""

    def frames(self, earlier: Sequence[int], at: int) -> Frames:
        """Write the times of earlier values and of the new one."""

    def series(self, lines: Iterable[Line[Frames]]) -> bytes:
        """Write series: for each the earlier value as often as it has times, and the new one."""

    def stale(self, labels: bytes, frames: Frames) -> bytes:
        """Write the end of a series; empty where the format has no word for it."""

    def body(self, series: Iterable[bytes]) -> bytes:
        """Return what is sent of written series."""
