"""Report why a source made no sample of an event, or of an item."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from telemap.cli.explain.shown import brief, shown
from telemap.model import AllOf, AnyOf, Comparison, Condition, Not
from telemap.path import SEVERAL
from telemap.reading.entries import nearest
from telemap.tracing.outcomes import CUT_OFF, Stage
from telemap.tracing.to_yaml import condition_text, label_rule_text, parse_text, patterns_text, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemap.model import Parse
    from telemap.path import Step
    from telemap.tracing.outcomes import Found, ItemTrace, LabelTrace, SourceTrace, TestTrace

_REASONS: Final = {
    "missing": "nothing is there",
    "not_a_number": "not a number",
    "not_finite": "not finite",
    "too_large": "too large for a float",
    "negative": "a counter cannot go down",
}

_KINDS: Final = {str: "text", bool: "a truth value", int: "a number", float: "a number", type(None): "null"}

_NUMBER: Final = re.compile(r"\s*[-+]?[0-9.]+([eE][-+]?[0-9]+)?\s*")
_MOST_KEYS: Final = 12
_MOST_NEAR: Final = 200
_MOST_KEY_CHARACTERS: Final = 40


def source_stop(trace: SourceTrace) -> str:
    """Report where a source stopped that did not come to any item."""
    source = trace.lone.source
    match trace.stage:
        case Stage.FROM:
            return f"does not read events of this type: from is {brief(patterns_text(source.patterns))}"
        case Stage.PARSE if source.parse and trace.found:
            there = _unparsed_text(trace.found, source.parse)
            return f"stopped at parse: {brief(parse_text(source.parse))} does not fit: {there}"
        case Stage.EACH if trace.found:
            step = f" (step {trace.step})" if len(source.each) > 1 else ""
            return f"stopped at each{step}: {trace.found.path.text} has no items: {found_text(trace.found)}"
    return "cut off: its regexes took longer than all regexes of a batch may"


def item_stops(item: ItemTrace, trace: SourceTrace) -> Iterator[str]:
    """Report why there is no sample of an item, line by line."""
    match item.stage:
        case Stage.WHEN:
            for test in item.tests:
                first, *others = test_texts(test)
                line = "" if test.line is None else f", line {test.line}"
                yield f"stopped at when{line}: {first}"
                yield from (f"  {line}" for line in others)
        case Stage.LABELS:
            yield from (f"stopped at labels: {_invalid_text(label)}" for label in item.invalid)
        case Stage.VALUE:
            yield f"stopped at value: {_value_stop(item, trace)}"


def test_texts(test: TestTrace) -> Iterator[str]:
    """Report how a test came out, and what its paths found, line by line."""
    if isinstance(test.condition, Comparison):
        yield f"{brief(condition_text(test.condition))}: {_all_found(test.found, test)}"
        return
    yield _HEADINGS[type(test.condition), test.holds]
    for within in test.within:
        first, *others = test_texts(within)
        yield f"  {_VERDICTS[within.holds]} {first}"
        yield from (f"  {line}" for line in others)


_VERDICTS: Final = {True: "yes", False: "no ", None: "?  "}

_HEADINGS: Final[dict[tuple[type[Condition], bool | None], str]] = {
    (AnyOf, False): "none of these holds",
    (AnyOf, True): "one of these holds",
    (AnyOf, None): "whether any of these holds cannot be decided",
    (AllOf, False): "not all of these hold",
    (AllOf, True): "all of these hold",
    (AllOf, None): "whether all of these hold cannot be decided",
    (Not, False): "this must not hold, and does",
    (Not, True): "this must not hold, and does not",
    (Not, None): "whether this does not hold cannot be decided",
}


def found_text(found: Found) -> str:
    """Report what a path found; where that is nothing, what there is up to there."""
    if found.value is SEVERAL or found.value is CUT_OFF:
        return "there are several nodes" if found.value is SEVERAL else "its regex took too long"
    if found.value is not None:
        return f"there is {shown(found.value)}"
    if found.nearest is None:
        return "nothing is there"
    where, value, step = found.nearest
    if step is None:
        return "there is null"
    node = "the item" if where == "." else where
    return f"nothing is there; {node} {_there(value, None if found.known else step)}"


def _unparsed_text(found: Found, parse: Parse) -> str:
    """Report what was to be parsed: of an object, for most parsers, its message."""
    if not parse.parser.row.reads_line or not isinstance(found.value, dict):
        return found_text(found)
    message = found.value.get("message")
    return "there is an object without 'message'" if message is None else f"there is the message {shown(message)}"


def _there(value: Any, step: Step | None) -> str:
    """Report what is where a step leads nowhere; a step that may well lead nowhere is None."""
    if isinstance(value, dict):
        if all(one is None for one in value.values()):
            return "has nothing but null" if value else "is an empty object"
        keys = [key[:_MOST_KEY_CHARACTERS] for key in value]
        hint = nearest(str(step), keys) if step is not None and len(keys) <= _MOST_NEAR else None
        more = ", ..." if len(keys) > _MOST_KEYS else ""
        return f"has {', '.join(keys[:_MOST_KEYS])}{more}" + (f"; {hint}" if hint else "")
    if isinstance(value, list):
        return f"is an array of {len(value)}"
    return f"is {_KINDS.get(type(value), 'no object')}"


def _all_found(found: Sequence[Found], test: TestTrace | None = None) -> str:
    """Report what several paths found; which one is which, where there is more than one."""
    if len(found) == 1:
        doubt = "" if test is None or test.holds is not None else ", and one is wanted"
        return found_text(found[0]) + (doubt if found[0].value is SEVERAL else "")
    return "; ".join(f"at {one.path.text} {found_text(one)}" for one in found)


def _invalid_text(label: LabelTrace) -> str:
    rule = brief(label_rule_text(label.rule))
    return f"label {label.name}, {rule}: no text for a label: {_all_found(label.found)}"


def _value_stop(item: ItemTrace, trace: SourceTrace) -> str:
    rule = trace.lone.source.value
    words = _REASONS[item.reason]
    text = brief(value_text(trace.lone.source))
    found = _all_found(item.values) if item.values else ""
    if item.reason == "missing":
        is_there = any(one.value is not None for one in item.values)
        return f"{text}: {found}; extract found nothing in it" if is_there else f"{text}: {found}"
    hint = ""
    if item.reason == "not_a_number" and rule.convert is None and rule.map is None:
        numeric = any(isinstance(one.value, str) and _NUMBER.fullmatch(one.value[:64]) for one in item.values)
        hint = "; 'as: number' takes text that is a number" if numeric else ""
    return f"{text}: {words}: {found}{hint}" if found else f"{text}: {words}"
