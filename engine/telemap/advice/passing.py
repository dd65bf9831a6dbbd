"""What is known of the events that fulfil the conditions of a rule."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from telemap.advice.contradictions import PossibleEvents
from telemap.events.event_shape import event_types_of, is_always_there
from telemap.path import Root
from telemap.patterns import PatternSet

if TYPE_CHECKING:
    from telemap.advice.contradictions import Effort, Fact
    from telemap.check.drafts import DraftSource
    from telemap.model import Source
    from telemap.path import Path


class PassingEvents:
    """The events from which a rule makes samples.

    Args:
        source: the rule, complete or as a draft.
        effort: the limit on the work.

    Attributes:
        types: the event types of the Telemetry API that the rule reads.
    """

    def __init__(self, source: Source | DraftSource, effort: Effort) -> None:
        self.types = event_types_of(source.patterns)
        self._are_parsed = source.parse is not None
        self._when = source.when
        self._patterns = source.patterns
        self._effort = effort

    @cached_property
    def _possible(self) -> PossibleEvents:
        return PossibleEvents(self._when, PatternSet(self._patterns) if self._patterns else None, self._effort)

    def are_none(self) -> bool:
        """Return whether no event can fulfil the conditions."""
        return self._when is not None and bool(self._patterns) and self._possible.none

    def are_tested_for(self, path: Path) -> bool:
        """Return whether the conditions restrict the node at a path."""
        return self._possible.are_tested_for(path)

    def can_be(self, *facts: Fact) -> bool:
        """Return whether facts can be true of one of them."""
        return self._possible.can_be(*facts)

    def always_have(self, path: Path) -> bool:
        """Return whether all of them have a node at a path, by the schema."""
        from_event = path.root is Root.EVENT and path.steps is not None and not path.every
        return from_event and not self._are_parsed and is_always_there(path.steps or (), self.types)
