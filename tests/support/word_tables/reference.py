"""The tables of the language's reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from word_tables.marks import table
from word_tables.phrases import listed

from telemap.keys import tables as keys
from telemap.keys.tables import LabelOriginKey, ValueOriginKey
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

    from telemap.keys.tables import Key


def tables() -> dict[str, str]:
    """Return the tables by their names."""
    return {
        "top level": _keys(keys.TOP_KEYS),
        "defaults": _keys(keys.DEFAULTS_KEYS),
        "group": _keys(keys.GROUP_KEYS),
        "metric": _keys_of_metrics(),
        "type": _words("`type`", "meaning", MetricType),
        "buckets": table(("generator", "makes"), map(_generator, BucketGenerator)),
        "overflow": _words("`overflow`", "beyond the limit, telemap", Overflow),
        "rule": _keys(keys.SOURCE_KEYS),
        "parse": table(("form", "what it accepts"), ((_form(parser), parser.row.words) for parser in Parser)),
        "unit": table(
            ("`unit`", "the value is in", "base unit"),
            ((f"`{unit.value}`", unit.row.words, f"`_{unit.row.base}`") for unit in Unit),
        ),
        "op": table(("`op`", "a sample", "`value`", "goes with"), map(_operation, GaugeOperation)),
        "value origins": _keys(key.row for key in ValueOriginKey),
        "value steps": _keys(keys.VALUE_STEP_KEYS),
        "as": _words("`as`", "the value is", Conversion),
        "label origins": _keys(key.row for key in LabelOriginKey),
        "label steps": _keys(keys.LABEL_STEP_KEYS),
        "operators": _words("operator", "holds if the node", Operator),
        "connectives": table(("form", "holds if"), map(_connective, Connective)),
    }


def _words(head: str, meaning: str, words: Iterable[Any]) -> str:
    return table((head, meaning), ((f"`{one.value}`", one.row.words) for one in words))


def _keys(rows: Iterable[Key]) -> str:
    return table(("key", "meaning"), ((f"`{row.word}`", row.words) for row in rows))


def _keys_of_metrics() -> str:
    rows = [(f"`{row.word}`", _types(row.word), row.words) for row in keys.FAMILY_KEYS]
    return table(("key", "for", "meaning"), [*rows, ("keys of a rule", "all", "the metric's only rule")])


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
