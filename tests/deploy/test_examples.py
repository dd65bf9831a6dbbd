"""The examples in `deploy/examples`: functions of three runtimes, in AWS's emulator, with the layer."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from deploy.cloudformation import Deployed, load_template
from extension.expositions import value
from layers.building import PROJECT, unzipped
from roots.root import Root, debian_root
from servers.available import available
from servers.emulator import Emulator
from servers.process import ServerMissingError

if TYPE_CHECKING:
    from servers.emulator import EmulatorRun

EXAMPLES = PROJECT / "deploy" / "examples"
NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
PINO = PROJECT / ".cache" / "pino" / "node_modules"
RUNTIME = PROJECT / "tests" / "support" / "servers" / "emulator_runtime.js"
RUNTIMES = {"nodejs": "nodejs", "python": "python3.", "shell": "provided.al2023"}
HANDLERS = {
    ("app.handler", "nodejs"): "app.js",
    ("app.handler", "python"): "app.py",
    ("bootstrap", "shell"): "bootstrap",
}
PARAMETERS = {
    "TelemapLayerArn": "arn:aws:lambda:eu-central-1:123456789012:layer:telemap-x86_64:1",
    "Gateway": "https://gateway.example:9091",
}


@pytest.fixture(scope="module")
def opt(layer_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unzipped layer for this machine."""
    return unzipped(layer_archive, tmp_path_factory.mktemp("opt"))


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """Return a root with Node.js, a shell and curl, without Python."""
    chosen = available(lambda: debian_root("bookworm", tmp_path / "root"))
    assert list((PROJECT / ".cache" / "roots" / "bookworm").glob("usr/bin/python*")) == []
    return chosen


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXAMPLES / name / "event.json").read_text(encoding="utf-8"))
    return found


def assert_it_used_the_mapping(run: EmulatorRun, *, statuses: list[int]) -> None:
    assert run.exit_code == 0, run.log
    assert [one.status for one in run.invocations] == statuses, run.log
    assert value(run.metrics, "telemap_mapping_fallback") == 0, run.log
    assert value(run.metrics, "aws_lambda_duration_seconds_count") == len(statuses), run.log


def with_pino(folder: Path) -> Path:
    """Copy the example in Node.js, with pino as `sam build` installs it.

    Raises:
        ServerMissingError: pino is not there.
    """
    if not PINO.is_dir():
        raise ServerMissingError(f"{PINO.relative_to(PROJECT)} (pino) is missing")
    shutil.copytree(EXAMPLES / "nodejs", folder)
    shutil.copytree(PINO, folder / "node_modules")
    return folder


def test_node_with_pino(managed_emulator: Emulator, opt: Path, root: Root, tmp_path: Path) -> None:
    run = managed_emulator.run(
        opt,
        root=root,
        package=available(lambda: with_pino(tmp_path / "package")),
        task_files={"bootstrap": RUNTIME.read_text(encoding="utf-8")},
        payloads=[event("nodejs"), {"currency": "USD", "total": 3}, {"currency": "USD"}],
        environment={"MAPPING_FILE": "mapping.yaml"},
        pause_seconds=1,
    )

    assert_it_used_the_mapping(run, statuses=[200] * 3)
    assert value(run.metrics, "shop_orders_total", currency="EUR") == 1, run.log
    assert value(run.metrics, "shop_orders_total", currency="USD") == 1
    assert value(run.metrics, "shop_revenue_total", currency="EUR") == event("nodejs")["total"]
    assert value(run.metrics, "shop_refused_orders_total") == 1
    assert value(run.metrics, "shop_order_seconds_count") == 2
    assert value(run.metrics, "aws_lambda_log_lines_total", level="info") == 2
    assert value(run.metrics, "aws_lambda_log_lines_total", level="warn") == 1


def test_shell(managed_emulator: Emulator, opt: Path, root: Root) -> None:
    """Each event has an instance of its own: the emulator may lose one that comes while a runtime asks for the next."""
    weighed, refused = (
        managed_emulator.run(
            opt,
            root=root,
            package=EXAMPLES / "shell",
            task_files={"bootstrap": (EXAMPLES / "shell" / "bootstrap").read_text(encoding="utf-8")},
            payloads=[payload],
            environment={"MAPPING_FILE": "mapping.yaml"},
        )
        for payload in (event("shell"), {})
    )

    assert_it_used_the_mapping(weighed, statuses=[200])
    assert json.loads(weighed.invocations[0].body) == {"size": "small"}
    assert value(weighed.metrics, "parcels_weighed_total", size="small") == 1, weighed.log
    assert value(weighed.metrics, "parcels_weight_kilograms_total") == pytest.approx(0.85)
    assert_it_used_the_mapping(refused, statuses=[200])
    assert json.loads(refused.invocations[0].body)["errorType"] == "Failed"
    assert value(refused.metrics, "aws_lambda_log_lines_total", level="error") == 1


def test_python(opt: Path) -> None:
    """It runs beside this machine's Python, in AWS's own runtime."""
    emulator = available(lambda: Emulator(managed=True, awslambdaric=True))
    run = emulator.run(
        opt,
        package=EXAMPLES / "python",
        payloads=[event("python"), {"format": "bmp", "bytes": 16}],
        environment={"MAPPING_FILE": "mapping.yaml"},
    )

    assert_it_used_the_mapping(run, statuses=[200] * 2)
    assert value(run.metrics, "pictures_scaled_total", format="jpeg") == 1, run.log
    assert value(run.metrics, "pictures_scaled_total", format="other") == 1
    assert value(run.metrics, "pictures_saved_bytes_total") == 3000 + 12
    assert value(run.metrics, "pictures_scaling_seconds_count") == 2


@pytest.mark.integration
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("command", [["validate", "--strict"], ["test", "--coverage"]])
def test_the_mapping_is_valid_and_passes_its_tests(name: str, command: list[str]) -> None:
    program = [str(Path(sys.executable).with_name("telemap")), *command, str(EXAMPLES / name / "mapping.yaml")]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.integration
@pytest.mark.parametrize("name", NAMES)
def test_the_template_deploys_the_function_with_layer_and_mapping(name: str) -> None:
    template = EXAMPLES / name / "template.yaml"
    checked = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), template], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    stack = Deployed(load_template(template), PARAMETERS)
    function = stack.resources["Example"]
    assert function["Layers"] == [PARAMETERS["TelemapLayerArn"]]
    assert function["Environment"]["Variables"] == {"GATEWAY": PARAMETERS["Gateway"], "MAPPING_FILE": "mapping.yaml"}
    assert function["Runtime"].startswith(RUNTIMES[name])
    assert (EXAMPLES / name / HANDLERS[function["Handler"], name]).is_file()
