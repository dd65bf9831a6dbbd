"""Phrases that name words of the language, as the schema and the reference have them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.model import Add, Amount, GaugeOperation, Mix

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from enum import Enum

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def plain(text: str) -> str:
    """Return Markdown as plain text: code in single quotes, links as what they show."""
    return _LINK.sub(r"\1", text).replace("`", "'")


def sentence(words: str) -> str:
    """Return words of a table as a sentence of plain text."""
    text = plain(words)
    return f"{text[:1].upper()}{text[1:]}."


def listed(words: Sequence[str], last: str = "and") -> str:
    """Join words with commas, and the last one with a word."""
    *others, final = words
    return f"{', '.join(others)} {last} {final}" if others else final


def quoted(members: Iterable[Enum]) -> list[str]:
    """Return the words of members of a table in quotes."""
    return [f"'{member.value}'" for member in members]


def kinds_of_operations() -> str:
    """Name the operations of gauges, those together that go together."""
    kinds = [[operation for operation in GaugeOperation if operation.row.mix is mix] for mix in Mix]
    *others, final = [f"only {listed(quoted(kind))}" for kind in kinds]
    return f"{', '.join(others)}, or {final}"


def setting_operations() -> str:
    """Name the operations of gauges whose samples do not add up."""
    return listed(quoted([one for one in GaugeOperation if not isinstance(one.row.change, Add)]), "or")


def operations_without_value() -> str:
    """Name the operations of gauges that can do without `value`."""
    first, *others = [one for one in GaugeOperation if one.row.amount is not Amount.VALUE]
    return listed([f"'op: {first.value}'", *quoted(others)])
