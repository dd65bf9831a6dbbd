"""What a mapping and all that it includes come to: each file is bounded, and so are all of them together.

What is compiled can be far more than what is written: labels are inherited by each source, a path has many steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from telemap.path import PathFault
from telemap.reading.entries import Suggestions
from telemap.regex.known import Regex

MAX_FILES: Final = 64
"""Most files that a mapping includes, directly or not."""

MAX_NODES: Final = 20_000
"""Most nodes of a mapping and all that it includes, aliases expanded."""

MAX_BROKEN: Final = 4
"""Most included files that are read and refused: each can take as long as a mapping may."""

MAX_CHARACTERS: Final = 2 * 1024 * 1024
"""Most characters of a mapping and all that it includes."""

MAX_LABELS: Final = 10_000
"""Most labels of all sources: what is inherited is read, and compiled, for each."""

MAX_LABELS_EACH: Final = 512
"""Most labels of one source: each is written with each of its series, and with each bucket of these."""

MAX_LABEL_TEXTS: Final = 100_000
"""Most texts of the labels of all sources, such as those of `allow`, inherited ones counted for each."""

MAX_STEPS: Final = 20_000
"""Most steps of the paths of all sources: each is a line of the plan's code."""

MAX_PATH_CHARACTERS: Final = 50_000
"""Most characters of all different paths that are not plain: jsonpath-ng reads them in half a second."""

_EACH_PATH: Final = 30
"""How many more characters take as long as the rest of a path."""

MAX_PATTERNS: Final = 200
"""Most different patterns of event types: for each set of those that fit a type the plan has a function of its own."""

MAX_REGEX_CHARACTERS: Final = 100_000
"""Most characters of all different regexes: Python compiles them at a megabyte in about two seconds."""

MAX_SET_CHARACTERS: Final = 2_000_000
"""Most characters of the sets of all different regexes: Python takes up to a second for ten million."""

MAX_INIT: Final = 100_000
"""Most lines of exposition that all families may begin with, whatever their limits."""


@dataclass(slots=True)
class Totals:
    """What was counted so far.

    Attributes:
        files: included ones.
        reported: limits that a problem has reported, which happens once for each.
    """

    files: int = 0
    broken: int = 0
    nodes: int = 0
    characters: int = 0
    labels: int = 0
    label_texts: int = 0
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
        """Return a regex, the same one each time."""
        return self.regexes.setdefault(text, Regex(text))

    def examine(self, query: str) -> None:
        """Count a path that is not plain.

        Raises:
            PathFault: there are too many.
        """
        if query not in self.paths:
            self.paths.add(query)
            self.path_characters += len(query) + _EACH_PATH
        if self.path_characters > MAX_PATH_CHARACTERS:
            message = f"all paths that are not plain have more than {MAX_PATH_CHARACTERS:,} characters"
            raise PathFault("too-complex", message, "names and indexes alone make a plain path, which costs nothing")

    def passes(self, bound: str, count: int, most: int) -> bool:
        """Tell, the first time, that a count is more than its bound."""
        if count <= most or bound in self.reported:
            return False
        self.reported.add(bound)
        return True
