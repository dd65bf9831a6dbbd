"""A mapping on trial: what it makes of events, without a process that lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telemap.apply import apply
from telemap.compiler import compile as compile_mapping
from telemap.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from telemap.model import Mapping as EventMapping
    from telemap.store.series import FamilySeries

_INSTANCE = "preview"
"""What `${runtime:instance}` reads here: the same each time, so that outputs can be compared."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A mapping, and the store that its samples go to."""

    mapping: EventMapping
    store: Store

    @property
    def families(self) -> Sequence[FamilySeries]:
        """Return the families, by name."""
        return self.store.all_families()

    def apply(self, batch: Sequence[Any]) -> None:
        """Apply a batch of events."""
        apply(self.store.plan, batch, self.store)


def begin(mapping: EventMapping, env: Mapping[str, str], warn: Callable[[str], None] | None = None) -> Trial:
    """Begin a trial. No time passes in it, so that no gauge expires however long reading takes.

    Args:
        mapping: what is tried.
        env: what `${env:NAME}` reads.
        warn: told what people should know once.
    """
    store = Store(compile_mapping(mapping), env=env, instance=_INSTANCE, warn=warn, now=lambda: 0.0)
    return Trial(mapping, store)
