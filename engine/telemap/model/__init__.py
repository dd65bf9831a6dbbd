"""A mapping as frozen, checked values.

A mapping has metrics (families), a metric has rules (sources), and a rule has a value and labels made from events. What
plans contain is imported at once, what only mappings contain on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.model.kinds import MetricType, Overflow, Parse, Parser
from telemap.model.references import EnvironmentReference, InstanceReference, LiteralText, literal
from telemap.model.rules import (
    OTHER,
    Concat,
    Constant,
    Exists,
    FirstOf,
    KnownText,
    LabelOrigin,
    LabelRule,
    ValueOrigin,
    ValueRule,
)

if TYPE_CHECKING:
    from telemap.model.buckets import BucketGenerator
    from telemap.model.conditions import AllOf, AnyOf, Comparison, Condition, Not, Operand
    from telemap.model.conversions import Conversion
    from telemap.model.family import DropRule, Family, Mapping, Source
    from telemap.model.operations import Add, Amount, GaugeOperation, Mix, Replace, add_up
    from telemap.model.operators import Connective, OperandKind, Operator

__all__ = [
    "OTHER",
    "Add",
    "AllOf",
    "Amount",
    "AnyOf",
    "BucketGenerator",
    "Comparison",
    "Concat",
    "Condition",
    "Connective",
    "Constant",
    "Conversion",
    "DropRule",
    "EnvironmentReference",
    "Exists",
    "Family",
    "FirstOf",
    "GaugeOperation",
    "InstanceReference",
    "KnownText",
    "LabelOrigin",
    "LabelRule",
    "LiteralText",
    "Mapping",
    "MetricType",
    "Mix",
    "Not",
    "Operand",
    "OperandKind",
    "Operator",
    "Overflow",
    "Parse",
    "Parser",
    "Replace",
    "Source",
    "ValueOrigin",
    "ValueRule",
    "add_up",
    "literal",
]

_CONDITIONS = ("AllOf", "AnyOf", "Comparison", "Condition", "Not", "Operand")
_FAMILIES = ("DropRule", "Family", "Mapping", "Source")
_OPERATIONS = ("Add", "Amount", "GaugeOperation", "Mix", "Replace", "add_up")
_OPERATORS = ("Connective", "OperandKind", "Operator")

_LATER = {
    "BucketGenerator": "telemap.model.buckets",
    **dict.fromkeys(_CONDITIONS, "telemap.model.conditions"),
    "Conversion": "telemap.model.conversions",
    **dict.fromkeys(_FAMILIES, "telemap.model.family"),
    **dict.fromkeys(_OPERATIONS, "telemap.model.operations"),
    **dict.fromkeys(_OPERATORS, "telemap.model.operators"),
}
"""The modules of names that a start with a compiled plan does not need."""


if not TYPE_CHECKING:  # otherwise any name would seem to exist, with any type

    def __getattr__(name: str) -> Any:
        """Import a name on first use."""
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - only here

        found = globals()[name] = getattr(import_module(_LATER[name]), name)
        return found
