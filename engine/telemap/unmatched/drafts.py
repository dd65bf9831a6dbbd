"""Draft families that read a place or count the events of a type."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from telemap.document.quoting import double_quoted, scalar
from telemap.embedded_metrics import MARK
from telemap.errors import MappingError
from telemap.event_types import EVENT_TYPES
from telemap.float_text import float_text
from telemap.load import loads
from telemap.model import Conversion, Parser
from telemap.unmatched.guesses import UNITS, Guess, Use, guess, words
from telemap.unmatched.locations import AS_IT_IS, RECORD, Form, names_in, path_text, paths_to
from telemap.unmatched.naming import Names, label_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemap.units import Unit
    from telemap.unmatched.locations import Place
    from telemap.unmatched.statistics import Statistics

MAX_DRAFTS: Final = 300
"""Most drafts for one recording."""

_MAX_VALUES = 20
_MAX_WORDS = 2
_WORD = re.compile(r"(?<!\S)[A-Za-z]+(?=[:,]?(?:\s|$))")
"""A word of a line that stands alone."""

_LOG_TEXT = "log text; extract fields with 'parse: {regex: ...}', or count lines by level with telemap:logs"
_TYPE_LIKE_PATH = "the event type looks like a path"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft of a family, or the reason why there is none.

    Attributes:
        name: of the family; empty if there is no draft.
        lines: YAML for the key `metrics`, not indented.
        reason: why there is no draft.
    """

    name: str = ""
    lines: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Source:
    """The source of a draft, without value and labels."""

    event_type: str
    form: Form
    place: Place

    @property
    def help(self) -> str:
        """Return the help text of its family."""
        return f"{path_text(self.place)} of {self.event_type} events."

    def lines(self, test: Sequence[str] = ()) -> Iterator[str]:
        """Yield its YAML.

        The checker warns about unknown event types, so those are selected by a pattern and a test.

        Args:
            test: lines of an additional item of `when`.
        """
        known = self.event_type in EVENT_TYPES
        pattern = "platform.*" if self.event_type.startswith("platform.") else "*"
        yield f"  from: {scalar(self.event_type if known else pattern)}"
        if parse := self.form.text:
            yield f"  parse: {parse}"
        if each := paths_to(self.place).each:
            yield f"  each: {scalar(each)}"
        if test or not known:
            yield "  when:"
        if not known:
            yield from ("    - path: $.type", f"      equals: {double_quoted(self.event_type)}")
        yield from test


class Drafter:
    """Draft families that load without problems, alone and together.

    Args:
        names: the names in use.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._count = 0

    def count_events(self, event_type: str) -> Draft:
        """Draft a counter of the events of a type."""
        if event_type.startswith(("$", ".")):
            return Draft(reason=_TYPE_LIKE_PATH)
        name = self._names.take(event_type, ("events",), (), "_total")
        source = _Source(event_type, AS_IT_IS, ())
        return self._validated(name, [*_head("counter", f"{event_type} events."), *source.lines()])

    def count_lines(self, event_type: str, example: str, regex: str) -> Draft:
        """Draft a counter of the lines that a regex matches; none without a regex."""
        if not regex:
            return Draft(reason="a single line")
        if event_type.startswith(("$", ".")):
            return Draft(reason=_TYPE_LIKE_PATH)
        name = self._names.take(event_type, (*_WORD.findall(example)[:_MAX_WORDS], "lines"), (), "_total")
        source = _Source(event_type, Form(Parser.REGEX, RECORD, regex), ())
        return self._validated(name, [*_head("counter", f"Lines of {event_type} events."), *source.lines()])

    def read(
        self,
        event_type: str,
        form: Form,
        place: Place,
        seen: Statistics,
        *,
        label: Place,
        always: bool,
        unit: Unit | None,
    ) -> Draft:
        """Draft a family that reads a place.

        Args:
            event_type: the type of the events.
            form: how the record is parsed.
            place: the place, not in the event's envelope.
            seen: statistics of the values.
            label: a place that identifies the item of an array, for a label; empty if there is none.
            always: whether every event that the source reads has a value there.
            unit: the unit, if the events state it.
        """
        guessed = guess(names_in(place)[-1], seen, unit)
        if reason := self._reason(event_type, place, seen, guessed):
            return Draft(reason=reason)
        source = _Source(event_type, form, place)
        if guessed.use is Use.VALUE:
            return self._value(source, seen, guessed, label)
        return self._label(source, guessed, always=always)

    def _reason(self, event_type: str, place: Place, seen: Statistics, guessed: Guess) -> str:
        """Return why there is no draft; empty if there is one."""
        reasons = (
            (place == RECORD and seen.texts == seen.values, _LOG_TEXT),
            (any("\\" in name for name in names_in(place)), "paths cannot contain a name with a backslash"),
            (MARK in place, "metadata of CloudWatch's embedded metric format"),
            (guessed.use is Use.NOTHING, guessed.reason),
            (event_type.startswith(("$", ".")), _TYPE_LIKE_PATH),
            (self._count >= MAX_DRAFTS, f"only the first {MAX_DRAFTS} drafts are written; add some, and run again"),
        )
        return next((reason for holds, reason in reasons if holds), "")

    def _value(self, source: _Source, seen: Statistics, guessed: Guess, label: Place) -> Draft:
        base, factor = ("", 1.0) if guessed.unit is None else (guessed.unit.row.base, guessed.unit.row.factor)
        if not math.isfinite(max(abs(seen.least), abs(seen.most)) * factor):
            return Draft(reason=f"too large to be converted to {base}")
        last = words(names_in(source.place)[-1])[-1:]
        unit = last if guessed.unit is not None and last and last[0] in UNITS else ()
        name = self._names.take(source.event_type, source.place, unit, f"_{base}" if base else "")
        paths = paths_to(source.place)
        if guessed.conversion is not None:
            value = ["  value:", f"    path: {scalar(paths.value)}", f"    as: {guessed.conversion.value}"]
        else:
            value = [f"  value: {scalar(paths.value)}"]
        if guessed.unit is not None and guessed.conversion is not Conversion.DURATION:
            value.append(f"  unit: {guessed.unit.value}")
        head = _head("summary", source.help)
        if base == "seconds":
            scale, least = factor, seen.least * factor
            if guessed.conversion is Conversion.DURATION:
                scale, least = 1.0, min(seen.least, _SHORT)
            head = _head("histogram", source.help)
            value.append(f"  buckets: {_seconds_buckets(least, seen.most * scale)}")
        labels = _labels(label, f"max_values: {_MAX_VALUES}") if label else []
        return self._validated(name, [*head, *source.lines(), *value, *labels])

    def _label(self, source: _Source, guessed: Guess, *, always: bool) -> Draft:
        name = self._names.take(source.event_type, source.place, (), "_total")
        path = scalar(paths_to(source.place).value)
        known = ", ".join(map(double_quoted, guessed.closed))
        labels = _labels(source.place, f"allow: [{known}]" if known else f"max_values: {_MAX_VALUES}")
        test = [] if always else [f"    - path: {path}", "      exists: true"]
        return self._validated(name, [*_head("counter", source.help), *source.lines(test), *labels])

    def _validated(self, name: str, body: list[str]) -> Draft:
        """Return a draft, or none if it has problems."""
        lines = (f"{name}:", *body)
        try:
            problems = loads(document(lines), "draft").warnings
        except MappingError as error:
            problems = error.problems
        if problems:
            return Draft(reason=f"a draft would be invalid: {problems[0].message}")
        self._count += 1
        return Draft(name, lines)


def document(lines: tuple[str, ...]) -> str:
    """Return a mapping that contains a family."""
    return "\n".join(("version: 1", "metrics:", *(f"  {line}" for line in lines), ""))


def _head(metric_type: str, help_: str) -> list[str]:
    return [f"  type: {metric_type}", f"  help: {scalar(help_)}"]


def _labels(place: Place, closing: str) -> list[str]:
    return [
        "  labels:",
        f"    {label_name(place)}:",
        f"      path: {scalar(paths_to(place).value)}",
        f"      {closing}",
    ]


_DEFAULT_START = 0.001
_DEFAULT_COUNT = 14
_MIN_START = 1e-6
_MAX_SECONDS = 1e9
_MIN_BUCKETS = 10
_MAX_BUCKETS = 16
_MARKS = (1.0, 2.5, 5.0)
_SHORT = 2.0
"""Durations in text have units of their own, and may be short: their buckets begin below a second."""

_SPARE = 4.0
"""How much more than the most that was seen the last bucket holds, and how much less than the least the first."""


def _seconds_buckets(least: float, most: float) -> str:
    """Write exponential buckets for seconds, from a round number below the least value to above the most."""
    if not 0 < most < math.inf:
        return _write(_DEFAULT_START, 2, _DEFAULT_COUNT)
    most = min(most, _MAX_SECONDS)
    start = _round_down(max(min(least, most) if least > 0 else most / 1000, _MIN_START) / _SPARE)
    for factor in (2, 4, 10):
        count = 1 + max(1, math.ceil(math.log(most * _SPARE / start, factor)))
        if count <= _MAX_BUCKETS:
            break
    return _write(start, factor, min(max(count, _MIN_BUCKETS), _MAX_BUCKETS))


def _round_down(value: float) -> float:
    """Return the next 1, 2.5 or 5 of a power of ten."""
    power = math.floor(math.log10(value))
    digits = value / 10**power
    mark = max((mark for mark in _MARKS if mark <= digits * (1 + 1e-9)), default=1.0)
    return float(f"{mark}e{power}")


def _write(start: float, factor: int, count: int) -> str:
    return f"{{exponential: {{start: {float_text(start)}, factor: {factor}, count: {count}}}}}"
