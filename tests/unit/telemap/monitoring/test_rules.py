"""Recording rules and dashboards, made from mappings."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from patience import PATIENCE_SECONDS
from strategies import mappings

import telemap
from telemap.cli import main
from telemap.monitoring.counting import Delivery
from telemap.monitoring.dashboard import dashboard_json
from telemap.monitoring.metrics import metrics_of
from telemap.monitoring.rules import rules_text

if TYPE_CHECKING:
    from servers.promtool import Promtool

TOP = Path(__file__).parents[4]
WHOLE = str(TOP / "tests/support/whole_language.yaml")
SHOP = """
version: 1
metrics:
  shop_orders_total:
    {type: counter, help: Orders., from: x, labels: {shop: $.record.shop, kind: {path: $.record.kind, allow: [a, b]}}}
  took_seconds: {type: summary, help: Took., from: x, value: $.record.s}
  size_bytes: {type: histogram, help: "Size of \\"it\\".", from: x, value: $.record.b, buckets: [1, 10]}
  stock: {type: gauge, help: Stock., from: x, value: $.record.v, labels: {id: "${runtime:instance}"}}
  load_ratio: {type: gauge, help: Load., from: x, op: inc}
"""
EVERY = pytest.mark.parametrize("delivery", Delivery, ids=lambda delivery: delivery.value)


def recorded(text: str) -> dict[str, str]:
    return {rule["record"]: rule["expr"].strip() for group in yaml.safe_load(text)["groups"] for rule in group["rules"]}


def rules_of(text: str, delivery: Delivery) -> dict[str, str]:
    return recorded(rules_text("shop.yaml", delivery, metrics_of(telemap.loads(text))))


def board_of(text: str, delivery: Delivery) -> Any:
    return json.loads(dashboard_json("Shop", delivery, metrics_of(telemap.loads(text))))


def test_counts_are_by_the_labels_that_exist() -> None:
    rules = rules_of(SHOP, Delivery.REMOTE_WRITE)
    assert rules["job_kind_shop:shop_orders:increase1m"] == (
        "sum by (job, kind, shop) (\n"
        "    max_over_time(shop_orders_total[1m] offset 30s)\n"
        "  - min_over_time(shop_orders_total[1m] offset 30s)\n"
        ")"
    )
    assert {"job:took_seconds_sum:increase1m", "job:took_seconds:mean_1h", "job:size_bytes:p95_1h"} <= set(rules)
    assert {"job_le:size_bytes_bucket:increase1m", "job_kind_shop:shop_orders:ratio_1h"} <= set(rules)
    assert not [name for name in rules if "stock" in name or "load" in name]


def test_two_metrics_whose_names_differ_in_total_alone_have_rules_of_their_own() -> None:
    text = """
version: 1
metrics:
  took_seconds_count_total: {type: counter, help: A counter., from: x}
  took_seconds: {type: summary, help: Took., from: x, value: $.record.s}
"""
    counts = [
        expr for name, expr in rules_of(text, Delivery.GATEWAY).items() if "_count" in name and "increase" in name
    ]
    assert len(counts) == 2


def test_the_shipped_rules_are_the_same() -> None:
    shipped = recorded((TOP / "deploy/prometheus/telemap.rules.yaml").read_text(encoding="utf-8"))
    made = recorded(rules_text("platform", Delivery.GATEWAY, metrics_of(telemap.load("telemap:platform"))))
    both = shipped.keys() & made.keys()

    assert {
        "job_status:aws_lambda_invocations:increase1m",
        "job_initialization_type:aws_lambda_cold_starts:increase1m",
    } <= both
    assert {name: made[name] for name in both} == {name: shipped[name] for name in both}


@EVERY
@pytest.mark.parametrize(
    "mapping", ["telemap:default", "telemap:platform", "telemap:logs", "telemap:emf", "telemap:aws-sample", WHOLE]
)
def test_promtool_accepts_what_is_made_and_it_is_the_same_each_time(
    promtool: Promtool, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], mapping: str, delivery: Delivery
) -> None:
    made = []
    for command in ("rules", "dashboard"):
        for _ in range(2):
            assert main([command, mapping, "--delivery", delivery.value]) == 0
            made.append(capfdbinary.readouterr().out)
    assert (made[0], made[2]) == (made[1], made[3])
    board = json.loads(made[2])
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    variables = r"\$__interval|\$\{?\w+\}?"
    filled = [re.sub(variables, lambda one: "1m" if "interval" in one[0] else ".*", text) for text in expressions]
    as_rules = {
        "groups": [{"name": "x", "rules": [{"record": f"x{n}", "expr": text} for n, text in enumerate(filled)]}]
    }
    (tmp_path / "rules.yaml").write_bytes(made[0])
    (tmp_path / "board.yaml").write_text(yaml.safe_dump(as_rules))
    check: list[str | Path] = [
        promtool.program,
        "check",
        "rules",
        "--lint=all",
        "--lint-fatal",
        "rules.yaml",
        "board.yaml",
    ]
    done = subprocess.run(check, capture_output=True, text=True, timeout=PATIENCE_SECONDS, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_panel_for_each_metric_by_type_with_help_and_unit() -> None:
    board = board_of(SHOP, Delivery.REMOTE_WRITE)
    panels = {panel["title"]: panel for panel in board["panels"]}

    assert list(panels) == ["load_ratio", "shop_orders_total", "size_bytes", "stock", "took_seconds"]
    assert panels["size_bytes"]["description"] == 'Size of "it".'
    units = {name: panel["fieldConfig"]["defaults"]["unit"] for name, panel in panels.items()}
    assert units == {
        "load_ratio": "percentunit",
        "shop_orders_total": "short",
        "size_bytes": "bytes",
        "stock": "short",
        "took_seconds": "s",
    }
    assert [target["legendFormat"] for target in panels["size_bytes"]["targets"]] == ["p50", "p95", "p99"]
    assert panels["load_ratio"]["targets"][0]["expr"].startswith("sum (")
    assert panels["stock"]["targets"][0]["expr"].startswith("max (")
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]}) == len(panels)


def test_closed_labels_are_legends_and_open_ones_are_variables() -> None:
    board = board_of(SHOP, Delivery.GATEWAY)
    [orders] = [panel for panel in board["panels"] if panel["title"] == "shop_orders_total"]

    assert orders["targets"][0]["legendFormat"] == "{{kind}}"
    assert orders["targets"][0]["expr"].startswith("sum by (kind) (")
    assert 'shop_orders_total{job=~"$job", shop=~"${shop}"}' in orders["targets"][0]["expr"]
    assert [variable["name"] for variable in board["templating"]["list"]] == ["datasource", "job", "shop"]


@EVERY
@settings(max_examples=20)
@given(mappings())
def test_any_mapping_has_rules_and_a_dashboard(delivery: Delivery, mapping: str) -> None:
    names = list(rules_of(mapping, delivery))
    assert all(re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", name) for name in names)
    assert len(board_of(mapping, delivery)["panels"]) == len(telemap.loads(mapping).families)
