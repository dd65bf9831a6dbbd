"""The examples for Amazon Managed Prometheus let a function write to its workspace, and do nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from deploy.cloudformation import load_template
from deploy.terraform_module import Configuration
from layers.building import PROJECT

from telemap_lambda.settings.reading import read_settings

SAM = PROJECT / "deploy/sam/managed-prometheus.yaml"
TERRAFORM = PROJECT / "deploy/terraform/examples/managed-prometheus/main.tf"
ENDPOINT = "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/"


@pytest.mark.integration
@pytest.mark.parametrize("template", [SAM, SAM.with_name("pushgateway.yaml")], ids=lambda path: path.stem)
def test_cfn_lint_reports_nothing(template: Path) -> None:
    linted = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), template], capture_output=True, text=True, check=False
    )
    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_template_allows_nothing_but_to_write() -> None:
    resources = load_template(SAM)["Resources"]
    [policy] = resources["Orders"]["Properties"]["Policies"]
    [statement] = policy["Statement"]
    assert statement["Action"] == "aps:RemoteWrite"
    assert set(resources) == {"Workspace", "Orders"}


def test_the_terraform_example_parses_and_refers_to_what_is_there() -> None:
    example = Configuration(TERRAFORM.parent)
    assert {
        "aws_prometheus_workspace.lambda",
        "aws_lambda_function.orders",
        "data.archive_file.orders",
    } <= example.resources
    assert example.unresolved() == []
    sources = re.findall(r'"\$\{path.module\}/([^"]+)"', TERRAFORM.read_text(encoding="utf-8"))
    assert Path(sources[0]).name.startswith("telemap-layer"), "`make layer` builds it"
    assert (TERRAFORM.parent / sources[0]).resolve().parent == PROJECT / "dist"
    assert {"app.py", "mapping.yaml"} <= {path.name for path in (TERRAFORM.parent / sources[1]).iterdir()}


def test_the_terraform_example_allows_nothing_but_to_write() -> None:
    text = TERRAFORM.read_text(encoding="utf-8")
    assert re.findall(r'actions\s+= \["([^"]+)"\]', text) == ["sts:AssumeRole", "aps:RemoteWrite"]
    assert "resources = [aws_prometheus_workspace.lambda.arn]" in text


@pytest.mark.parametrize(
    ("file", "pattern"),
    [(SAM, r"GATEWAY: !Sub \$\{Workspace.PrometheusEndpoint\}(\S+)"), (TERRAFORM, r'GATEWAY\s+= "\$\{[^}]+\}(\S+)"')],
    ids=["sam", "terraform"],
)
def test_the_address_is_signed_for_and_written_to(file: Path, pattern: str) -> None:
    [path] = re.findall(pattern, file.read_text(encoding="utf-8"))
    settings = read_settings({"GATEWAY": ENDPOINT + path})
    assert (settings.delivery, settings.auth, settings.region, settings.faults) == (
        "remote-write",
        "sigv4",
        "eu-west-1",
        (),
    )
