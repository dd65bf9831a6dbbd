"""The Dockerfile for container images: the content of its stages, and the start of the extension."""

from __future__ import annotations

import re
import shutil
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

from telemap_lambda.fake_gateway import FakeGateway
from telemap_lambda.sandbox import Recording, Sandbox

if TYPE_CHECKING:
    from pathlib import Path

DOCKERFILE = PROJECT / "deploy" / "container" / "Dockerfile"


@pytest.fixture(scope="module")
def context(thin_layer_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the build context of a checkout after `make layer PYTHON=python3.X`."""
    checkout = tmp_path_factory.mktemp("context")
    (checkout / "dist").mkdir()
    shutil.copy(thin_layer_archive, checkout / "dist")
    example = "deploy/sam/example"
    shutil.copytree(PROJECT / example, checkout / example, ignore=shutil.ignore_patterns("__pycache__"))
    return checkout


@pytest.fixture(scope="module")
def stages(context: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stage]:
    return build(DOCKERFILE, context, tmp_path_factory.mktemp("stages"))


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_the_telemap_stage_has_only_the_layer_under_opt(stages: dict[str, Stage], context: Path) -> None:
    stage = stages["telemap"]
    with zipfile.ZipFile(context / "dist" / "telemap-layer.zip") as packed:
        layer = {f"opt/{name}" for name in packed.namelist()}

    assert stage.base == "scratch"
    assert files(stage.root) == layer
    assert (stage.root / "opt/extensions/telemap").stat().st_mode & 0o777 == 0o755
    modes = {path.stat().st_mode & 0o777 for path in stage.root.rglob("*") if path.is_file()}
    assert modes == {0o755, 0o644}, "Lambda runs functions as a user who owns nothing"


def test_the_example_image_has_layer_function_and_mapping(stages: dict[str, Stage]) -> None:
    function = stages["function"]
    assert files(function.root) - files(stages["telemap"].root) == {"var/task/app.py", "var/task/mapping.yaml"}
    assert set(function.environment) - {"LAMBDA_TASK_ROOT"} <= EXTENSION_SETTINGS
    assert (function.root / "var/task" / function.environment["MAPPING_FILE"]).is_file()
    module, _, name = function.command[0].partition(".")
    assert f"def {name}(" in (function.root / f"var/task/{module}.py").read_text(encoding="utf-8")


def test_both_images_have_the_python_of_the_template(stages: dict[str, Stage]) -> None:
    runtime = load_template(PROJECT / "deploy/sam/template.yaml")["Parameters"]["Runtime"]["Default"]
    image = f"public.ecr.aws/lambda/{runtime.replace('python', 'python:')}"
    assert {stages["unpacked"].base, stages["function"].base} == {image}


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


def test_copied_files_are_not_ignored() -> None:
    kept = set(re.findall(r"^!(.*)$", DOCKERFILE.with_suffix(".dockerignore").read_text(), re.MULTILINE))
    copied = [rest.split()[:-1] for word, rest in instructions(DOCKERFILE) if word == "COPY" and "--from" not in rest]
    named = {name for names in copied for name in names}
    assert named == {"dist/telemap-layer.zip", "deploy/sam/example/app.py", "deploy/sam/example/mapping.yaml"}
    assert [name for name in named if not any(name.startswith(one) for one in kept)] == []
