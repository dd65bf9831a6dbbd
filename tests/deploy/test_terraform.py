"""The Terraform module, checked with a parser and, if installed, with Terraform without a provider."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from deploy.settings_page import EXTENSION_SETTINGS, SWEEPER_SETTINGS
from deploy.terraform_module import Configuration, parse
from layers.building import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDER = PROJECT / "deploy" / "terraform"
EXAMPLE = FOLDER / "examples" / "complete"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
TERRAFORM = shutil.which("terraform")

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:gateway-a1B2c3"  # noqa: S105 - a name
LEAST = {"layer_zips": {"x86_64": "layer.zip"}, "gateway": "https://gateway.example:9091"}
VPC = {"vpc_id": "vpc-1", "subnet_ids": ["subnet-1"], "gateway_cidrs": ["10.0.3.7/32"]}
SHOW = """
output "told" {
  value = { extension = local.environment, sweeper = local.sweeper_environment, sweeps = local.sweeps }
}
"""


@pytest.fixture(scope="module")
def module() -> Configuration:
    """Return the module, parsed once."""
    return Configuration(FOLDER)


with_terraform = pytest.mark.skipif(TERRAFORM is None, reason="there is no terraform on this machine")


@pytest.mark.parametrize("folder", [FOLDER, EXAMPLE], ids=["module", "example"])
def test_every_reference_is_defined_and_every_definition_used(folder: Path) -> None:
    configuration = Configuration(folder)
    assert configuration.references
    assert configuration.unresolved() == []
    assert configuration.unused() == []


@pytest.mark.parametrize("folder", [FOLDER, EXAMPLE], ids=["module", "example"])
def test_each_variable_and_output_is_described(folder: Path) -> None:
    configuration = Configuration(folder)
    for name, said in configuration.variables.items():
        assert {"description", "type"} <= set(said), name
        assert said["description"].rstrip('"').endswith("."), name
    assert [name for name, said in configuration.outputs.items() if "description" not in said] == []


def rows(title: str) -> dict[str, str]:
    """Return the first two columns of a table in the README, without backticks."""
    [section] = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    return {name: text.strip(" `") for name, text in re.findall(r"^\| `(\w+)` \|(.*?)\|", section, re.MULTILINE)}


def test_the_readme_documents_variables_with_defaults_and_outputs(module: Configuration) -> None:
    variables = module.variables.items()
    defaults = {name: str(said["default"]).strip('"') if "default" in said else "" for name, said in variables}
    assert rows("Variables") == {name: "null" if default == "None" else default for name, default in defaults.items()}
    assert set(rows("Outputs")) == set(module.outputs)


def test_the_example_and_the_readme_use_existing_variables(module: Configuration, tmp_path: Path) -> None:
    [snippet] = re.findall(r"```hcl\n(.*?)```", README, re.DOTALL)
    (tmp_path / "main.tf").write_text(snippet)
    for configuration in (Configuration(EXAMPLE), Configuration(tmp_path)):
        given = set(configuration.modules["telemap"]) - {"source"}
        required = {name for name, said in module.variables.items() if "default" not in said} | {"sweeper_zip"}
        assert required <= given <= set(module.variables)
        taken = {one.attribute for one in configuration.references if one.kind == "module"}
        assert {"layer_arns", "environment", "policy_json"} <= taken <= set(module.outputs)


def test_links_in_the_readme_work() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert targets
    assert [target for target in targets if not (FOLDER / target).exists()] == []


def test_the_policy_allows_reading_only_the_secret() -> None:
    parsed = parse(FOLDER / "main.tf")
    [policy] = [one['"aws_iam_policy_document"']['"read_secret"'] for one in parsed["data"]]
    [statement] = policy["statement"]
    assert statement["actions"] == ['"secretsmanager:GetSecretValue"']
    assert statement["resources"] == ["${var.secret.arn}"]
    [dynamic] = policy["dynamic"]
    [content] = dynamic['"statement"']["content"]
    assert content["actions"] == ['"kms:Decrypt"']
    assert content["resources"] == ["${statement.value}"]
    assert content["condition"][0]["values"] == ["${var.secret.arn}"]


def test_only_schedules_of_the_account_may_use_the_scheduler_role() -> None:
    parsed = parse(FOLDER / "sweeper.tf")
    documents = [one.get('"aws_iam_policy_document"', {}) for one in parsed["data"]]
    [policy] = [one['"assumed_by"'] for one in documents if '"assumed_by"' in one]
    [dynamic] = policy["statement"][0]["dynamic"]
    condition = dynamic['"condition"']
    assert "SourceAccount" in condition["for_each"]
    assert "SourceArn" in condition["for_each"]
    assert condition["content"][0]["variable"] == '"aws:${condition.key}"'


def test_the_sweeper_matches_the_sam_template() -> None:
    sweeper = (FOLDER / "sweeper.tf").read_text(encoding="utf-8")
    template = (PROJECT / "deploy" / "sam" / "template.yaml").read_text(encoding="utf-8")
    for terraform, sam in [
        (r'handler\s+= "(.*)"', r"Handler: (telemap_lambda.*)"),
        (r"timeout\s+= (\d+)", r"Timeout: (300)"),
        (r"evaluation_periods\s+= (\d+)", r"EvaluationPeriods: (\d+)"),
    ]:
        assert re.findall(terraform, sweeper) == re.findall(sam, template)
    assert rows("Variables")["sweep_schedule"] == "rate(1 hour)"


@pytest.mark.integration
@with_terraform
def test_files_are_formatted_as_by_terraform(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "module")
    [snippet] = re.findall(r"```hcl\n(.*?)```", README, re.DOTALL)
    (tmp_path / "readme.tf").write_text(snippet)
    formatted = terraform(tmp_path, "fmt", "-check", "-recursive", "-diff")
    assert (formatted.returncode, formatted.stdout) == (0, "")


def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Terraform without this machine's settings; these commands need no network."""
    settings = folder / "terraform.rc"
    settings.touch()
    environment = {"TF_CLI_CONFIG_FILE": str(settings), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    command = [str(TERRAFORM), *arguments, "-no-color"] if arguments[0] != "fmt" else [str(TERRAFORM), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def decide(_integration: None, tmp_path: Path) -> Callable[..., Any]:
    """Return a function that lets Terraform evaluate only the module's variables and local values."""
    for name in ("variables.tf", "locals.tf"):
        shutil.copy(FOLDER / name, tmp_path)
    (tmp_path / "show.tf").write_text(SHOW)
    assert terraform(tmp_path, "init", "-input=false").returncode == 0

    def decided(**variables: Any) -> Any:
        (tmp_path / "given.tfvars.json").write_text(json.dumps(LEAST | variables))
        planned = terraform(tmp_path, "plan", "-input=false", "-var-file=given.tfvars.json", "-out=plan")
        if planned.returncode:
            return re.sub(r"\s*\n[│ ]*", " ", planned.stderr)
        shown = json.loads(terraform(tmp_path, "show", "-json", "plan").stdout)
        return shown["planned_values"]["outputs"]["told"]["value"]

    return decided


@with_terraform
def test_with_a_gateway_alone_only_the_gateway_is_set(decide: Callable[..., Any]) -> None:
    told = decide()
    assert told["extension"] == {"GATEWAY": LEAST["gateway"]}
    assert told["sweeper"] == {"GATEWAY": LEAST["gateway"], "TELEMAP_SWEEP_OLDER_THAN": "2h"}
    assert told["sweeps"] is True
    assert decide(sweep_schedule=None)["sweeps"] is False


@with_terraform
def test_all_variables_become_documented_settings(decide: Callable[..., Any]) -> None:
    told = decide(
        secret={"arn": SECRET},
        mapping_file="mapping.yaml",
        ca_file="/opt/gateway/ca.pem",
        vpc=VPC,
        settings={"TELEMAP_FLUSH": "end", "TELEMAP_CLIENT_CERT": "/opt/gateway/client.pem"},
    )
    assert told["extension"] == {
        "GATEWAY": LEAST["gateway"],
        "AUTH_SECRET": SECRET,
        "MAPPING_FILE": "mapping.yaml",
        "TELEMAP_CA_FILE": "/opt/gateway/ca.pem",
        "TELEMAP_FLUSH": "end",
        "TELEMAP_CLIENT_CERT": "/opt/gateway/client.pem",
    }
    assert set(told["extension"]) <= EXTENSION_SETTINGS
    assert set(told["sweeper"]) <= SWEEPER_SETTINGS
    assert told["sweeper"]["TELEMAP_CLIENT_CERT"] == "/opt/gateway/client.pem"
    assert "TELEMAP_FLUSH" not in told["sweeper"]


@with_terraform
def test_a_token_sets_the_token_variable(decide: Callable[..., Any]) -> None:
    for told in (decide(secret={"arn": SECRET, "holds": "token"})[who] for who in ("extension", "sweeper")):
        assert told["TELEMAP_AUTH_TOKEN_SECRET"] == SECRET
        assert "AUTH_SECRET" not in told


@with_terraform
@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"gateway": "https://user:password@gateway.example"}, "put the password into the secret"),
        ({"gateway": "gateway.example"}, "gateway must be http:// or https://"),
        ({"secret": {"arn": "gateway"}}, "secret.arn must be the full ARN"),
        ({"secret": {"arn": SECRET, "holds": "key"}}, "secret.holds must be password or token"),
        ({"settings": {"GATEWAY": "https://other"}}, "all other settings are variables of this module"),
        ({"vpc": {**VPC, "gateway_cidrs": ["gateway.example"]}}, "must contain addresses such as 10.0.3.7/32"),
        ({"vpc": {**VPC, "subnet_ids": []}}, "vpc needs at least one of subnet_ids"),
        ({"layer_zips": {"arm": "layer.zip"}}, "layer_zips must have the keys x86_64 or arm64"),
        ({"layer_zips": {}}, "layer_zips must have the keys x86_64 or arm64"),
        ({"sweeper_runtime": "python3.9"}, "sweeper_runtime must be python3.11 or later"),
        ({"sweeper_architecture": "arm"}, "sweeper_architecture must be x86_64 or arm64"),
        ({"sweep_schedule": "1 hour"}, "sweep_schedule must be rate(...) or cron(...)"),
        ({"sweep_older_than": "soon"}, "sweep_older_than must be a duration"),
        ({"name": "tele map"}, "name must consist of 1 to 32 letters"),
    ],
)
def test_invalid_values_are_refused_with_an_explanation(
    decide: Callable[..., Any], variables: dict[str, Any], said: str
) -> None:
    assert said in decide(**variables)


@pytest.mark.integration
@with_terraform
def test_a_secret_created_in_the_same_run_can_be_planned(tmp_path: Path) -> None:
    (tmp_path / "module").mkdir()
    for name in ("variables.tf", "locals.tf"):
        shutil.copy(FOLDER / name, tmp_path / "module")
    (tmp_path / "module" / "show.tf").write_text(
        SHOW + 'output "how_many" {\n  value = var.secret == null ? 0 : 1\n}\n'
    )
    (tmp_path / "main.tf").write_text(
        'resource "terraform_data" "secret" {\n  input = timestamp()\n}\n'
        'module "telemap" {\n  source = "./module"\n  layer_zips = { x86_64 = "layer.zip" }\n  gateway = "https://gateway.example"\n'
        "  secret = { arn = terraform_data.secret.output }\n}\n"
        'output "told" {\n  value = module.telemap.told\n}\n'
        'output "how_many" {\n  value = module.telemap.how_many\n}\n'
    )
    assert terraform(tmp_path, "init", "-input=false").returncode == 0
    planned = terraform(tmp_path, "plan", "-input=false", "-out=plan")
    assert (planned.returncode, planned.stderr) == (0, "")
    assert re.search(r"\+ how_many = 1$", planned.stdout, re.MULTILINE), "a count cannot wait for the ARN"
    assert re.search(r"\+ AUTH_SECRET +=", planned.stdout)
