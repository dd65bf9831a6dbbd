"""A regular expression and what can be told of it, each found once."""

from __future__ import annotations

import re
import warnings
from functools import cached_property
from typing import TYPE_CHECKING

from telemap.regex.parsed import count_in_sets, parse_regex
from telemap.regex.slowness import slowness
from telemap.regex.texts import has_few_texts

if TYPE_CHECKING:
    from telemap.regex.ambiguity import Tokens


class Regex:
    """A regular expression of Python's `re`; what is asked of it raises what `re.compile` raises, also of warnings.

    Args:
        text: as written.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """Compile it."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.compile(self.text)

    @cached_property
    def characters_of_sets(self) -> int:
        """Count the characters of its sets."""
        return count_in_sets(self._parsed[0])

    @cached_property
    def slowness(self) -> str | None:
        """Return what makes it slow on some text; None where nothing does."""
        return slowness(*self._parsed)

    @cached_property
    def has_few_texts(self) -> bool:
        """Return whether what its group finds is one of a few texts, such as `(GET|PUT)`."""
        return has_few_texts(*self._parsed)

    @cached_property
    def _parsed(self) -> tuple[Tokens, int]:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return parse_regex(self.text)
