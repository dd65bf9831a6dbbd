"""The SAM templates: the resources that they deploy, and their permissions."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from deploy.cloudformation import Deployed, load_template
from deploy.settings_page import EXTENSION_SETTINGS, SWEEPER_SETTINGS
from layers.building import PROJECT
from patience import PATIENCE_SECONDS
from servers.pushgateway import CREDENTIALS

import telemap
from telemap.push import Basic, Gateway

if TYPE_CHECKING:
    from servers.pushgateway import Pushgateway
    from servers.secrets import SecretsManager

SAM = PROJECT / "deploy" / "sam"
TEMPLATE = load_template(SAM / "template.yaml")
EXISTING = load_template(SAM / "existing.yaml")
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:gateway-a1B2c3"  # noqa: S105 - a name
KEY = "arn:aws:kms:eu-central-1:123456789012:key/0d9a7c52-1f3b-4b5e-9f9a-6f0b8b1f5a11"
GATEWAY = {"Gateway": "https://gateway.example:9091"}
VPC = {"VpcId": "vpc-1", "SubnetIds": "subnet-1,subnet-2", "GatewayCidr": "10.0.3.7/32"}
ENDPOINT = {"SecretsManagerCidr": "10.0.9.0/24"}


def deployed(**parameters: str) -> Deployed:
    return Deployed(TEMPLATE, GATEWAY | parameters)


def variables(stack: Deployed, function: str) -> dict[str, Any]:
    """Return the non-empty variables of a function."""
    named = stack.resources[function]["Environment"]["Variables"]
    return {name: value for name, value in named.items() if value != ""}


def statements(stack: Deployed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stack.resources["ReadGatewaySecret"]["PolicyDocument"]["Statement"]
    return found


@pytest.mark.integration
@pytest.mark.parametrize("name", ["template.yaml", "existing.yaml"])
def test_cfn_lint_reports_nothing(name: str) -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), SAM / name], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_a_gateway_alone_creates_layer_function_and_sweeper_without_permissions() -> None:
    stack = deployed()
    assert set(stack.resources) == {
        "TelemapLayerX86",
        "ExampleFunction",
        "Sweeper",
        "SchedulerRole",
        "SweeperFails",
    }
    assert stack.broken_rules() == []
    assert stack.resources["ExampleFunction"]["Layers"] == ["<TelemapLayerX86>"]
    for name in ("ExampleFunction", "Sweeper"):
        assert stack.resources[name]["Policies"] == []
        assert "VpcConfig" not in stack.resources[name]
        assert stack.resources[name]["Runtime"] == "python3.13"


def test_functions_may_read_only_the_secret() -> None:
    stack = deployed(SecretArn=SECRET)

    [statement] = statements(stack)
    assert statement["Effect"] == "Allow"
    assert (statement["Action"], statement["Resource"]) == ("secretsmanager:GetSecretValue", SECRET)
    for name in ("ExampleFunction", "Sweeper"):
        assert stack.resources[name]["Policies"] == ["<ReadGatewaySecret>"]
        assert variables(stack, name)["AUTH_SECRET"] == SECRET
        assert "TELEMAP_AUTH_TOKEN_SECRET" not in variables(stack, name)


def test_a_customer_key_may_only_decrypt_the_secret() -> None:
    [_, statement] = statements(deployed(SecretArn=SECRET, SecretKeyArn=KEY))

    assert (statement["Action"], statement["Resource"]) == ("kms:Decrypt", KEY)
    assert statement["Condition"] == {"StringEquals": {"kms:EncryptionContext:SecretARN": SECRET}}
    assert "ReadGatewaySecret" not in deployed(SecretKeyArn=KEY).resources


def test_a_token_sets_the_token_variable() -> None:
    stack = deployed(SecretArn=SECRET, SecretHolds="token")

    for name in ("ExampleFunction", "Sweeper"):
        assert variables(stack, name)["TELEMAP_AUTH_TOKEN_SECRET"] == SECRET
        assert "AUTH_SECRET" not in variables(stack, name)
    assert [one["Resource"] for one in statements(stack)] == [SECRET]


def test_functions_in_a_vpc_reach_only_the_gateway_and_secrets_manager() -> None:
    stack = deployed(**VPC, **ENDPOINT, SecretArn=SECRET, GatewayPort="443")

    assert stack.broken_rules() == []
    egress = stack.resources["ToGateway"]["SecurityGroupEgress"]
    assert {(one["CidrIp"], str(one["FromPort"]), str(one["ToPort"])) for one in egress} == {
        ("10.0.3.7/32", "443", "443"),
        ("10.0.9.0/24", "443", "443"),
    }
    assert "SecurityGroupIngress" not in stack.resources["ToGateway"]
    for name in ("ExampleFunction", "Sweeper"):
        network = stack.resources[name]["VpcConfig"]
        assert network == {"SecurityGroupIds": ["<ToGateway>"], "SubnetIds": "subnet-1,subnet-2"}

    [only] = deployed(**VPC, **ENDPOINT).resources["ToGateway"]["SecurityGroupEgress"]
    assert only["CidrIp"] == "10.0.3.7/32"


def test_an_incomplete_vpc_configuration_is_refused() -> None:
    assert deployed(VpcId="vpc-1").broken_rules() == ["VpcId requires GatewayCidr, the addresses of the gateway"]
    assert deployed(**VPC).broken_rules() == []
    [said] = deployed(**VPC, SecretArn=SECRET).broken_rules()
    assert "require SecretsManagerCidr" in said


def test_without_a_schedule_there_is_no_sweeper() -> None:
    assert set(deployed(SweepSchedule="").resources) == {"TelemapLayerX86", "ExampleFunction"}


def test_both_functions_get_the_certificates_layer() -> None:
    layer = "arn:aws:lambda:eu-central-1:123456789012:layer:gateway-certificates:3"
    stack = deployed(CertificatesLayerArn=layer, CaFile="/opt/gateway/ca.pem", ClientCert="/opt/gateway/client.pem")

    assert stack.resources["ExampleFunction"]["Layers"] == ["<TelemapLayerX86>", layer]
    assert stack.resources["Sweeper"]["Layers"] == [layer]
    for function in ("ExampleFunction", "Sweeper"):
        assert variables(stack, function)["TELEMAP_CA_FILE"] == "/opt/gateway/ca.pem"
        assert variables(stack, function)["TELEMAP_CLIENT_CERT"] == "/opt/gateway/client.pem"


def test_every_variable_is_a_documented_setting() -> None:
    stack = deployed(SecretArn=SECRET)
    assert set(stack.resources["ExampleFunction"]["Environment"]["Variables"]) <= EXTENSION_SETTINGS
    assert set(stack.resources["Sweeper"]["Environment"]["Variables"]) <= SWEEPER_SETTINGS
    [orders] = Deployed(EXISTING, {}).resources.values()
    assert set(orders["Environment"]["Variables"]) <= EXTENSION_SETTINGS


def test_allowed_values_match_the_setting() -> None:
    page = (PROJECT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    for parameter, setting in [("Flush", "TELEMAP_FLUSH"), ("LogLevel", "TELEMAP_LOG_LEVEL")]:
        [row] = re.findall(rf"^\| `{setting}` \| `(\w+)` \| (.*) \|$", page, re.MULTILINE)
        declared = TEMPLATE["Parameters"][parameter]
        assert row[0] == declared["Default"]
        assert all(f"`{value}`" in row[1] for value in declared["AllowedValues"])


@pytest.mark.parametrize(
    ("architecture", "layer", "other"),
    [("x86_64", "TelemapLayerX86", "TelemapLayerArm"), ("arm64", "TelemapLayerArm", "TelemapLayerX86")],
)
def test_the_architecture_of_the_functions_picks_the_layer(architecture: str, layer: str, other: str) -> None:
    for runtime in TEMPLATE["Parameters"]["Runtime"]["AllowedValues"]:
        stack = deployed(Runtime=runtime, Architecture=architecture)
        published = stack.resources[layer]
        assert other not in stack.resources
        assert stack.resources["ExampleFunction"]["Layers"] == [f"<{layer}>"]
        assert stack.resources["ExampleFunction"]["Architectures"] == [architecture]
        assert published["CompatibleArchitectures"] == [architecture]
        assert published["ContentUri"].endswith(f"/telemap-layer-{architecture}.zip")
        assert "CompatibleRuntimes" not in published, "it works beside every runtime"
        assert published["RetentionPolicy"] == "Retain"


def test_only_schedules_of_the_account_may_use_the_scheduler_role() -> None:
    role = deployed().resources["SchedulerRole"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert (trust["Action"], trust["Principal"]) == ("sts:AssumeRole", {"Service": "scheduler.amazonaws.com"})
    account = trust["Condition"]["StringEquals"]["aws:SourceAccount"]
    group = trust["Condition"]["ArnLike"]["aws:SourceArn"]
    assert account in group
    assert group.endswith(":schedule-group/default")
    [allowed] = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert (allowed["Action"], allowed["Resource"]) == ("lambda:InvokeFunction", "<Sweeper.Arn>")


def test_the_sweeper_has_a_long_timeout_and_no_retries() -> None:
    sweeper = deployed().resources["Sweeper"]
    assert 120 <= sweeper["Timeout"] <= 900
    assert sweeper["EventInvokeConfig"]["MaximumRetryAttempts"] == 0
    schedule = sweeper["Events"]["Schedule"]["Properties"]
    assert schedule["ScheduleExpression"] == "rate(1 hour)"
    assert schedule["RetryPolicy"]["MaximumRetryAttempts"] == 0
    assert schedule["OmitName"] is True, "two stacks would have a schedule of the same name"


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        (
            "Gateway",
            ["https://gateway.example:9091", "http://10.0.0.1:9091/prefix", "https://[fd00::1]:9091"],
            ["gateway.example", "https://user:password@gateway.example", "ftp://gateway.example", ""],
        ),
        ("SecretArn", ["", SECRET, SECRET.replace("arn:aws:", "arn:aws-cn:")], ["gateway", SECRET[:-7], "*", KEY]),
        ("SecretKeyArn", ["", KEY], ["alias/gateway", KEY.replace("key/", "alias/"), "*"]),
        ("SweepOlderThan", ["2h", "90m", "1h30m"], ["", "2", "soon"]),
        (
            "CertificatesLayerArn",
            ["", "arn:aws:lambda:eu-central-1:123456789012:layer:certificates:3"],
            ["arn:aws:lambda:eu-central-1:123456789012:layer:certificates"],
        ),
    ],
)
def test_parameters_accept_valid_and_refuse_invalid_values(parameter: str, good: list[str], bad: list[str]) -> None:
    pattern = TEMPLATE["Parameters"][parameter]["AllowedPattern"]
    assert [value for value in good if not re.fullmatch(pattern, value)] == []
    assert [value for value in bad if re.fullmatch(pattern, value)] == []


def test_paths_in_the_templates_exist() -> None:
    for name, template in [("template", TEMPLATE), ("existing", EXISTING)]:
        for resource in template["Resources"].values():
            for key in ("CodeUri", "ContentUri"):
                location = resource["Properties"].get(key, "example/")
                built = location.startswith("../../dist/")
                assert built or (SAM / location / "app.py").is_file(), (name, location)


@pytest.mark.integration
def test_the_example_mapping_counts_what_the_example_prints() -> None:
    event = (SAM / "example" / "event.json").read_text(encoding="utf-8")
    program = f"import json, app; app.handler(json.loads({event!r}), None)"
    printed = subprocess.check_output([sys.executable, "-B", "-c", program], cwd=SAM / "example", text=True)
    record = {"time": "2026-03-02T08:14:09.404Z", "type": "function", "record": printed}

    mapping = telemap.load(str(SAM / "example" / "mapping.yaml"))
    assert mapping.warnings == ()
    rendered = telemap.render(telemap.apply(telemap.compile(mapping), [record]))
    assert "shop_orders_total 1.0\n" in rendered
    assert "shop_revenue_total 12.5\n" in rendered


SWEEP_FROM_THE_ARCHIVE = """
import json, sys
sys.path.insert(0, sys.argv[1])
from telemap_lambda.sweeper import handler
import telemap, telemap_lambda
assert telemap.__file__.startswith(sys.argv[1]) and telemap_lambda.__file__.startswith(sys.argv[1])
print(json.dumps(handler({}, None)))
"""


def test_the_sweeper_archive_needs_only_lambdas_packages(
    authenticated_pushgateway: Pushgateway, secrets_manager: SecretsManager, tmp_path: Path
) -> None:
    archive = tmp_path / "sweeper.zip"
    subprocess.run([sys.executable, str(PROJECT / "deploy" / "build_sweeper.py"), str(archive)], check=True)
    assert archive.stat().st_size < 1_000_000
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path / "task")
        assert {name.split("/")[0] for name in packed.namelist()} == {"telemap", "telemap_lambda"}
    content = json.dumps({"username": CREDENTIALS.username, "password": CREDENTIALS.password})
    secret = secrets_manager.create_secret("the_sweeper_s_archive", content)
    gateway = Gateway(authenticated_pushgateway.url, {"job": "orders"}, timeout=PATIENCE_SECONDS)
    gateway.credentials = Basic(*CREDENTIALS)
    gateway.put("# TYPE telemap_mapping_info gauge\ntelemap_mapping_info 1\n")
    gateway.close()

    environment = {
        **secrets_manager.environment,
        "GATEWAY": authenticated_pushgateway.url,
        "AUTH_SECRET": secret,
        "TELEMAP_SWEEP_OLDER_THAN": "0s",
    }
    command = [sys.executable, "-I", "-c", SWEEP_FROM_THE_ARCHIVE, str(tmp_path / "task")]
    counts = json.loads(subprocess.check_output(command, env=environment, text=True))
    assert (counts["groups"], counts["deleted"]) == (1, 1)

    without_site_packages = [*command[:2], "-S", *command[2:]]
    nobody = {"GATEWAY": "http://127.0.0.1:9"}
    ended = subprocess.run(without_site_packages, env=nobody, capture_output=True, text=True, check=False)
    assert "SweepError: the gateway's groups cannot be read" in ended.stderr.splitlines()[-1]
