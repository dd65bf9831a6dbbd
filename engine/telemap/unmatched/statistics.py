"""Statistics of the values at a place."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, Final

from telemap.duration_texts import seconds_of
from telemap.model.conversions import to_number, to_unix_time
from telemap.numbers import INVALID

MAX_TEXTS: Final = 20
"""Most different texts that are remembered."""

SHORT: Final = 64
"""Most characters of a text that can be a label value."""

_ID = re.compile(
    r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|(?=[A-Fa-f]*\d)[0-9A-Fa-f]{16,}|arn:.*|Root=1-.*", re.DOTALL
)
"""UUIDs, hexadecimal ids of spans and traces, ARNs, values of `X-Amzn-Trace-Id`."""

_LONGEST_ID = 1024


@dataclass(slots=True)
class Statistics:
    """Statistics of the values at a place; null does not count as a value.

    Attributes:
        events: number of events that have a value there.
        values: number of values; an event may have several.
        example: the first value.
        numbers: number of finite numbers.
        fractions: number of measured values that are not whole.
        least: the minimum of the numbers, and of texts that are numbers or durations.
        most: the maximum of the same.
        truths: number of booleans.
        texts: number of texts; among them `numeric`, `durations`, `times` and `ids`.
        clocks: number of durations such as `08:14:09`, which may also be times of day.
        short: number of short, printable texts.
        different: the first different short texts.
    """

    events: int = 0
    values: int = 0
    example: Any = None
    numbers: int = 0
    fractions: int = 0
    least: float = math.inf
    most: float = -math.inf
    truths: int = 0
    texts: int = 0
    numeric: int = 0
    durations: int = 0
    clocks: int = 0
    times: int = 0
    ids: int = 0
    short: int = 0
    different: set[str] = field(default_factory=set)

    def add(self, value: Any) -> None:
        """Add a text, a number or a boolean."""
        if not self.values:
            self.example = value[: SHORT + 1] if isinstance(value, str) else value
        self.values += 1
        if isinstance(value, bool):
            self.truths += 1
        elif isinstance(value, str):
            self._add_text(value)
        else:
            self.numbers += self._measured(value)

    def merge(self, other: Statistics) -> None:
        """Add the values of another place."""
        if not self.values:
            self.example = other.example
        for name in ("events", "values", "numbers", "fractions", "truths", "texts", "numeric", "durations", "clocks",
                     "times", "ids", "short"):  # fmt: skip
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.least = min(self.least, other.least)
        self.most = max(self.most, other.most)
        self.different |= set(sorted(other.different)[: MAX_TEXTS + 1 - len(self.different)])

    def _add_text(self, text: str) -> None:
        self.texts += 1
        self.ids += _ID.fullmatch(text[:_LONGEST_ID].strip()) is not None
        if len(text) > SHORT or not text.isprintable():
            return
        self.short += 1
        if len(self.different) <= MAX_TEXTS:
            self.different.add(text)
        number, seconds = to_number(text), seconds_of(text)
        if number is not INVALID:
            self.numeric += self._measured(number)
        elif seconds is not None:
            self.durations += self._measured(seconds)
            self.clocks += ":" in text
        else:
            self.times += to_unix_time(text) is not INVALID

    def _measured(self, value: float) -> bool:
        """Add a number to the range; return False if a float cannot hold it."""
        try:
            number = float(value)
        except OverflowError:
            return False
        if not math.isfinite(number):
            return False
        self.fractions += not number.is_integer()
        self.least = min(self.least, number)
        self.most = max(self.most, number)
        return True
