"""Warn of names without base units, and of megabytes that are mebibytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.events.path_steps import path_steps
from telemap.model import Conversion
from telemap.units import UNITS, Unit, base_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemap.check.drafts import DraftSource, FamilyHead
    from telemap.check.mapping_reader import MappingReader
    from telemap.document.nodes import ScalarNode

_SCALES = ("nano", "micro", "milli", "kilo", "mega", "giga", "tera", "kibi", "mebi", "gibi", "tebi")

_SCALED = ("second", "seconds", "sec", "secs", "byte", "bytes", "bit", "bits")

_OTHER_UNITS = frozenset(
    [
        *("ns", "nsec", "nsecs", "nanos", "us", "usec", "usecs", "micros", "ms", "msec", "msecs", "millis"),
        *("sec", "secs", "second", "min", "mins", "minute", "minutes", "hr", "hrs", "hour", "hours"),
        *("day", "days", "week", "weeks", "byte", "bit", "bits", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib"),
        *("percent", "percents", "percentage", "pct"),
        *(scale + unit for scale in _SCALES for unit in _SCALED),
    ]
)
"""Last words of names with a unit that is not a base unit of Prometheus."""

_ALSO_WORDS = frozenset({"min", "second", "day", "week", "bit"})
"""Units that are also ordinary words; only metrics with measurements are checked for them."""

_FIELD_UNIT = re.compile(r"[a-z](?P<unit>Ms|MB|Bytes|Seconds)$")
"""The unit at the end of a platform field's name."""

_PLATFORM_UNITS = {"Ms": Unit.MILLISECOND, "MB": Unit.MEBIBYTE, "Bytes": Unit.BYTE, "Seconds": Unit.SECOND}
"""The unit that the platform means: its MB are MiB."""

_ANY_FIELD_UNIT = re.compile(r"(?P<unit>(?<=[a-z])(?:Ms|MB|Bytes|Seconds)|(?<=[a-z]_)(?:ms|mb|bytes|seconds))$")
"""The unit at the end of a field's name, in either of the two usual spellings."""

_FIELD_UNITS = {"ms": Unit.MILLISECOND, "mb": Unit.MEGABYTE, "bytes": Unit.BYTE, "seconds": Unit.SECOND}

_MIB_FIELDS = frozenset({"memorySizeMB", "maxMemoryUsedMB"})

_HINT = "use seconds, bytes or ratio, and convert with 'unit'"


def advise_name(reader: MappingReader, key: ScalarNode, head: FamilyHead, drafts: Sequence[DraftSource]) -> None:
    """Warn of a name without a base unit that has another unit, or whose values have one."""
    if any(draft.unit for draft in drafts):
        return  # 'unit' requires its base unit in the name
    if "_per_" in head.name:
        return  # a rate has its own unit
    name = head.name.removesuffix("_total")
    last = name.lower().rpartition("_")[2]
    measures = head.type is not None and head.type.row.measures
    if last in _OTHER_UNITS and last != name.lower() and (measures or last not in _ALSO_WORDS):
        message = f"{head.name!r} ends in {last!r}, which is not a Prometheus base unit"
        reader.warning("base-unit", key, message, _HINT)
    elif measures and base_unit(head.name) is None:
        _advise_measure(reader, key, head, drafts)


def _advise_measure(reader: MappingReader, key: ScalarNode, head: FamilyHead, drafts: Sequence[DraftSource]) -> None:
    """Warn of a measurement in seconds or bytes without that unit in its name."""
    for draft in drafts:
        for name in _value_fields(draft):
            match = _FIELD_UNIT.search(name)
            # A metric with the name of the field keeps the unit of the event.
            if match and name.lower() != head.name.lower() and draft.factor == 1:
                unit = _PLATFORM_UNITS[match["unit"]]
                message = f"{head.name!r} does not state its unit, but {name!r} does"
                hint = f"end the name in '_{unit.row.base}', and convert with 'unit: {unit.value}'"
                reader.warning("base-unit", key, message, hint)
                return


def advise_length(reader: MappingReader, head: FamilyHead, draft: DraftSource) -> None:
    """Warn of a number of characters, items or members in a metric of bytes."""
    value, node = draft.value, draft.value_node
    if value is None or node is None or value.convert is not Conversion.LENGTH or base_unit(head.name) != "bytes":
        return
    message = f"'as: length' counts characters, items or members, but the name {head.name!r} states bytes"
    reader.warning("unit-length", node, message, "write 'as: bytes'")


def advise_unit(reader: MappingReader, head: FamilyHead, draft: DraftSource) -> None:
    """Warn if the name of the value's field has another unit than `unit`."""
    base = base_unit(head.name)
    value = draft.value
    if base is None or value is None or value.extract or value.map:
        return
    if value.convert is not None and not value.convert.row.keeps_unit:
        return
    for field in _value_fields(draft):
        match = _ANY_FIELD_UNIT.search(field)
        own = _FIELD_UNITS[match["unit"].lower()] if match else None
        if own is None or own.row.base != base:
            continue
        if draft.unit is None and not draft.is_scaled and own.row.factor != 1 and draft.value_node is not None:
            unit = Unit.MEBIBYTE if field in _MIB_FIELDS else own
            message = f"{field!r} is in {own.value}, but the name {head.name!r} states {base}"
            reader.warning("unit-field", draft.value_node, message, f"add 'unit: {unit.value}'")
            return
        if draft.unit is not None and _disagree(own, UNITS.get(draft.unit[1], own)):
            message = f"'unit: {draft.unit[1]}' differs from the unit in the name of {field!r}"
            reader.warning("unit-field", draft.unit[0], message, f"write 'unit: {own.value}'")
            return


def _disagree(own: Unit, unit: Unit) -> bool:
    """Return whether a unit differs from a field's unit of the same kind; `MB` often means mebibytes."""
    differs = unit.row.base == own.row.base and unit is not own
    return differs and {own, unit} != {Unit.MEGABYTE, Unit.MEBIBYTE}


def advise_mib(reader: MappingReader, draft: DraftSource) -> None:
    """Warn of MB for fields that AWS names MB but measures in MiB."""
    if draft.unit is None or draft.unit[1] != Unit.MEGABYTE.value:
        return
    field = next((name for name in _value_fields(draft) if name in _MIB_FIELDS), None)
    if field:
        reader.warning("unit-mib", draft.unit[0], f"{field} is in MiB, despite its name", "write 'unit: MiB'")


def _value_fields(draft: DraftSource) -> Iterator[str]:
    """Return the last name of each path of a rule's value."""
    for path in () if draft.value is None or draft.value.times else draft.value.paths:  # products have other units
        name = ""
        for step in path_steps(path.query):
            name = step.name or name
        yield name
