"""Explain why a source made no sample from an event or an item."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from telemap.count_text import count_text
from telemap.model import AllOf, AnyOf, Comparison, Not, OperandKind
from telemap.path import SEVERAL
from telemap.reading.nearness import nearest
from telemap.runtime.parsing import parse_json
from telemap.tracing.brief import brief_rule, brief_value
from telemap.tracing.outcomes import CUT_OFF, Stage
from telemap.tracing.sentence import Sentence
from telemap.tracing.to_yaml import (
    condition_text,
    each_item_text,
    label_rule_text,
    parse_text,
    patterns_text,
    value_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemap.model import Parse
    from telemap.path import Step
    from telemap.tracing.outcomes import Found, ItemTrace, LabelTrace, SourceTrace, TestTrace

_REASONS: Final = {
    "not_a_number": "not a number",
    "not_finite": "not finite",
    "too_large": "too large for a float",
    "negative": "a counter cannot go down",
}

_KINDS: Final = {str: "a string", bool: "a boolean", int: "a number", float: "a number", type(None): "null"}

_NUMBER: Final = re.compile(r"\s*[-+]?[0-9.]+([eE][-+]?[0-9]+)?\s*")
_MAX_KEYS: Final = 12
_MAX_COMPARED_KEYS: Final = 200
_MAX_KEY_CHARACTERS: Final = 40


def source_stop(trace: SourceTrace) -> str:
    """Explain why a source stopped before its first item."""
    source = trace.isolated.source
    match trace.stage:
        case Stage.FROM:
            return f"does not read this event type: from: {brief_rule(patterns_text(source.patterns))}"
        case Stage.PARSE if source.parse and trace.found:
            found = _unparsed_text(trace.found, source.parse)
            return f"stopped at parse: {brief_rule(parse_text(source.parse))} does not match: {found}"
        case Stage.EACH if trace.found:
            step = f" (step {trace.step})" if len(source.each) > 1 else ""
            return f"stopped at each{step}: {trace.found.path.text} has no items: {found_text(trace.found)}"
    return "stopped at regex: the regexes exceeded the time limit of a batch"


def item_stops(item: ItemTrace, trace: SourceTrace) -> Iterator[Sentence]:
    """Explain why an item has no sample."""
    match item.stage:
        case Stage.WHEN:
            for test in item.tests:
                line = "" if test.line is None else f", line {test.line}"
                yield from _begun(f"stopped at when{line}: ", test, 0)
        case Stage.LABELS:
            yield from (Sentence(f"stopped at labels: {_invalid_text(label)}") for label in item.invalid)
        case Stage.VALUE:
            yield Sentence(f"stopped at value: {_value_stop(item, trace)}")


def test_sentences(test: TestTrace) -> Iterator[Sentence]:
    """Describe the result of a test, and what its paths found."""
    if isinstance(test.condition, Comparison):
        found = f"{_all_found(test.found, test)}{_text_hint(test)}"
        yield Sentence(f"{brief_rule(condition_text(test.condition))}: {found}", line=test.line)
        return
    holds, fails, undecided = _headings(test.condition)
    yield Sentence(undecided if test.holds is None else holds if test.holds else fails, line=test.line)
    for within in test.within:
        yield from _begun(f"{_VERDICTS[within.holds]} ", within, 1)


def _begun(beginning: str, test: TestTrace, depth: int) -> Iterator[Sentence]:
    """Describe the result of a test, after a beginning; what is within the test stands below it."""
    first, *others = test_sentences(test)
    yield first._replace(text=f"{beginning}{first.text}", depth=depth)
    yield from (one.deeper() for one in others)


_VERDICTS: Final = {True: "yes", False: "no ", None: "?  "}


def _headings(condition: AllOf | AnyOf | Not) -> tuple[str, str, str]:
    """Return the headings of a compound test that holds, that does not hold, and that cannot be decided."""
    match condition:
        case AnyOf():
            return "one of these holds", "none of these holds", "cannot decide whether one of these holds"
        case AllOf():
            return "all of these hold", "not all of these hold", "cannot decide whether all of these hold"
        case Not():
            return (
                "this must not hold, and does not",
                "this must not hold, but does",
                "cannot decide whether this holds",
            )


def _text_hint(test: TestTrace) -> str:
    """Return how to compare numeric text with a number; empty if the test does not."""
    condition = test.condition
    if not isinstance(condition, Comparison) or condition.convert is not None:
        return ""
    numbers = condition.operator.row.operand is OperandKind.NUMBER or any(
        type(operand) in (int, float) for operand in condition.operands
    )
    found = test.found[0].value if test.found else None
    is_numeric = isinstance(found, str) and _NUMBER.fullmatch(found[:64])
    return ", which is text; add 'as: number' to compare it" if numbers and is_numeric else ""


def found_text(found: Found) -> str:
    """Describe what a path found; if nothing, the last node on the way that exists."""
    if found.value is SEVERAL or found.value is CUT_OFF:
        return "found several nodes" if found.value is SEVERAL else "its regex took too long"
    if found.value is not None:
        return f"found {brief_value(found.value)}"
    if found.nearest is None:
        return "found nothing"
    where, value, step = found.nearest
    if step is None:
        return "found null"
    if where == "$.record" and isinstance(value, str) and parse_json(value) is not None:
        return "found nothing; $.record is JSON text: to read its fields, add 'parse: json'"
    node = "the item" if where == "." else where
    return f"found nothing; {node} {_content(value, None if found.known else step)}"


def _unparsed_text(found: Found, parse: Parse) -> str:
    """Describe what could not be parsed: for most parsers the message of an object."""
    if parse.parser.row.accepts_objects or not isinstance(found.value, dict):
        return found_text(found)
    message = found.value.get("message")
    return "found an object without 'message'" if message is None else f"found the message {brief_value(message)}"


def _content(value: Any, step: Step | None) -> str:
    """Describe a node that lacks the next step of a path; the step is None if its absence is normal."""
    if isinstance(value, dict):
        if all(one is None for one in value.values()):
            return "has only null values" if value else "is an empty object"
        keys = [key[:_MAX_KEY_CHARACTERS] for key in value]
        hint = nearest(str(step), keys) if step is not None and len(keys) <= _MAX_COMPARED_KEYS else None
        more = ", ..." if len(keys) > _MAX_KEYS else ""
        return f"has {', '.join(keys[:_MAX_KEYS])}{more}" + (f"; {hint}" if hint else "")
    if isinstance(value, list):
        return f"is an array of {count_text(len(value), 'item')}"
    return f"is {_KINDS.get(type(value), 'not an object')}"


def _all_found(found: Sequence[Found], test: TestTrace | None = None) -> str:
    """Describe what each of several paths found."""
    if len(found) == 1:
        is_undecided = test is not None and test.holds is None
        return found_text(found[0]) + (" instead of one" if is_undecided and found[0].value is SEVERAL else "")
    return "; ".join(f"{one.path.text} {found_text(one)}" for one in found)


def _invalid_text(label: LabelTrace) -> str:
    return f"label {label.name}, {brief_rule(label_rule_text(label.rule))}: no text: {_all_found(label.found)}"


def _is_array_of_numbers(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and type(value[0]) in (int, float)


def _value_stop(item: ItemTrace, trace: SourceTrace) -> str:
    rule = trace.isolated.source.value
    text = brief_rule(value_text(trace.isolated.source))
    found = _all_found(item.values) if item.values else ""
    if item.reason == "missing":
        has_value = any(one.value is not None for one in item.values)
        unmatched = has_value and rule.extract is not None
        return f"{text}: {found}; extract does not match" if unmatched else f"{text}: {found}"
    reason = _REASONS[item.reason]
    hint = ""
    if item.reason == "not_a_number" and rule.convert is None and rule.map is None:
        numeric = any(isinstance(one.value, str) and _NUMBER.fullmatch(one.value[:64]) for one in item.values)
        array = next((one.path for one in item.values if _is_array_of_numbers(one.value)), None)
        hint = "; add 'as: number' to convert it" if numeric else ""
        if array is not None:
            each = each_item_text(trace.isolated.source, array)
            hint = f"; to read its items, write each: {each} and value: ."
    return f"{text}: {reason}: {found}{hint}" if found else f"{text}: {reason}"
