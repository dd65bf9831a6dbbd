"""The databases that telemap is tested with: Debian stable's releases and, where they can be had, those of unstable."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, Protocol

from servers.prometheus import Prometheus
from servers.victoriametrics import VictoriaMetrics

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from servers.prometheus import QueryApi, Sample


class Database(Protocol):
    """A server that takes remote write."""

    api: QueryApi

    @property
    def write_url(self) -> str:
        """What `GATEWAY` is set to."""

    def latest(self) -> list[Sample]:
        """Return the last sample of each series."""

    def flush(self) -> None:
        """Make what was written visible to queries."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...


DATABASES: Final[dict[str, Callable[[], Database]]] = {
    "prometheus": Prometheus,
    "victoriametrics": VictoriaMetrics,
    "prometheus-unstable": functools.partial(Prometheus, unstable=True),
    "victoriametrics-unstable": functools.partial(VictoriaMetrics, unstable=True),
}
"""How to make each; `servers.available` skips the tests of one that is not here."""
