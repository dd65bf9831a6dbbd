"""The mapping and the events that a session was given last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telemap.playground.given_events import GivenEvents
from telemap.playground.given_mapping import GivenMapping
from telemap.playground.work import Work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemap.preview.trial import Trial

ENVIRONMENT: Final = {
    "AWS_LAMBDA_FUNCTION_NAME": "shop",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
}
"""The variables for `${env:NAME}`: those of an example function, never those of this process."""

REGEX_SECONDS: Final = 0.25
"""CPU time of all regexes in a batch of events: what Lambda gives them, on a machine that is five times slower."""


class State:
    """What a session keeps between questions. What is the same in the next question is not read again.

    Args:
        folder: the folder that must contain the files that mappings include; None if they may include none.

    Attributes:
        mapping: the mapping.
        events: the events.
        revision: the page's number for their text.
        work: the mapping applied to the events; None if it has errors.
    """

    def __init__(self, folder: str | None) -> None:
        self.folder = folder
        self.mapping = GivenMapping("", "", None)
        self.events = GivenEvents("")
        self.revision = -1
        self.work: Work | None = None
        self._pinned: GivenMapping | None = None
        self._pinned_trial: tuple[tuple[GivenMapping, GivenEvents, Mapping[str, str]], Trial] | None = None

    @property
    def has_events(self) -> bool:
        """Return whether there were any; otherwise the page means a session that is gone."""
        return self.revision >= 0

    def take_events(self, revision: int, text: str | None) -> bool:
        """Take events; return whether they are known."""
        if text is None:
            return revision == self.revision
        if text != self.events.text:
            self.events = GivenEvents(text)
        self.revision = revision
        return True

    def take_mapping(self, name: str, text: str, env: Mapping[str, str]) -> None:
        """Take a mapping, to be applied to the events."""
        before = self.mapping
        if before.reads_files or (before.name, before.text) != (name, text):
            self.mapping = GivenMapping(name, text, self.folder)
        mapping, plan, work = self.mapping.mapping, self.mapping.plan, self.work
        variables = {**ENVIRONMENT, **env}
        if mapping is None or plan is None:
            self.work = None
        elif work is None or (work.mapping is not mapping or work.given is not self.events or work.env != variables):
            self.work = Work(
                mapping,
                plan,
                self.events,
                variables,
                regex_seconds=REGEX_SECONDS,
                document=self.mapping.document,
            )

    def pinned_trial(self, text: str) -> Trial | None:
        """Return another text of the mapping after the same events; None if either has errors."""
        if self.work is None:
            return None
        pinned = self._pinned
        if pinned is None or pinned.reads_files or (pinned.name, pinned.text) != (self.mapping.name, text):
            pinned = self._pinned = GivenMapping(self.mapping.name, text, self.folder)
        if pinned.mapping is None or pinned.plan is None:
            return None
        key = (pinned, self.events, self.work.env)
        if self._pinned_trial is None or self._pinned_trial[0] != key:
            self._pinned_trial = key, self.work.trial_of(pinned.mapping, pinned.plan)
        return self._pinned_trial[1]
