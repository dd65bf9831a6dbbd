"""Warn of names that a Pushgateway may use for its own metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap.check.drafts import FamilyHead
    from telemap.check.mapping_reader import MappingReader
    from telemap.document.nodes import ScalarNode

_BEGINNINGS = ("process_", "go_", "pushgateway_")
"""The beginnings of the names of a Pushgateway's own metrics, which depend on its version."""


def advise_gateway_name(reader: MappingReader, key: ScalarNode, head: FamilyHead) -> None:
    """Warn of a name that begins like those of a Pushgateway's own metrics."""
    beginning = next((one for one in _BEGINNINGS if head.name.startswith(one)), None)
    if beginning is None or not reader.totals.to_gateway:
        return
    reader.warning(
        "gateway-name",
        key,
        f"the Pushgateway has metrics {beginning}* of its own, and refuses a whole push if one has another type",
        f"begin the name with that of your service, such as 'shop_{head.name}'",
    )
