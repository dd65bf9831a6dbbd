"""The Dockerfile for container images: the content of its stages, and the start of the extension."""

from __future__ import annotations

import re
import shutil
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from deploy.cloudformation import load_template
from deploy.dockerfile import Stage, build, instructions
from deploy.settings_page import EXTENSION_SETTINGS
from extension.expositions import value
from extension.lives import event, life, log_line
from extension.outcomes import assert_a_good_life, log_of
from layers.building import PROJECT
from patience import CONDITIONS

from telemap.cli import main
from telemap_lambda.fake_gateway import FakeGateway
from telemap_lambda.sandbox import Recording, Sandbox

if TYPE_CHECKING:
    from pathlib import Path

DOCKERFILE = PROJECT / "deploy" / "container" / "Dockerfile"
LAYERS_PYTHON = (3, 11)


@pytest.fixture(scope="module")
def context(layer_archives: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the build context of a checkout after `make layer`."""
    checkout = tmp_path_factory.mktemp("context")
    shutil.copytree(layer_archives, checkout / "dist")
    example = "deploy/sam/example"
    shutil.copytree(PROJECT / example, checkout / example, ignore=shutil.ignore_patterns("__pycache__"))
    return checkout


@pytest.fixture(scope="module")
def stages(context: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stage]:
    return build(DOCKERFILE, context, tmp_path_factory.mktemp("stages"))


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("architecture", "layer"), [("amd64", "x86_64"), ("arm64", "arm64")])
def test_the_telemap_stage_has_only_the_layer_of_the_processor_under_opt(
    context: Path, tmp_path: Path, architecture: str, layer: str
) -> None:
    stage = build(DOCKERFILE, context, tmp_path, architecture=architecture)["telemap"]
    with zipfile.ZipFile(context / "dist" / f"telemap-layer-{layer}.zip") as packed:
        modes = {f"opt/{entry.filename}": entry.external_attr >> 16 & 0o777 for entry in packed.infolist()}

    assert stage.base == "scratch"
    assert {name: (stage.root / name).stat().st_mode & 0o777 for name in files(stage.root)} == modes


def test_the_example_image_has_layer_function_and_mapping(stages: dict[str, Stage]) -> None:
    function = stages["function"]
    assert files(function.root) - files(stages["telemap"].root) == {"var/task/app.py", "var/task/mapping.yaml"}
    assert set(function.environment) - {"LAMBDA_TASK_ROOT"} <= EXTENSION_SETTINGS
    assert (function.root / "var/task" / function.environment["MAPPING_FILE"]).is_file()
    module, _, name = function.command[0].partition(".")
    assert f"def {name}(" in (function.root / f"var/task/{module}.py").read_text(encoding="utf-8")


def test_the_function_has_the_python_of_the_template(stages: dict[str, Stage]) -> None:
    runtime = load_template(PROJECT / "deploy/sam/template.yaml")["Parameters"]["Runtime"]["Default"]
    assert stages["function"].base == f"public.ecr.aws/lambda/{runtime.replace('python', 'python:')}"


def test_a_compiled_plan_beside_the_mapping_is_in_the_image(context: Path, tmp_path: Path) -> None:
    plan = context / "deploy" / "sam" / "example" / "mapping.yaml.cpython-311.plan"
    plan.write_bytes(b"telemap ")
    try:
        function = build(DOCKERFILE, context, tmp_path)["function"]
    finally:
        plan.unlink()
    assert (function.root / "var/task" / plan.name).is_file()


def test_the_extension_of_the_image_counts_what_the_function_prints(stages: dict[str, Stage]) -> None:
    function = stages["function"]
    mapping = function.root / "var/task" / function.environment["MAPPING_FILE"]
    recording = Recording.from_events(
        [
            event("platform.initStart", initializationType="on-demand"),
            event("platform.start", requestId="a"),
            log_line("function", '{"order": {"items": 2, "total": 12.5}, "elapsed_ms": 0.1}\n'),
            event("platform.runtimeDone", requestId="a", status="success", metrics={"durationMs": 5}),
            event("platform.report", requestId="a", status="success", metrics={"durationMs": 5}),
        ]
    )
    with FakeGateway() as gateway:
        environment = {"GATEWAY": gateway.url, "MAPPING_FILE": str(mapping)}
        result = Sandbox(function.root / "opt", recording=recording, environment=environment, **CONDITIONS).run()

        assert_a_good_life(result)
        assert log_of(result) == []
        assert value(gateway.text(), "shop_orders_total") == 1
        assert value(gateway.text(), "shop_revenue_total") == 12.5
        assert value(gateway.text(), "telemap_mapping_fallback") == 0


def test_with_a_shipped_mapping_it_starts_from_its_plan(stages: dict[str, Stage]) -> None:
    with FakeGateway() as gateway:
        environment = {"GATEWAY": gateway.url, "TELEMAP_LOG_LEVEL": "debug"}
        result = Sandbox(
            stages["telemap"].root / "opt", recording=life("a"), environment=environment, **CONDITIONS
        ).run()
        assert_a_good_life(result)
        assert value(gateway.text(), "aws_lambda_duration_seconds_count") == 1
    assert [line for line in log_of(result) if "plan" in line] == [], "it says why it did not take the plan"


@pytest.mark.skipif(sys.version_info[:2] != LAYERS_PYTHON, reason="plans for the layer are compiled by its Python")
def test_a_plan_compiled_outside_the_layer_is_used_in_it(stages: dict[str, Stage], tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    shutil.copy(PROJECT / "deploy" / "sam" / "example" / "mapping.yaml", mapping)
    assert main(["compile", str(mapping)]) == 0
    with FakeGateway() as gateway:
        environment = {"GATEWAY": gateway.url, "MAPPING_FILE": str(mapping), "TELEMAP_LOG_LEVEL": "debug"}
        opt = stages["telemap"].root / "opt"
        used = Sandbox(opt, recording=life("a"), environment=environment, **CONDITIONS).run()
        mapping.write_text(f"{mapping.read_text()}\n")
        unused = Sandbox(opt, recording=life("a"), environment=environment, **CONDITIONS).run()
    for result in (used, unused):
        assert_a_good_life(result)
    assert [line for line in log_of(used) if "is not used" in line] == []
    assert [line for line in log_of(unused) if "is not used" in line] != [], "it is debug's to say so"


def test_copied_files_are_not_ignored() -> None:
    kept = set(re.findall(r"^!(.*)$", DOCKERFILE.with_suffix(".dockerignore").read_text(), re.MULTILINE))
    copied = [rest.split()[:-1] for word, rest in instructions(DOCKERFILE) if word == "COPY" and "--from" not in rest]
    named = {name for names in copied for name in names}
    example = {"deploy/sam/example/app.py", "deploy/sam/example/mapping.yaml*"}
    assert named == {"dist/telemap-layer-x86_64.zip", "dist/telemap-layer-arm64.zip"} | example
    assert [name for name in named if not any(name.startswith(one) for one in kept)] == []
