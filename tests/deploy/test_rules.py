"""The Prometheus rules and alerts work as documented, in Prometheus's own engine.

`deploy/prometheus/tests` has a file an alert, for `promtool test rules`: dropping one in adds a test.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from counting.page import METRIC, blocks
from dashboard.families import named_in, series_labels
from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from servers.promtool import Promtool

TOP = Path(__file__).parents[2]
FOLDER = TOP / "deploy" / "prometheus"
RULES, ALERTS = FOLDER / "telemap.rules.yaml", FOLDER / "telemap.alerts.yaml"
PAGE = TOP / "docs" / "how-to" / "dashboard-and-alerts.md"
CASES = sorted((FOLDER / "tests").glob("*.yaml"))


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rules(path: Path) -> list[dict[str, Any]]:
    return [rule for group in read(path)["groups"] for rule in group["rules"]]


RECORDED = [pytest.param(rule, id=rule["record"]) for rule in rules(RULES)]
ALERTING = [pytest.param(rule, id=rule["alert"]) for rule in rules(ALERTS)]


def run(promtool: Promtool, *words: str | Path) -> tuple[int, str]:
    command = [promtool.program, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("path", [RULES, ALERTS], ids=lambda path: path.name)
def test_promtool_accepts_the_rules(path: Path, promtool: Promtool) -> None:
    code, told = run(promtool, "check", "rules", "--lint=all", "--lint-fatal", path)
    assert code == 0, told


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_alerts_fire_and_stay_silent_as_expected(path: Path, promtool: Promtool) -> None:
    code, told = run(promtool, "test", "rules", path)
    assert code == 0, told


def test_every_alert_has_tests_with_and_without_firing() -> None:
    assert {path.stem for path in CASES} == {rule["alert"] for rule in rules(ALERTS)}
    for path in CASES:
        checks = [check for test in read(path)["tests"] for check in test["promql_expr_test"]]
        assert {check["expr"] for check in checks} == {f'ALERTS{{alertname="{path.stem}", alertstate="firing"}}'}
        assert {bool(check["exp_samples"]) for check in checks} == {True, False}, path.stem
        assert any(not any(check["exp_samples"] for check in test["promql_expr_test"]) for test in read(path)["tests"])


@pytest.mark.parametrize("rule", RECORDED)
def test_recording_rules_use_the_exact_form(rule: dict[str, Any]) -> None:
    by_name = {each["record"]: each["expr"] for each in yaml.safe_load(blocks("yaml")["rules"])["groups"][0]["rules"]}
    if rule["record"] in by_name:
        assert rule["expr"] == by_name[rule["record"]]
        return
    labels, name, window = rule["record"].split(":")
    [series] = named_in(rule["expr"])
    form = by_name["job_status:aws_lambda_invocations:increase1m"].replace(METRIC, series)
    [summed] = re.findall(r"sum by \((.*?)\)", rule["expr"])

    assert (name, window) == (series.removesuffix("_total"), "increase1m")
    assert labels == "_".join(summed.split(", "))
    assert rule["expr"] == form.replace("job, status", summed)
    assert set(summed.split(", ")) <= series_labels()[series]


def test_rules_record_every_minute() -> None:
    assert {group["interval"] for group in read(RULES)["groups"]} == {"1m"}


@pytest.mark.parametrize("rule", ALERTING)
def test_alerts_use_existing_metrics_and_labels(rule: dict[str, Any]) -> None:
    recorded = {each["record"]: each for each in rules(RULES)}
    used = set(re.findall(r"\w+:\w+:\w+", rule["expr"]))
    named = named_in(rule["expr"])
    matched = set(re.findall(r"[{,]\s*(\w+)\s*(?:=|!)", rule["expr"]))

    assert used | named
    assert used <= recorded.keys()
    assert named <= series_labels().keys()
    there = {label for record in used for label in re.findall(r"\w+", record.split(":")[0].replace("job_", "job "))}
    known = {label for name in named for label in series_labels()[name]} | there
    assert {label for label in matched if not any(label in each for each in known)} == set()


@pytest.mark.parametrize("rule", ALERTING)
def test_each_alert_has_severity_and_runbook(rule: dict[str, Any]) -> None:
    told = rule["annotations"]

    assert rule["labels"].keys() == {"severity"}
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert rule["for"]
    assert told.keys() == {"summary", "description", "runbook"}
    assert told["runbook"] == f"docs/how-to/{PAGE.name}#{rule['alert'].lower()}"
    assert "{{" not in told["description"], "it groups alerts that differ in numbers alone"


def test_alert_summaries_render_without_errors(promtool: Promtool, tmp_path: Path) -> None:
    tests = [silenced(path) for path in CASES]
    told = {"rule_files": [str(RULES), str(ALERTS)], "evaluation_interval": "1m", "tests": tests}
    (tmp_path / "told.yaml").write_text(yaml.safe_dump(told))
    _, said = run(promtool, "test", "rules", tmp_path / "told.yaml")
    summaries = dict(re.findall(r'Labels:{alertname="(\w+)".*?summary="(.*?)"[,}]', said, re.DOTALL))

    assert summaries.keys() == {path.stem for path in CASES}
    assert summaries["LambdaErrors"] == "orders: 50% of the invocations fail"
    assert summaries["LambdaTimeouts"] == "orders: 3 timeouts in 15 minutes (phase invoke)"
    assert [text for text in summaries.values() if re.search("{{|error expanding|no value|: %|  ", text)] == []


def silenced(path: Path) -> dict[str, Any]:
    """Return a file's first test, changed to expect no alert: promtool then fails and prints the alert."""
    test: dict[str, Any] = read(path)["tests"][0]
    [at, *_] = [check["eval_time"] for check in test.pop("promql_expr_test") if check["exp_samples"]]
    return test | {"alert_rule_test": [{"eval_time": at, "alertname": path.stem, "exp_alerts": []}]}


def test_the_page_documents_every_alert() -> None:
    text = PAGE.read_text(encoding="utf-8")
    sections = re.findall(r"^### (\w+)$", text, re.MULTILINE)

    assert sections == [rule["alert"] for rule in rules(ALERTS)]
    for rule in rules(ALERTS):
        section = text.split(f"### {rule['alert']}\n", 1)[1].split("\n#", 1)[0]
        assert f"*{rule['labels']['severity']}*" in section, rule["alert"]


def test_the_scrape_job_on_the_page_is_valid_and_that_of_the_queries(promtool: Promtool, tmp_path: Path) -> None:
    [block] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for path in (RULES, ALERTS):
        shutil.copy(path, tmp_path)
    (tmp_path / "prometheus.yaml").write_text(dedent(block))
    code, told = run(promtool, "check", "config", tmp_path / "prometheus.yaml")

    assert code == 0, told
    assert f"{len(RECORDED)} rules found" in told
    wanted = yaml.safe_load(blocks("yaml")["scrape-config"])["scrape_configs"]
    assert read(tmp_path / "prometheus.yaml")["scrape_configs"] == wanted
