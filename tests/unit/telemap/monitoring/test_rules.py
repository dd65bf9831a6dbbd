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


def test_names_that_mean_something_in_promql_are_quoted_or_left_out() -> None:
    text = """
version: 1
metrics:
  bool: {type: gauge, help: A gauge., from: x, value: $.record.s, labels: {Inf: $.record.a, zone: $.record.b}}
  "x:": {type: summary, help: Took., from: x, value: $.record.s, labels: {without: $.record.a}}
"""
    board = board_of(text, Delivery.REMOTE_WRITE)
    shown = {panel["title"]: panel["targets"][0]["expr"] for panel in board["panels"]}

    assert shown["bool"] == ('max (\n  last_over_time({__name__="bool", job=~"$job", zone=~"${zone}"}[30m])\n)')
    assert board["templating"]["list"][2]["definition"] == 'label_values({__name__="bool"}, zone)'
    assert set(rules_of(text, Delivery.GATEWAY)) == {
        *("job:x:_count:increase1m", "job:x:_sum:increase1m", "job:x::mean_1h")
    }


def test_gauges_of_groups_that_nobody_pushes_to_any_more_are_not_shown() -> None:
    panels = {panel["title"]: panel for panel in board_of(SHOP, Delivery.GATEWAY)["panels"]}

    assert panels["load_ratio"]["targets"][0]["expr"] == (
        "sum (\n"
        '  last_over_time(load_ratio{job=~"$job"}[5m])\n'
        "  unless on (job, instance)\n"
        '    time() - last_over_time(push_time_seconds{job=~"$job"}[5m]) > 1800\n'
        ")"
    )


def test_counters_named_like_buckets_have_rules_of_their_own() -> None:
    text = """
version: 1
metrics:
  h_bucket_total: {type: counter, help: A counter., from: x, labels: {le: $.record.a}}
  h: {type: histogram, help: Took., from: x, value: $.record.s, buckets: [1]}
"""
    made = rules_text("m", Delivery.GATEWAY, metrics_of(telemap.loads(text)))
    assert {"job_le:h_bucket:increase1m", "job_le:h_bucket_total:increase1m"} <= set(recorded(made))


def test_a_variable_has_a_name_of_its_own_and_help_is_no_reference_to_it() -> None:
    text = """
version: 1
metrics:
  x_total:
    type: counter
    help: "5 $, not $job, ${datasource} or [[job]]"
    from: x
    labels: {datasource: $.record.a, datasource_label: $.record.b}
"""
    board = board_of(text, Delivery.REMOTE_WRITE)

    assert [one["name"] for one in board["templating"]["list"]] == [
        *("datasource", "job", "datasource_label_label", "datasource_label")
    ]
    assert board["panels"][0]["description"] == "5 $, not &#36;job, &#36;{datasource} or &#91;[job]]"


def test_titles_that_differ_have_uids_that_differ() -> None:
    titles = ("Orders", "Заказы", "Платежи", "orders-" * 9, "orders-" * 9 + "2")
    uids = [json.loads(dashboard_json(title, Delivery.GATEWAY, []))["uid"] for title in titles]

    assert uids[0] == "telemap-orders"
    assert len(set(uids)) == len(titles)
    assert all(re.fullmatch(r"[a-z0-9-]{1,40}", uid) for uid in uids)
