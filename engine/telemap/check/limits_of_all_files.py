"""Limits of a mapping together with everything it includes; each file has limits, too.

A small file can compile to a large plan: each rule inherits labels, and a path has many steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from telemap.path import PathFault
from telemap.reading.entries import Suggestions
from telemap.regex.known import Regex

MAX_FILES: Final = 64
"""Maximum number of files that a mapping includes, directly or indirectly."""

MAX_NODES: Final = 20_000
"""Maximum number of nodes of a mapping and its includes, with expanded aliases."""

MAX_BROKEN: Final = 4
"""Maximum number of invalid included files: each may take as long as a valid one."""

MAX_CHARACTERS: Final = 2 * 1024 * 1024
"""Maximum number of characters of a mapping and its includes."""

MAX_LABELS: Final = 10_000
"""Maximum number of labels of all rules: inherited ones are read and compiled for each."""

MAX_LABELS_EACH: Final = 512
"""Maximum number of labels of one rule: each is written for each series and bucket."""

MAX_LABEL_TEXTS: Final = 100_000
"""Maximum number of texts of all labels, such as those of `allow`; inherited ones count for each rule."""

MAX_INHERITED: Final = 50_000
"""Maximum number of event types and words of conditions that rules inherit from groups, counted for each rule."""

MAX_STEPS: Final = 20_000
"""Maximum number of steps of all paths: each is a line of generated code."""

MAX_PATH_CHARACTERS: Final = 50_000
"""Maximum number of characters of all distinct complex paths: jsonpath-ng parses them in half a second."""

_EACH_PATH: Final = 30
"""Number of characters that take as long as the rest of parsing a path."""

MAX_PATTERNS: Final = 200
"""Maximum number of distinct event type patterns: the plan has a function for each set that matches some type."""

MAX_REGEX_CHARACTERS: Final = 100_000
"""Maximum number of characters of all distinct regexes: Python compiles a megabyte in about two seconds."""

MAX_SET_CHARACTERS: Final = 2_000_000
"""Maximum number of characters in sets of all distinct regexes: Python takes up to a second for ten million."""

MAX_INIT: Final = 100_000
"""Maximum number of initial exposition lines of all metrics, whatever their limits."""


@dataclass(slots=True)
class Totals:
    """The counts so far.

    Attributes:
        to_gateway: whether a Pushgateway may get the metrics, which has names of its own.
        files: the number of included files.
        reported: limits that have been reported, each once.
    """

    to_gateway: bool = True
    files: int = 0
    broken: int = 0
    nodes: int = 0
    characters: int = 0
    labels: int = 0
    label_texts: int = 0
    inherited: int = 0
    steps: int = 0
    paths: set[str] = field(default_factory=set)
    path_characters: int = 0
    init: int = 0
    patterns: set[str] = field(default_factory=set)
    regexes: dict[str, Regex] = field(default_factory=dict)
    counted_regexes: set[str] = field(default_factory=set)
    regex_characters: int = 0
    set_characters: int = 0
    suggestions: Suggestions = field(default_factory=Suggestions)
    reported: set[str] = field(default_factory=set)

    @property
    def is_too_large(self) -> bool:
        """Return whether all files together are too large."""
        return self.nodes > MAX_NODES or self.characters > MAX_CHARACTERS

    def regex(self, text: str) -> Regex:
        """Return a regex; the same object for the same text."""
        return self.regexes.setdefault(text, Regex(text))

    def examine(self, query: str) -> None:
        """Count the characters of a complex path.

        Raises:
            PathFault: all paths together are too long.
        """
        if query not in self.paths:
            self.paths.add(query)
            self.path_characters += len(query) + _EACH_PATH
        if self.path_characters > MAX_PATH_CHARACTERS:
            message = f"all paths that are not plain have more than {MAX_PATH_CHARACTERS:,} characters"
            raise PathFault("too-complex", message, "names and indexes alone make a plain path, which costs nothing")

    def passes(self, bound: str, count: int, most: int) -> bool:
        """Return whether a count exceeds its limit for the first time."""
        if count <= most or bound in self.reported:
            return False
        self.reported.add(bound)
        return True
