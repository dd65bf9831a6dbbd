"""Samples and selectors as Prometheus writes them: `shop_orders_total{currency="eur"}`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from telemap.exposition import escape_label

_NAME: Final = "[a-zA-Z_:][a-zA-Z0-9_:]*"
_TEXT: Final = r'"([^"\\\n]|\\[\\"n])*"'


def _pattern(operator: str) -> str:
    """Return the pattern of a name with labels in braces; spaces around labels do not matter."""
    label = f"[a-zA-Z_][a-zA-Z0-9_]* *{operator} *{_TEXT} *"
    return rf"^{_NAME}(\{{ *({label}(, *{label})*(, *)?)?\}})?$"


SAMPLE_PATTERN: Final = _pattern("=")
"""How a sample is written in `series`; the JSON Schema has the same pattern."""

SELECTOR_PATTERN: Final = _pattern("!?=")
"""How series are chosen in `absent`; the JSON Schema has the same pattern."""

_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*) *(!?=) *"((?:[^"\\\n]|\\[\\"n])*)"')
_ESCAPED = re.compile(r'\\([\\"n])')

LONGEST = 10_000
"""Most characters of a series in a test: label values have up to 1,024 bytes, and a family has few labels."""


@dataclass(frozen=True, slots=True)
class SampleName:
    """The name and labels of a sample.

    Attributes:
        labels: sorted; a label with an empty text is none, as everywhere in Prometheus.
    """

    name: str
    labels: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """Write it as Prometheus does."""
        pairs = ",".join(f'{name}="{escape_label(text)}"' for name, text in self.labels)
        return f"{self.name}{{{pairs}}}" if pairs else self.name


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a label's text must be, or must not be."""

    label: str
    text: str
    is_equal: bool


@dataclass(frozen=True, slots=True)
class Selector:
    """A name, and what must hold for labels; other labels may be anything."""

    name: str
    matchers: tuple[Matcher, ...]

    def fits(self, labels: dict[str, str]) -> bool:
        """Return whether all matchers hold for the labels of a series; one that it does not have is empty."""
        return all((labels.get(matcher.label, "") == matcher.text) == matcher.is_equal for matcher in self.matchers)


def sample_name(name: str, labels: dict[str, str]) -> SampleName:
    """Return the name of a sample with these labels."""
    return SampleName(name, tuple(sorted((label, text) for label, text in labels.items() if text)))


def parse_sample(text: str) -> SampleName | None:
    """Read a sample's name and labels; None when it is not written as Prometheus writes it.

    Raises:
        ValueError: a label is there twice; the message says so.
    """
    if len(text) > LONGEST or re.fullmatch(SAMPLE_PATTERN, text) is None:
        return None
    labels: dict[str, str] = {}
    for name, _, value in _LABEL.findall(text):
        if name in labels:
            raise ValueError(f"label {name!r} is there twice")
        labels[name] = _unescaped(value)
    return sample_name(text.partition("{")[0], labels)


def parse_selector(text: str) -> Selector | None:
    """Read a selector; None when it is none."""
    if len(text) > LONGEST or re.fullmatch(SELECTOR_PATTERN, text) is None:
        return None
    found = _LABEL.findall(text)
    matchers = tuple(Matcher(name, _unescaped(value), operator == "=") for name, operator, value in found)
    return Selector(text.partition("{")[0], matchers)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else match[1], text)
