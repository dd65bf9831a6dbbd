"""The upgrade runbook: its queries, and a metric that changes its type."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from deploy.pages import blocks, commands
from extension.expositions import samples, value
from extension.lives import life
from extension.outcomes import assert_a_good_life, log_of
from patience import CONDITIONS, PATIENCE_SECONDS, UNHURRIED

from telemap.cli import main
from telemap.push import Gateway
from telemap_lambda.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from servers.promtool import Promtool
    from servers.pushgateway import Pushgateway

PAGE = "upgrade"
OLD, NEW = 'job="orders", instance="a"', 'job="orders", instance="b"'
SERIES = {
    f'telemap_mapping_info{{{OLD}, version="1", source="mapping.yaml", sha256="x"}}': "1x5",
    f'telemap_mapping_info{{{NEW}, version="2", source="mapping.yaml", sha256="x"}}': "1x5",
    f'telemap_pushes_total{{{OLD}, outcome="failure"}}': "3x5",
    f'telemap_pushes_total{{{NEW}, outcome="success"}}': "9x5",
    f"telemap_mapping_fallback{{{OLD}}}": "0x5",
    f"telemap_mapping_fallback{{{NEW}}}": "1x5",
}
ANSWERS = [
    {
        '{job="orders", version="1", source="mapping.yaml", sha256="x"}': 1,
        '{job="orders", version="2", source="mapping.yaml", sha256="x"}': 1,
    },
    {'{job="orders", version="1"}': 3},
    {'{job="orders", version="2"}': 1},
]


def test_the_queries_distinguish_versions(promtool: Promtool, tmp_path: Path) -> None:
    queries = blocks(PAGE, "promql")
    assert len(queries) == len(ANSWERS)
    asked = [
        {
            "expr": query.strip(),
            "eval_time": "2m",
            "exp_samples": [{"labels": labels, "value": number} for labels, number in answer.items()],
        }
        for query, answer in zip(queries, ANSWERS, strict=True)
    ]
    series = [{"series": name, "values": values} for name, values in SERIES.items()]
    tests: Any = {"tests": [{"interval": "1m", "input_series": series, "promql_expr_test": asked}]}
    path = tmp_path / "queries.yaml"
    path.write_text(yaml.safe_dump(tests))

    done = subprocess.run([promtool.program, "test", "rules", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


FAMILY = """
version: 1
metrics:
  {name}: {{type: {type}, help: Time., from: platform.report, value: $.record.metrics.durationMs, unit: ms{more}}}
"""
BUCKETS = ", buckets: [0.01, 0.1]"


def run(gateway: Pushgateway, mapping: Path) -> list[str]:
    """Run a sandbox with a mapping, and return its log."""
    environment = {"GATEWAY": gateway.url, "MAPPING_FILE": str(mapping), "TELEMAP_JOB": "orders"}
    result = Sandbox(recording=life("a", "b"), environment=environment | UNHURRIED, **CONDITIONS).run()
    assert_a_good_life(result)
    return log_of(result)


@pytest.fixture
def old(pushgateway: Pushgateway, tmp_path: Path) -> Pushgateway:
    """Return a gateway with the group of a sandbox that had a summary."""
    mapping = tmp_path / "old.yaml"
    mapping.write_text(FAMILY.format(name="shop_latency_seconds", type="summary", more=""))
    assert run(pushgateway, mapping) == []
    assert value(pushgateway.metrics(), "shop_latency_seconds_count") == 2
    return pushgateway


def test_another_type_is_refused_until_the_old_groups_are_swept(old: Pushgateway, tmp_path: Path) -> None:
    mapping = tmp_path / "new.yaml"
    mapping.write_text(FAMILY.format(name="shop_latency_seconds", type="histogram", more=BUCKETS))

    said = run(old, mapping)
    assert any("400" in line and "shop_latency_seconds" in line for line in said)
    shown = samples(old.metrics(), without=())
    assert len([name for name, _ in shown if name == "telemap_mapping_info"]) == 2, "its own families are there"
    assert value(old.metrics(), "telemap_pushes_total", outcome="failure") > 0
    assert "shop_latency_seconds_bucket" not in old.metrics()

    [words] = [words for words in commands("telemap") if words[0] == "sweep"]
    assert main([old.url if word.startswith("https:") else word for word in words]) == 0
    assert run(old, mapping) == []
    assert value(old.metrics(), "shop_latency_seconds_bucket", le="0.1") == 2


def test_a_new_name_is_accepted_at_once(old: Pushgateway, tmp_path: Path) -> None:
    mapping = tmp_path / "new.yaml"
    mapping.write_text(FAMILY.format(name="shop_latency_histogram_seconds", type="histogram", more=BUCKETS))
    assert run(old, mapping) == []
    assert value(old.metrics(), "shop_latency_histogram_seconds_count") == 2


def test_other_buckets_labels_and_help_are_accepted(old: Pushgateway, tmp_path: Path) -> None:
    mapping = tmp_path / "new.yaml"
    mapping.write_text(
        FAMILY.format(name="shop_latency_seconds", type="summary", more=", labels: {status: $.record.status}").replace(
            "help: Time.", "help: Duration."
        )
    )
    assert run(old, mapping) == []
    assert value(old.metrics(), "shop_latency_seconds_count", status="success") == 2
    assert old.metrics().count("# HELP shop_latency_seconds ") == 1

    for number, bounds in enumerate(([1], [1, 5])):
        mapping.write_text(FAMILY.format(name="shop_wait_seconds", type="histogram", more=f", buckets: {bounds}"))
        assert run(old, mapping) == [], number


def test_a_name_that_is_a_sample_of_another_metric_collides(old: Pushgateway) -> None:
    gateway = Gateway(old.url, {"job": "other"}, timeout=PATIENCE_SECONDS)
    with pytest.raises(Exception, match="collides"):
        gateway.put("# TYPE shop_latency_seconds_count counter\nshop_latency_seconds_count 1\n")
    gateway.close()
