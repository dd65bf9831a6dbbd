"""The tables of the language's reference, between marks in its page; all else in it is written by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, assert_never

from word_tables.phrases import listed

from telemap.check import keys
from telemap.check.keys import LabelOriginKey, ValueOriginKey
from telemap.model import (
    Amount,
    BucketGenerator,
    Connective,
    Conversion,
    GaugeOperation,
    MetricType,
    Operator,
    Overflow,
    Parser,
)
from telemap.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.check.keys import Key

_MARKED = re.compile(r"(<!-- table: (?P<name>[\w ]+) -->\n).*?(?=<!-- end of table -->)", re.DOTALL)


def fresh(page: str) -> str:
    """Return a page with what the tables say now."""
    return _MARKED.sub(lambda match: match[1] + _tables()[match["name"]], page)


def names_in(page: str) -> list[str]:
    """Return the tables that a page has, in their order."""
    return [match["name"] for match in _MARKED.finditer(page)]


def all_names() -> set[str]:
    """Return the tables that there are."""
    return set(_tables())


def _tables() -> dict[str, str]:
    return {
        "top level": _keys(keys.TOP_KEYS),
        "defaults": _keys(keys.DEFAULTS_KEYS),
        "metric": _keys_of_metrics(),
        "type": _words("`type`", "meaning", MetricType),
        "buckets": _table(("generator", "makes"), map(_generator, BucketGenerator)),
        "overflow": _words("`overflow`", "beyond the limit, telemap", Overflow),
        "rule": _keys(keys.SOURCE_KEYS),
        "parse": _table(("form", "what it accepts"), ((_form(parser), parser.row.words) for parser in Parser)),
        "unit": _table(
            ("`unit`", "the value is in", "base unit"),
            ((f"`{unit.value}`", unit.row.words, f"`_{unit.row.base}`") for unit in Unit),
        ),
        "op": _table(("`op`", "a sample", "`value`", "goes with"), map(_operation, GaugeOperation)),
        "value origins": _keys(key.row for key in ValueOriginKey),
        "value steps": _keys(keys.VALUE_STEP_KEYS),
        "as": _words("`as`", "the value is", Conversion),
        "label origins": _keys(key.row for key in LabelOriginKey),
        "label steps": _keys(keys.LABEL_STEP_KEYS),
        "operators": _words("operator", "holds if the node", Operator),
        "connectives": _table(("form", "holds if"), map(_connective, Connective)),
    }


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _words(head: str, meaning: str, table: Iterable[Any]) -> str:
    return _table((head, meaning), ((f"`{one.value}`", one.row.words) for one in table))


def _keys(rows: Iterable[Key]) -> str:
    return _table(("key", "meaning"), ((f"`{row.word}`", row.words) for row in rows))


def _keys_of_metrics() -> str:
    rows = [(f"`{row.word}`", _types(row.word), row.words) for row in keys.FAMILY_KEYS]
    return _table(("key", "for", "meaning"), [*rows, ("keys of a rule", "all", "the metric's only rule")])


def _types(key: str) -> str:
    """Name the types whose metrics may have a key."""
    takers = [one.value for one in MetricType if key in one.row.keys]
    return ", ".join(takers) or "all"


def _form(parser: Parser) -> str:
    return f"`{{{parser.value}: R}}`" if parser.row.takes_pattern else f"`{parser.value}`"


def _generator(generator: BucketGenerator) -> tuple[str, str]:
    start, step, count = generator.keys
    return f"`{{{generator.value}: {{{start}: S, {step}: {step[0].upper()}, {count}: N}}}}`", generator.row.words


def _operation(operation: GaugeOperation) -> tuple[str, str, str, str]:
    row = operation.row
    others = [f"`{one.value}`" for one in GaugeOperation if one.row.mix is row.mix and one is not operation]
    words = f"{row.words}; this is the default" if operation is GaugeOperation.SET else row.words
    return f"`{operation.value}`", words, _need(row.amount), listed(others) if others else "itself only"


def _need(amount: Amount) -> str:
    match amount:
        case Amount.VALUE:
            return "required"
        case Amount.VALUE_OR_ONE:
            return "optional"
        case Amount.EVENT_TIME:
            return "not allowed"
        case _:
            assert_never(amount)


def _connective(connective: Connective) -> tuple[str, str]:
    inner = "[...]" if connective.row.takes_list else "{...}"
    return f"`{{{connective.value}: {inner}}}`", connective.row.words
