"""The queries that tell sandboxes initialised ahead of traffic from cold starts that a request waited for."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from servers.promtool import Promtool

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "shipped-mappings.md"
INITIALISED, INVOKED = "lambda_initialised_timestamp_seconds", "lambda_first_invocation_timestamp_seconds"
NOW = 7200
SANDBOXES: dict[str, tuple[float, float | None]] = {
    "waited": (5000, 5000.002),
    "waited too": (6000, 6000.9),
    "ahead": (5000, 5300),
    "ahead, invoked before the window": (100, 3000),
    "not invoked": (6900, None),
    "not invoked, initialised before the window": (3000, None),
}
"""When each sandbox was initialised and first invoked, in seconds; the queries ask at two hours."""


def test_the_queries_tell_sandboxes_apart(promtool: Promtool, tmp_path: Path) -> None:
    ahead, unused = re.findall(r"```promql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert ahead.count("> 1\n") == 1
    waited = ahead.replace("> 1\n", "<= 1\n")
    asked = [
        {"expr": query, "eval_time": f"{NOW}s", "exp_samples": [{"labels": '{job="orders"}', "value": number}]}
        for query, number in ((ahead, 1), (waited, 2), (unused, 1))
    ]
    series = [
        {"series": f'{name}{{job="orders", instance="{instance}"}}', "values": f"{value}x{NOW // 60}"}
        for instance, times in SANDBOXES.items()
        for name, value in zip((INITIALISED, INVOKED), times, strict=True)
        if value is not None
    ]
    tests: Any = {"tests": [{"interval": "1m", "input_series": series, "promql_expr_test": asked}]}
    path = tmp_path / "queries.yaml"
    path.write_text(yaml.safe_dump(tests))

    command: list[str | Path] = [promtool.program, "test", "rules", path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_metrics_of_the_queries_are_those_of_the_example() -> None:
    example = PAGE.parents[2] / "mappings" / "examples" / "initialised_ahead.yaml"
    assert set(yaml.safe_load(example.read_text(encoding="utf-8"))["metrics"]) == {INITIALISED, INVOKED}
