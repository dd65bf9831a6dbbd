"""Commands, settings and files on the deployment pages are valid."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from deploy.cloudformation import load_template
from deploy.dockerfile import instructions
from deploy.pages import PAGES, blocks, checked, command_lines, commands, text
from deploy.settings_page import EXTENSION_SETTINGS
from extension.lives import life
from extension.outcomes import assert_a_good_life, log_of
from layers.building import PROJECT
from patience import CONDITIONS

from telemap.cli import GROUP, main
from telemap_lambda.fake_gateway import FakeGateway
from telemap_lambda.sandbox import Sandbox
from telemap_lambda.settings.reading import read_settings

if TYPE_CHECKING:
    from pathlib import Path

OF_THE_COMMAND_LINE = {"query", "output", "cli-binary-format"}
ARCHIVES = ("Content", "Code")
"""What `--zip-file` sets a part of: of a layer, of a function."""


def operation_of(words: list[str]) -> Any:
    """Return the model of the operation of an `aws` command."""
    service = botocore.session.get_session().get_service_model(words[0])
    operations = {xform_name(name, "-"): name for name in service.operation_names}
    if words[1] == "wait":
        session = botocore.session.get_session()
        waiters = session.get_waiter_model(words[0])
        names = {xform_name(name, "-"): name for name in waiters.waiter_names}
        return service.operation_model(waiters.get_waiter(names[words[2]]).operation)
    return service.operation_model(operations[words[1]])


def faults(words: list[str]) -> set[str]:
    """Return unknown and missing options of an `aws` command."""
    shape = operation_of(words).input_shape
    known = {xform_name(name, "-"): name for name in shape.members}
    archives = [name for name in ARCHIVES if name in shape.members]
    known |= {"zip-file": archives[0]} if archives else {}
    given = {word[2:] for word in words if word.startswith("--")} - OF_THE_COMMAND_LINE
    given = {name.removeprefix("no-") if name.removeprefix("no-") in known else name for name in given}
    members = {known.get(name, "") for name in given}
    return {name for name in given if name not in known} | set(shape.required_members) - members


@pytest.mark.parametrize("words", commands("aws", (*PAGES, "nodejs", "sweep")), ids=lambda words: " ".join(words[:3]))
def test_aws_has_the_command_with_these_options(words: list[str]) -> None:
    assert faults(words) == set()
    for word in words:
        assert not word.startswith("file://") or word.endswith(".json")


def test_unknown_aws_commands_are_noticed() -> None:
    assert faults(["lambda", "update-alias", "--function-name", "orders", "--weight", "1"]) == {"weight", "Name"}
    with pytest.raises(KeyError):
        operation_of(["lambda", "publish-layer"])
    with pytest.raises(UnknownServiceError):
        operation_of(["lambdas", "publish-version"])
    assert len(commands("aws")) > 12


def test_telemap_has_the_commands_with_these_options() -> None:
    entries = {entry.name: entry for entry in entry_points(group=GROUP)}
    assert [words[0] for words in commands("telemap")] == ["sweep"]
    for name, *words in commands("telemap"):
        parser = argparse.ArgumentParser(exit_on_error=False)
        entries[name].load().add_arguments(parser)
        parser.parse_args(words)


def test_programs_and_files_on_the_pages_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {words[0] for words in commands("make")} <= targets
    for words in commands(".venv/bin/python"):
        assert (PROJECT / words[0]).is_file()
    for words in commands("cd"):
        assert (PROJECT / words[0] / "template.yaml").is_file()
    for name in re.findall(r"file://(example/\S+)", text("deploy")):
        assert (PROJECT / "deploy" / "sam" / name).is_file()


def test_the_built_image_is_the_one_copied_from() -> None:
    [words] = [words for words in commands("docker") if words[0] == "build"]
    options = dict(zip(words[1:-1:2], words[2:-1:2], strict=True))
    dockerfile = PROJECT / options["-f"]
    stages = [rest.rpartition(" AS ")[2] for word, rest in instructions(dockerfile) if word == "FROM"]
    assert options["--target"] in stages
    [block] = blocks("deploy", "dockerfile")
    assert f"COPY --from={options['-t']} /opt/ /opt/\n" in block
    own = [line.partition(" ")[0] for line in block.splitlines()]
    example = [word for word, _ in instructions(dockerfile)][-len(own) :]
    assert own == example, "the page shows what the example function's stage does"


def test_commands_in_the_image_are_commands_of_telemap_with_existing_options() -> None:
    ran = [words for words in commands("docker", (*PAGES, "install", "nodejs")) if words[0] == "run"]
    assert len(ran) > 3
    for words in ran:
        [image] = [word for word in words if word.startswith("ghcr.io/")]
        name, *arguments = words[words.index(image) + 1 :]
        parser = argparse.ArgumentParser(exit_on_error=False)
        entry_points(group=GROUP)[name].load().add_arguments(parser)
        given = vars(parser.parse_args(arguments))
        writes = name == "compile" and not given["check"]
        assert ("--user" in words) == writes, "files that it writes belong to who runs it"


STAND_IN = """#!{python}
import json, jmespath, sys
words = sys.argv[1:]
option = lambda name: words[words.index(name) + 1]
if words[1] == "get-function-configuration":
    found = jmespath.search(option("--query"), json.loads({configuration!r}))
    print("\\t".join(found) if option("--output") == "text" else json.dumps(found))
elif words[1] == "update-function-configuration":
    print(json.dumps(words))
"""


@pytest.mark.integration
@pytest.mark.parametrize(
    ("configuration", "layers", "variables"),
    [
        ({}, [], {}),
        (
            {
                "Layers": [
                    {"Arn": "arn:a:lambda:r:1:layer:other:3"},
                    {"Arn": "arn:a:lambda:r:1:layer:telemap-arm64:1"},
                ],
                "Environment": {"Variables": {"STAGE": "it's $HOME", "GATEWAY": "http://old"}},
            },
            ["arn:a:lambda:r:1:layer:other:3"],
            {"STAGE": "it's $HOME"},
        ),
    ],
    ids=["nothing", "layers and variables"],
)
def test_attaching_the_layer_keeps_other_layers_and_variables(
    tmp_path: Path, configuration: dict[str, Any], layers: list[str], variables: dict[str, str]
) -> None:
    stand_in = tmp_path / "aws"
    stand_in.write_text(STAND_IN.format(python=sys.executable, configuration=json.dumps(configuration)))
    stand_in.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.defpath}", "LAYER_ARN": "arn:new"}
    printed = subprocess.check_output(["sh", "-euc", checked("deploy", "attach")], env=environment, text=True)
    words = json.loads(printed)
    given = words[words.index("--layers") + 1 : words.index("--environment")]
    assert given == [*layers, "arn:new"]
    assert json.loads(words[-1])["Variables"] == variables | {
        "GATEWAY": "https://gateway.example:9091",
        "AUTH_SECRET": "telemap/gateway",
        "MAPPING_FILE": "mapping.yaml",
    }


def test_the_sweepers_roles_can_be_used_only_by_their_services_and_for_one_purpose() -> None:
    lambda_trust, scheduler_trust, invoke = (
        json.loads(checked("sweep", name))["Statement"] for name in ("lambda-trust", "scheduler-trust", "invoke")
    )
    [trusted] = lambda_trust
    assert (trusted["Principal"], trusted["Action"]) == ({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole")
    [trusted] = scheduler_trust
    assert trusted["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert "aws:SourceAccount" in trusted["Condition"]["StringEquals"]
    [allowed] = invoke
    assert allowed["Action"] == "lambda:InvokeFunction"
    assert allowed["Resource"].endswith(":function:telemap-sweeper")


def test_the_sweepers_commands_name_documents_of_the_pages_and_roles_that_they_create() -> None:
    aws = [words for words in commands("aws", ("sweep",)) if words[0] == "iam"]
    named = {word.removeprefix("file://") for words in aws for word in words if word.startswith("file://")}
    shown = set(re.findall(r"<!-- checked: (\S+) -->", text("sweep")))
    assert named - {"policy.json"} == {f"{name}.json" for name in shown}
    made = {words[words.index("--role-name") + 1] for words in aws if words[1] == "create-role"}
    assert set(re.findall(r":role/([\w-]+)", text("sweep"))) == made


def test_one_layer_of_each_architecture_is_published() -> None:
    [loop] = [line for line in command_lines("deploy") if line.startswith("for architecture in")]
    allowed = load_template(PROJECT / "deploy/sam/template.yaml")["Parameters"]["Architecture"]["AllowedValues"]
    assert loop == f"for architecture in {' '.join(allowed)}; do"


def test_files_shown_on_pages_match_the_checkout() -> None:
    pasted = re.findall(r"<!-- file: (.*?) -->\n```\w+\n(.*?)```", text("deploy"), re.DOTALL)
    assert [name for name, _ in pasted] == ["deploy/sam/existing.yaml"]
    for name, content in pasted:
        assert content == (PROJECT / name).read_text(encoding="utf-8")
    readme = (PROJECT / "deploy" / "terraform" / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"```hcl\n(.*?)```", readme, re.DOTALL) == blocks("deploy", "hcl")


def test_the_policy_allows_reading_only_one_secret() -> None:
    [policy] = [json.loads(block) for block in blocks("deploy", "json")]
    [statement] = policy["Statement"]
    assert statement["Action"] == "secretsmanager:GetSecretValue"
    assert re.fullmatch(r"arn:aws:secretsmanager:\S+:secret:telemap/gateway-\?{6}", statement["Resource"])


def test_every_variable_is_a_setting_with_a_valid_value() -> None:
    told = "\n".join(text(page) for page in PAGES)
    lines = re.findall(r"`([A-Z_]+)=([^`\n]+)`", told) + re.findall(r"^([A-Z_]+)=(.+)$", told, re.MULTILINE)
    shown = {name: value.replace("https://...", "https://gateway.example") for name, value in lines}
    assert {"GATEWAY", "TELEMAP_GROUPING", "TELEMAP_CLIENT_KEY"} <= set(shown) <= EXTENSION_SETTINGS
    elsewhere = ("TELEMAP_CA_FILE", "TELEMAP_CLIENT_")  # their files are on no machine of ours
    assert [fault for fault in read_settings(shown).faults if not fault.variable.startswith(elsewhere)] == []
    named = set(re.findall(r"`(TELEMAP_[A-Z_]+|AUTH_SECRET|DISPATCH_[A-Z_]+|MAPPING_FILE)\b", told))
    assert named <= EXTENSION_SETTINGS


def test_each_label_of_a_grouping_comes_from_the_environment() -> None:
    groupings = re.findall(r"TELEMAP_GROUPING=([^\s`]+)", text("deploy") + text("upgrade"))
    environment = {"AWS_REGION": "eu-central-1", "AWS_LAMBDA_FUNCTION_VERSION": "42"}
    read = [read_settings(environment | {"TELEMAP_GROUPING": grouping}).grouping for grouping in groupings]
    assert read == [(("region", "eu-central-1"), ("stage", "dev")), (("function_version", "42"),)]


@pytest.mark.integration
def test_log_messages_on_the_page_are_real() -> None:
    told = re.findall(r"^\| `(.*?)` \|", text("deploy"), re.MULTILINE)
    [of_the_launcher] = [words for words in told if words.startswith("this layer is for")]
    told.remove(of_the_launcher)
    assert of_the_launcher.removesuffix("; ...") in (PROJECT / "extensions" / "telemap").read_text(encoding="utf-8")
    with FakeGateway() as gateway:
        environments = [
            {"GATEWAY": gateway.url, "TELEMAP_LOG_LEVEL": "info", "TELEMAP_JOB": "orders"},
            {"GATEWAY": ""},
            {"GATEWAY": gateway.url, "MAPPING_FILE": "nowhere.yaml"},
        ]
        for words, environment in zip(told, environments, strict=True):
            result = Sandbox(recording=life("a"), environment=environment, **CONDITIONS).run()
            assert_a_good_life(result)
            pattern = re.escape(words).replace(r"\.\.\.", ".*").replace("9", r"\d+")
            assert any(re.match(pattern, line) for line in log_of(result)), (words, log_of(result))


NODE = PROJECT / "deploy" / "examples" / "nodejs"


def test_the_page_about_node_shows_the_example() -> None:
    code, mapping, template = (
        (NODE / name).read_text(encoding="utf-8") for name in ("app.js", "mapping.yaml", "template.yaml")
    )
    [statement] = blocks("nodejs", "js")
    assert statement.strip() in code
    shown, additions = blocks("nodejs", "yaml")
    assert shown in mapping
    assert dedent(additions) in dedent(template.split("Timeout: 10\n")[1])
    [line] = blocks("nodejs", "json")
    assert line.strip() in (NODE / "mapping.test.yaml").read_text(encoding="utf-8")


def test_the_commands_of_the_page_about_node_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(NODE, tmp_path / "nodejs")
    monkeypatch.chdir(tmp_path / "nodejs")
    ran = commands("telemap", ("nodejs",))
    assert [words[0] for words in ran] == ["validate", "test"]
    assert [main(words) for words in ran] == [0, 0]


MEASURED = {
    "added to each cold start": "| 8 | start to register, against a bare Python |",
    "the same with a fourteenth of a processor, as": "| 1/14 CPU | start to register,",
    "until it is ready": "| 9 | start to the first event/next, default mapping,",
    "the same with a fourteenth of a processor |": "| 1/14 CPU | start to the first event/next,",
    "memory, after 1,000 invocations": "| 10 | resident memory after 1,000 invocations",
}
UNITS = {"ms": 0.001, "s": 1.0, "MB": 1.0}


def quantity(cells: str) -> float:
    """Return the first quantity of a row of a table, in seconds or megabytes."""
    [(number, unit), *_] = re.findall(r"\| ([\d.]+) (ms|s|MB) \|", cells)
    return float(number) * UNITS[unit]


def test_figures_match_the_last_full_benchmark() -> None:
    results = (PROJECT / "benchmarks" / "results" / "full.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in text("deploy").splitlines() if re.search(r"\| [\d.]+ (ms|s|MB) \|$", line)]
    assert len(rows) == len(MEASURED) + 1, "the first is the size of the layer"
    for start, measured in MEASURED.items():
        [told] = [quantity(row) for row in rows if row.startswith(f"| {start}")]
        [found] = [quantity(line) for line in results if line.startswith(measured)]
        assert told == pytest.approx(found, rel=0.3), start


def test_sizes_of_the_layer_match_what_is_built(layer_archives: Path) -> None:
    for archive in layer_archives.glob("telemap-layer-*.zip"):
        with zipfile.ZipFile(archive) as packed:
            unzipped = sum(entry.file_size for entry in packed.infolist()) / 1e6
        [told] = re.findall(r"^\| layer, unzipped .* \| (\d+) MB \|$", text("deploy"), re.MULTILINE)
        assert unzipped == pytest.approx(int(told), rel=0.1)
        readme = (PROJECT / "README.md").read_text(encoding="utf-8")
        [(zipped, told)] = re.findall(r"telemap-layer-arm64\.zip: (\d+) MB each, unzipped (\d+) MB", readme)
        assert archive.stat().st_size / 1e6 == pytest.approx(int(zipped), rel=0.1)
        assert unzipped == pytest.approx(int(told), rel=0.1)


def test_plans_on_the_pages_are_for_the_layers_python() -> None:
    [version] = {
        *re.findall(r"^python3\.(\d+)-minimal ", (PROJECT / "requirements/runtime.lock").read_text(), re.MULTILINE)
    }
    files = [*PROJECT.glob("docs/how-to/*.md"), *PROJECT.glob("deploy/**/*.tf"), *PROJECT.glob("deploy/**/*.md")]
    named = {
        found for path in files for found in re.findall(r"\.cpython-3(\d+)\.plan", path.read_text(encoding="utf-8"))
    }
    assert named == {version}
    image = (PROJECT / "deploy" / "image" / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^ARG PYTHON=3\.(\d+)$", image, re.MULTILINE) == [version], "it compiles plans for the layer"


def test_every_program_on_the_pages_is_checked_or_well_known() -> None:
    known = {
        "aws",
        "cd",
        "curl",
        "docker",
        "done",
        "for",
        "make",
        "prometheus-pushgateway",
        "sam",
        "telemap",
        "zip",
        ".venv/bin/python",
    }
    programs = {line.split()[0] for page in PAGES for line in command_lines(page)}
    assert {program for program in programs if not re.match(r"\w+='", program)} <= known
