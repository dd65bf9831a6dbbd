"""Find the forms in which lines of log text recur."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from telemap.unmatched.line_regex import line_regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_FORMS: Final = 50
"""Most forms of the lines of one event type."""

_SAMPLES: Final = 100
"""Lines from which a regex is written."""

_MAX_CHARACTERS: Final = 500
_MAX_WORDS: Final = 40
_LEAST_IN_COMMON: Final = 0.6
_DIGIT: Final = re.compile(r"\d")


@dataclass(slots=True)
class LineForm:
    """Lines of the same form.

    Attributes:
        example: the first one.
        words: its words.
        count: number of lines.
        regex: reads them; empty until there are enough lines to write it.
    """

    example: str
    words: tuple[str, ...]
    count: int = 0
    regex: str = ""
    _samples: list[tuple[str, ...]] = field(default_factory=list)
    _compiled: re.Pattern[str] | None = None

    def is_like(self, words: Sequence[str]) -> bool:
        """Return whether most words are the same, or contain numbers in the same places."""
        pairs = zip(self.words, words, strict=True)
        same = sum(one == other or bool(_DIGIT.search(one) and _DIGIT.search(other)) for one, other in pairs)
        return same >= _LEAST_IN_COMMON * len(words)

    def add(self, line: str, words: tuple[str, ...]) -> Iterator[dict[str, str]]:
        """Add a line; yield the fields of each line that can now be read."""
        self.count += 1
        if self._compiled is not None:
            yield from self._fields(line)
            return
        self._samples.append(words)
        if len(self._samples) == _SAMPLES:
            yield from self.close()

    def close(self) -> Iterator[dict[str, str]]:
        """Write the regex if there are at least two lines, and yield the fields of the lines so far."""
        if self._compiled is None and self.count > 1:
            self.regex = line_regex(self._samples)
            self._compiled = re.compile(self.regex)
            for words in self._samples:
                yield from self._fields(" ".join(words))
            self._samples.clear()

    def _fields(self, line: str) -> Iterator[dict[str, str]]:
        assert self._compiled is not None  # noqa: S101 - the callers have checked it
        if found := self._compiled.search(line):
            yield found.groupdict()


class LineForms:
    """The forms of the lines of one event type.

    Attributes:
        forms: in the order of their first lines.
        other: number of lines beyond the maximum of forms.
    """

    def __init__(self) -> None:
        self.forms: list[LineForm] = []
        self.other = 0
        self._by_length: dict[int, list[LineForm]] = {}

    def add(self, text: str) -> Iterator[tuple[LineForm, dict[str, str]]]:
        """Add a text; yield the fields of each line that can now be read, with its form."""
        line = text.lstrip()[:_MAX_CHARACTERS].split("\n", 1)[0]
        words = tuple(line.split()[:_MAX_WORDS])
        if not words:
            return
        alike = self._by_length.setdefault(len(words), [])
        form = next((one for one in alike if one.is_like(words)), None)
        if form is None:
            if len(self.forms) == MAX_FORMS:
                self.other += 1
                return
            form = LineForm(line, words)
            alike.append(form)
            self.forms.append(form)
        for fields in form.add(line, words):
            yield form, fields

    def close(self) -> Iterator[tuple[LineForm, dict[str, str]]]:
        """Yield the fields of the lines that were too few so far."""
        for form in self.forms:
            for fields in form.close():
                yield form, fields
