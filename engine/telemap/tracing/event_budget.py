"""One budget of regexes for all that explains an event."""

from __future__ import annotations

from telemap.runtime.regexes import RegexBudget


class EventBudget(RegexBudget):
    """A budget that several stores share, each of which begins batches: what is left is for the next one.

    However many rules and probes there are, the explanation of an event takes no longer.
    """

    def refill(self) -> None:
        """Begin with the next event."""
        super().begin()

    def begin(self) -> None:
        """Go on with what is left."""
        self._waits = True
