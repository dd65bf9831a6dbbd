"""Long-form labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.label_text import INSTANCE, OVERFLOW, clean, label_text
from telemap.model import OTHER, Concat, FirstOf, LiteralText
from telemap.path import MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from telemap.model import KnownText, LabelRule
    from telemap.runtime.regexes import RegexBudget

_MISSING = "\0missing"
"""The mark for missing text, which itself has no control characters."""


class SeenValues:
    """The distinct texts of a label with `max_values`.

    Args:
        limit: the maximum number of texts.
        seen: the texts so far, which the rules of a metric share.
        default: the text for missing values, which does not count.
    """

    def __init__(self, limit: int, seen: set[str], default: str) -> None:
        self._limit = limit
        self._seen = seen
        self._free = {"", OVERFLOW, default}

    def cap(self, text: str) -> str:
        """Return the text, or the common one for all others if the limit is reached."""
        fits = text in self._seen or len(self._seen) < self._limit or text in self._free
        return text if fits else OVERFLOW

    def take(self, text: str) -> None:
        """Record the text of an accepted sample."""
        if len(self._seen) < self._limit and text not in self._free:
            self._seen.add(text)


def make_label(
    rule: LabelRule,
    env: Mapping[str, str],
    budget: RegexBudget,
    seen: SeenValues | None,
) -> Callable[..., str | None]:
    """Return a function that converts the nodes of a label's paths to its text.

    The function takes one node, for `concat` one per path, and for literals none; it returns None if a node is invalid.

    Args:
        rule: the label.
        env: the variables for `${env:NAME}`.
        budget: the budget of `extract`.
        seen: the texts so far, for `max_values`.
    """
    is_raw = isinstance(rule.origin, FirstOf) and rule.has_regex
    read = _whole_text if is_raw or rule.extract is not None else _text
    begin: Callable[..., str | None] = read
    if isinstance(rule.origin, Concat):
        begin = _concat(rule.origin, env, read)
    elif isinstance(rule.origin, LiteralText):
        known = _MISSING if rule.origin.is_unset(env) else rule.origin.resolve(env)
        begin = lambda: known  # noqa: E731 - one of three, the others are functions too
    steps = _steps(rule, env, budget, is_raw=is_raw)
    if seen is not None:
        steps.append(seen.cap)
    default = rule.default.resolve(env) if rule.default is not None else ""

    def label(*values: Any) -> str | None:
        text = begin(*values)
        for step in steps:
            if text is None or text is _MISSING:
                break
            text = step(text)
        return default if text is _MISSING else text

    return label


def known_label(text: KnownText, env: Mapping[str, str], budget: RegexBudget) -> str:
    """Return a text that does not depend on the event."""
    if isinstance(text, LiteralText):
        return text.resolve(env)
    return make_label(text, env, budget, None)() or ""


def _text(value: Any) -> str | None:
    return label_text(value, _MISSING)


def _whole_text(value: Any) -> str | None:
    """Return text unchanged, for a regex."""
    return value if type(value) is str else label_text(value, _MISSING)


def _concat(origin: Concat, env: Mapping[str, str], read: Callable[[Any], str | None]) -> Callable[..., str | None]:
    """Join literals and paths; the result is missing if a path is missing, and invalid if a node is invalid."""
    parts: Sequence[str | None] = [
        part.resolve(env) if isinstance(part, LiteralText) else None for part in origin.parts
    ]

    def concat(*values: Any) -> str | None:
        remaining = iter(values)
        texts = [read(next(remaining)) if part is None else part for part in parts]
        if None in texts:
            return None
        if any(text is _MISSING for text in texts):
            return _MISSING
        joined = "".join(text for text in texts if text is not None)
        return joined if read is _whole_text else _clean_parts(joined)

    return concat


def _clean_parts(text: str) -> str:
    """Clean text, except the marks of the instance id, which only literals can contain after `_text`."""
    return INSTANCE.join(clean(part) for part in text.split(INSTANCE))


def _steps(rule: LabelRule, env: Mapping[str, str], budget: RegexBudget, *, is_raw: bool) -> list[Callable[[str], str]]:
    """Return the steps of a label, in the order of the language.

    Args:
        rule: the label.
        env: the variables for `${env:NAME}`.
        budget: the budget of regexes.
        is_raw: whether the text is that of a node, unchanged: it has yet to be cleaned, and only then shortened.
    """
    steps: list[Callable[[str], str]] = []
    other = None if rule.otherwise is None else rule.otherwise.resolve(env)
    if rule.extract is not None:
        steps.append(make_extract(rule.extract, budget, _MISSING))
    if rule.lower:
        steps.append(_lower_raw if is_raw and rule.replace else lambda text: _clean_parts(text.lower()))
    if rule.replace:
        from telemap.runtime.replacing import make_replace  # noqa: PLC0415 - few mappings need it

        steps += [make_replace(pattern, template, budget) for pattern, template in rule.replace]
        steps.append(clean if is_raw else _clean_parts)
    if rule.map is not None:
        table = {text: mapped.resolve(env) for text, mapped in rule.map}
        steps.append(_mapper(table, other if rule.allow is None else None))
    if rule.allow is not None:
        allowed = frozenset(rule.allow)
        remaining = OTHER if other is None else other
        steps.append(lambda text: text if text in allowed else remaining)
    return steps


def _lower_raw(text: str) -> str:
    return text[:MAX_TEXT].lower()


def make_extract(pattern: str, budget: RegexBudget, missing: str) -> Callable[[str], str]:
    """Return a function that finds a regex's group in a text; it returns `missing` without a match."""
    search = budget.searcher(pattern)

    def extract(text: str) -> str:
        match = search(text)
        found = match and match[1]
        return missing if found is None else clean(found)

    return extract


def _mapper(table: dict[str, str], otherwise: str | None) -> Callable[[str], str]:
    if otherwise is None:
        return lambda text: table.get(text, text)
    return lambda text: table.get(text, otherwise)
