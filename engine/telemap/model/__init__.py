"""What a mapping means: frozen values, checked, with nothing left open.

The words are those of the language page: a mapping has metric families, a family has sources, a source has a value and
labels made from events.
"""

from __future__ import annotations

from telemap.model.conditions import AllOf, AnyOf, Comparison, Condition, Not, Operand, Operator
from telemap.model.family import (
    DropRule,
    Family,
    Mapping,
    MetricType,
    Operation,
    Overflow,
    Parse,
    ParseFormat,
    Source,
)
from telemap.model.references import EnvironmentReference, InstanceReference, LiteralText, literal
from telemap.model.rules import (
    OTHER,
    Concat,
    Constant,
    Conversion,
    Exists,
    FirstOf,
    KnownText,
    LabelOrigin,
    LabelRule,
    ValueOrigin,
    ValueRule,
)

__all__ = [
    "OTHER",
    "AllOf",
    "AnyOf",
    "Comparison",
    "Concat",
    "Condition",
    "Constant",
    "Conversion",
    "DropRule",
    "EnvironmentReference",
    "Exists",
    "Family",
    "FirstOf",
    "InstanceReference",
    "KnownText",
    "LabelOrigin",
    "LabelRule",
    "LiteralText",
    "Mapping",
    "MetricType",
    "Not",
    "Operand",
    "Operation",
    "Operator",
    "Overflow",
    "Parse",
    "ParseFormat",
    "Source",
    "ValueOrigin",
    "ValueRule",
    "literal",
]
