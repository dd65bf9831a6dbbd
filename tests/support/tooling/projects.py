"""Projects of users: a mapping that is fine, and what makes it bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAPPING = """\
version: 1
metrics:
  shop_orders_total:
    type: counter
    help: Orders, by currency.
    from: function
    when: [{path: $.record.order, exists: true}]
    labels: {currency: {path: $.record.currency, max_values: 20}}
"""

TESTS = """\
version: 1
tests:
  an order is counted:
    events:
      - {time: "2026-03-02T08:14:09.404Z", type: function, record: {order: 7, currency: eur}}
    expect:
      series:
        shop_orders_total{currency="eur"}: 1
"""

FAULTY_MAPPING = MAPPING.replace("type: counter", "type: countr")
FAULT = "unknown value 'countr' for 'type' of metric 'shop_orders_total'"
"""What is wrong in its line 4."""

DOUBTFUL_MAPPING = MAPPING.replace("from: function", "from: [function, platform.reprot]")
DOUBT = "event-type"
"""The code of the warning about its line 6."""

FAILING_TESTS = TESTS.replace('"eur"}: 1', '"eur"}: 2')
FAILURE = "wrong value"
"""What is said of their line 8."""


def write_project(folder: Path, *, mapping: str = MAPPING, tests: str = TESTS) -> Path:
    """Write a mapping and its tests into `mappings/` of a folder, beside YAML that is no mapping; give the folder."""
    mappings = folder / "mappings"
    mappings.mkdir(parents=True, exist_ok=True)
    (mappings / "shop.yaml").write_text(mapping)
    (mappings / "shop.test.yaml").write_text(tests)
    (folder / "compose.yaml").write_text("services: {}\n")
    return folder
