"""Parse samples and selectors in Prometheus's notation: `shop_orders_total{currency="eur"}`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from telemap.exposition import escape_label

_NAME: Final = "[a-zA-Z_:][a-zA-Z0-9_:]*"
_TEXT: Final = r'"([^"\\\n]|\\[\\"n])*"'


def _pattern(operator: str) -> str:
    """Return the pattern of a name with labels in braces, with optional spaces around labels."""
    label = f"[a-zA-Z_][a-zA-Z0-9_]* *{operator} *{_TEXT} *"
    return rf"^{_NAME}(\{{ *({label}(, *{label})*(, *)?)?\}})?$"


SAMPLE_PATTERN: Final = _pattern("=")
"""A sample in `series`; the JSON Schema has the same pattern."""

SELECTOR_PATTERN: Final = _pattern("!?=")
"""A selector in `absent`; the JSON Schema has the same pattern."""

_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*) *(!?=) *"((?:[^"\\\n]|\\[\\"n])*)"')
_ESCAPED = re.compile(r'\\([\\"n])')

LONGEST = 10_000
"""Most characters of a series in a test; label values have at most 1,024 bytes."""


@dataclass(frozen=True, slots=True)
class SampleName:
    """The name and labels of a sample.

    Attributes:
        labels: sorted, without labels whose value is empty, which Prometheus treats as absent.
    """

    name: str
    labels: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """Return the sample in Prometheus's notation."""
        pairs = ",".join(f'{name}="{escape_label(text)}"' for name, text in self.labels)
        return f"{self.name}{{{pairs}}}" if pairs else self.name


@dataclass(frozen=True, slots=True)
class Matcher:
    """The value that a label must or must not have."""

    label: str
    text: str
    is_equal: bool


@dataclass(frozen=True, slots=True)
class Selector:
    """A name and matchers of labels; other labels may have any value."""

    name: str
    matchers: tuple[Matcher, ...]

    def matches(self, labels: dict[str, str]) -> bool:
        """Return whether all matchers hold for the labels of a series; an absent label counts as empty."""
        return all((labels.get(matcher.label, "") == matcher.text) == matcher.is_equal for matcher in self.matchers)


def sample_name(name: str, labels: dict[str, str]) -> SampleName:
    """Return the name of a sample with these labels."""
    return SampleName(name, tuple(sorted((label, text) for label, text in labels.items() if text)))


def parse_sample(text: str) -> SampleName | None:
    """Parse a sample; None if it is not in Prometheus's notation.

    Raises:
        ValueError: a label is defined twice.
    """
    if len(text) > LONGEST or re.fullmatch(SAMPLE_PATTERN, text) is None:
        return None
    labels: dict[str, str] = {}
    for name, _, value in _LABEL.findall(text):
        if name in labels:
            raise ValueError(f"label {name!r} is defined twice")
        labels[name] = _unescaped(value)
    return sample_name(text.partition("{")[0], labels)


def parse_selector(text: str) -> Selector | None:
    """Parse a selector; None if it is invalid."""
    if len(text) > LONGEST or re.fullmatch(SELECTOR_PATTERN, text) is None:
        return None
    found = _LABEL.findall(text)
    matchers = tuple(Matcher(name, _unescaped(value), operator == "=") for name, operator, value in found)
    return Selector(text.partition("{")[0], matchers)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else match[1], text)
