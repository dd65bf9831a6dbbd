"""The rules and the dashboard for remote write stay equal to those for a gateway, but for how they count."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml
from counting.page import blocks
from dashboard.steps import DASHBOARD, RULES, STEP_DASHBOARD, STEP_RULES, step_dashboard, step_rules
from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from servers.promtool import Promtool


def test_the_files_are_made_from_those_for_a_gateway() -> None:
    assert STEP_RULES.read_text(encoding="utf-8") == step_rules()
    assert STEP_DASHBOARD.read_text(encoding="utf-8") == step_dashboard()


def test_the_records_are_the_same_so_that_the_alerts_work_with_either() -> None:
    groups, steps = (yaml.safe_load(path.read_text(encoding="utf-8"))["groups"] for path in (RULES, STEP_RULES))
    assert [[rule["record"] for rule in group["rules"]] for group in groups] == [
        [rule["record"] for rule in group["rules"]] for group in steps
    ]


def test_nothing_counts_as_on_a_gateway() -> None:
    assert "last_over_time" not in STEP_RULES.read_text(encoding="utf-8")
    text = STEP_DASHBOARD.read_text(encoding="utf-8")
    assert "offset $__" not in text
    assert "push_time_seconds" not in text
    assert len(json.loads(text)["panels"]) == len(json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"])


def test_the_rule_of_the_page_is_the_shipped_one() -> None:
    [group] = yaml.safe_load(blocks("yaml")["written-rules"])["groups"]
    shipped = [
        rule for each in yaml.safe_load(STEP_RULES.read_text(encoding="utf-8"))["groups"] for rule in each["rules"]
    ]
    [rule] = group["rules"]

    assert group["interval"] == "1m"
    assert rule in shipped


def test_promtool_accepts_the_rules(promtool: Promtool) -> None:
    command: list[str | Path] = [promtool.program, "check", "rules", "--lint=all", "--lint-fatal", STEP_RULES]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


SERIES = "0x50 3x49 4x80"
"""A sample each second: 3 more at 51 s, and 1 more at 101 s."""


@pytest.mark.parametrize("minute", ["2m", "3m"])
def test_a_minute_has_what_was_counted_in_it(promtool: Promtool, tmp_path: Path, minute: str) -> None:
    counted = {"2m": 3, "3m": 1}[minute]
    case = {
        "rule_files": [str(STEP_RULES)],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1s",
                "input_series": [
                    {
                        "series": 'aws_lambda_invocations_total{job="a", status="success", instance="i"}',
                        "values": SERIES,
                    }
                ],
                "promql_expr_test": [
                    {
                        "expr": "job_status:aws_lambda_invocations:increase1m",
                        "eval_time": minute,
                        "exp_samples": [
                            {
                                "labels": 'job_status:aws_lambda_invocations:increase1m{job="a", status="success"}',
                                "value": counted,
                            }
                        ],
                    }
                ],
            }
        ],
    }
    file = tmp_path / "case.yaml"
    file.write_text(yaml.safe_dump(case))
    done = subprocess.run(
        [promtool.program, "test", "rules", file], capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
