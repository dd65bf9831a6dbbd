"""Apply a mapping to events outside an extension."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telemap.apply import apply
from telemap.compiler import compile as compile_mapping
from telemap.preview.unparsed import UnparsedJson
from telemap.runtime.regexes import PATIENT_BATCH_SECONDS
from telemap.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from telemap.model import Mapping as EventMapping
    from telemap.plan import Plan
    from telemap.store.series import FamilySeries

_INSTANCE = "preview"
"""The value of `${runtime:instance}`: constant, so that outputs can be compared."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A mapping and its store.

    Attributes:
        unparsed: finds rules that should parse JSON text.
    """

    mapping: EventMapping
    store: Store
    unparsed: UnparsedJson

    @property
    def families(self) -> Sequence[FamilySeries]:
        """Return all families, telemap's own included, sorted by name."""
        return self.store.all_families()

    @property
    def has_samples(self) -> bool:
        """Whether any event made a sample."""
        return any(
            series.cells.keys() - series.initial.keys() or any(map(any, series.cells.values()))
            for series in self.store.families
        )

    def apply(self, batch: Sequence[Any]) -> None:
        """Apply a batch of events."""
        apply(self.store.plan, batch, self.store)
        self.unparsed.look(batch)


def begin(
    mapping: EventMapping,
    env: Mapping[str, str],
    warn: Callable[[str], None] | None = None,
    *,
    plan: Plan | None = None,
    regex_seconds: float = PATIENT_BATCH_SECONDS,
) -> Trial:
    """Begin a trial. Its clock stands still, so that no gauge expires.

    Args:
        mapping: the mapping.
        env: the variables for `${env:NAME}`.
        warn: called with each warning of the store.
        plan: the compiled mapping, if it is compiled already.
        regex_seconds: CPU time of all regexes in a batch.
    """
    store = Store(
        compile_mapping(mapping) if plan is None else plan,
        env=env,
        instance=_INSTANCE,
        warn=warn,
        now=lambda: 0.0,
        regex_seconds=regex_seconds,
    )
    return Trial(mapping, store, UnparsedJson(mapping))
