"""Wheel and sdist: what is in them, and that the wheel works where nothing else of ours is."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from patience import PATIENT_COMMAND
from servers.process import PROJECT
from tooling.installing import build
from tooling.releases import installed_by, locked

from telemap.cli import GROUP
from telemap.resources import shipped_mappings
from telemap.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from tooling.conftest import Distributions

    Installed = Callable[..., subprocess.CompletedProcess[str]]

PIP = (sys.executable, "-m", "pip", "--python")
"""This environment's pip, for another: to install one there takes as long as all the rest."""

EVENTS = PROJECT / "tests" / "events" / "warm_invokes.json"
IN_THE_WHEEL = {
    "engine/telemap/": "telemap/",
    "extensions/telemap_lambda/": "telemap_lambda/",
    "mappings/": "telemap/mappings/",
    "schema/": "telemap/schema/",
}
"""Folders of a checkout, and where they lie in the wheel."""


@pytest.fixture(scope="module")
def place(
    distributions: Distributions,
    light_machine: dict[str, str],
    light_sources: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Install the wheel, and what requirements/telemap.txt locks, into an environment of its own."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [*PIP, str(folder / "environment" / "bin" / "python"), "install", "--quiet"]
    for command in (
        [sys.executable, "-m", "venv", "--without-pip", "environment"],
        [*pip, "--no-deps", "--require-hashes", "-r", str(light_sources / "requirements" / "telemap.txt")],
        [*pip, "--no-deps", str(distributions.wheel)],
    ):
        subprocess.run(command, cwd=folder, env=light_machine, check=True)
    return folder


@pytest.fixture
def installed(place: Path, tmp_path: Path) -> Installed:
    """Return a function that runs a program of the environment, in an empty folder."""

    def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(place / "environment" / "bin" / program), *arguments]
        return subprocess.run(
            command,
            cwd=tmp_path,
            env={"PATH": str(place / "environment" / "bin") + ":/usr/bin:/bin", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def names_in(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        return {member.name.partition("/")[2] for member in archive if member.isfile()}


def test_the_index_would_take_both(distributions: Distributions) -> None:
    command = [sys.executable, "-m", "twine", "--no-color", "check", "--strict", *map(str, distributions)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout
    assert finished.stdout.count("PASSED") == 2


def test_the_wheel_has_packages_mappings_their_tests_and_schemas_and_nothing_else(
    distributions: Distributions,
) -> None:
    expected = {"telemap_lambda/launcher"}
    for name in names_in(distributions.sdist):
        expected |= {
            target + name.removeprefix(start) for start, target in IN_THE_WHEEL.items() if name.startswith(start)
        }
    with zipfile.ZipFile(distributions.wheel) as wheel:
        names = set(wheel.namelist())
    described = {name for name in names if name.startswith(f"telemap-{VERSION}.dist-info/")}
    assert names - described == expected
    assert {
        "telemap/py.typed",
        "telemap_lambda/py.typed",
        "telemap/mappings/platform.yaml",
        "telemap/mappings/platform.test.yaml",
        "telemap/schema/mapping.schema.json",
        "telemap/schema/mapping-test.schema.json",
        "telemap/schema/telemetry-event.schema.json",
    } <= names
    assert f"telemap-{VERSION}.dist-info/licenses/LICENSE" in described


def test_the_launcher_in_the_wheel_may_be_executed(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as wheel:
        mode = wheel.getinfo("telemap_lambda/launcher").external_attr >> 16
    assert stat.filemode(mode) == "-rwxr-xr-x"


def test_the_sdist_has_what_git_has(distributions: Distributions) -> None:
    if not (PROJECT / ".git").exists():
        pytest.skip("this checkout is no git repository")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True)
    tracked = {name for name in listed.stdout.split("\0") if name and (PROJECT / name).is_file()}
    assert {name for name in tracked - names_in(distributions.sdist) if not name.endswith(".gitignore")} == set()


def test_the_sdist_is_small(distributions: Distributions) -> None:
    assert distributions.sdist.stat().st_size < 3_000_000


def test_wheel_and_sdist_have_the_page_of_the_playground_though_git_ignores_it(sources: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sources, tmp_path / "checkout")
    (copy / "PKG-INFO").unlink()
    page = copy / "engine" / "telemap" / "playground" / "page"
    shutil.rmtree(page, ignore_errors=True)
    (page / "examples").mkdir(parents=True)
    written = {"index.html", "licences.txt", "packages.json", "page-0123456789.js", "examples/index.json"}
    for name in written:
        (page / name).write_text(name)
    (copy / "playground" / "node_modules" / "esbuild").mkdir(parents=True)
    (copy / "playground" / "node_modules" / "esbuild" / "index.js").write_text("not ours")
    for kind in ("wheel", "sdist"):
        build(tmp_path / "dist", checkout=copy, only=kind)
    [wheel], [sdist] = (tmp_path / "dist").glob("*.whl"), (tmp_path / "dist").glob("*.tar.gz")
    inside = {"wheel": set(zipfile.ZipFile(wheel).namelist()), "sdist": names_in(sdist)}
    for kind, start in (("wheel", "telemap/playground/page/"), ("sdist", "engine/telemap/playground/page/")):
        assert {name.removeprefix(start) for name in inside[kind] if name.startswith(start)} == written
    assert not any("node_modules" in name for names in inside.values() for name in names)
    assert not any(name.startswith("playground/") for name in inside["wheel"])
    assert {"playground/package-lock.json", "playground/src/files.ts"} <= inside["sdist"]


def test_the_same_files_give_the_same_bytes_with_or_without_an_sdist_between(
    distributions: Distributions, sources: Path, tmp_path: Path
) -> None:
    # Of a copy that is elsewhere, later, and in which somebody has compiled the mappings and run the code.
    copy = shutil.copytree(sources, tmp_path / "elsewhere")
    (copy / "mappings" / "default.yaml").touch()
    (copy / "PKG-INFO").unlink()
    (copy / "mappings" / "default.yaml.cpython-311.plan").write_bytes(b"a plan")
    (copy / "engine" / "telemap" / "__pycache__").mkdir()
    (copy / "engine" / "telemap" / "__pycache__" / "plan.cpython-311.pyc").write_bytes(b"code")
    (copy / "secrets.env").write_text("password=hunter2")
    for kind in ("wheel", "sdist"):
        build(tmp_path / "dist", checkout=copy, only=kind)
    [wheel], [sdist] = (tmp_path / "dist").glob("*.whl"), (tmp_path / "dist").glob("*.tar.gz")
    assert wheel.read_bytes() == distributions.wheel.read_bytes()
    assert sdist.read_bytes() == distributions.sdist.read_bytes()


def test_what_is_installed_fits_together(place: Path) -> None:
    command = [*PIP, str(place / "environment" / "bin" / "python"), "check"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout


def test_what_is_installed_is_what_is_locked(place: Path) -> None:
    assert installed_by(place / "environment" / "bin" / "python") == locked("telemap")


def test_the_installed_code_is_that_of_the_environment(place: Path, installed: Installed) -> None:
    finished = installed(
        "python", "-c", "import telemap, telemap_lambda; print(telemap.__file__, telemap_lambda.__file__)"
    )
    assert finished.stdout.count(str(place)) == 2


@pytest.mark.parametrize("program", [("telemap",), ("python", "-m", "telemap")], ids=" ".join)
def test_the_command_is_there_and_prints_its_version(installed: Installed, program: tuple[str, ...]) -> None:
    finished = installed(*program, "--version")
    assert (finished.stdout, finished.stderr) == (f"telemap {VERSION}\n", "")


def test_every_installed_command_helps(installed: Installed, sources: Path) -> None:
    project = tomllib.loads((sources / "pyproject.toml").read_text())["project"]
    listed = re.findall(r"^    (\w+)", installed("telemap", "--help").stdout, re.MULTILINE)
    assert listed == sorted(project["entry-points"][GROUP])
    for command in listed:
        assert installed("telemap", command, "--help").returncode == 0, command


def test_installed_shipped_mappings_are_valid(installed: Installed) -> None:
    finished = installed("telemap", "validate", "--strict", *shipped_mappings())
    assert (finished.returncode, finished.stderr) == (0, "")


def test_installed_tests_of_shipped_mappings_pass(installed: Installed) -> None:
    finished = installed("telemap", "test", "telemap:platform", "telemap:examples/emf")
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_the_installed_preview_counts(installed: Installed) -> None:
    finished = installed("telemap", "preview", "telemap:default", str(EVENTS))
    reports = [event for event in json.loads(EVENTS.read_text()) if event["type"] == "platform.report"]
    assert f'aws_lambda_invocations_total{{status="success"}} {len(reports)}.0\n' in finished.stdout, finished.stderr


def test_the_installed_explanation_names_what_events_feed(installed: Installed) -> None:
    finished = installed("telemap", "explain", "telemap:default")
    assert "aws_lambda_duration_seconds" in finished.stdout, finished.stderr


def test_an_installed_compilation_is_used(installed: Installed, tmp_path: Path) -> None:
    mapping = tmp_path / "mine.yaml"
    mapping.write_text("version: 1\ninclude: ['telemap:default']\n")
    finished = installed("telemap", "compile", str(mapping))
    assert Path(finished.stdout.strip()).parent == tmp_path, finished.stderr
    code = (
        "import sys; from telemap.plan_files.reading import read_plan; print(read_plan(sys.argv[1], print) is not None)"
    )
    assert installed("python", "-c", code, str(mapping)).stdout == "True\n"


@pytest.mark.parametrize("name", ["mapping", "test", "event"])
def test_installed_schemas_are_those_of_this_checkout(installed: Installed, sources: Path, name: str) -> None:
    file = Path(installed("telemap", "schema", "--path", name).stdout.strip())
    assert "environment" in file.parts
    assert file.read_bytes() == (sources / "schema" / file.name).read_bytes()
    assert installed("telemap", "schema", name).stdout == file.read_text()


def test_the_installed_extension_runs_in_the_sandbox(installed: Installed) -> None:
    few = ("--invocations", "2", "--duration-ms", "1")
    finished = installed("telemap", "sandbox", *PATIENT_COMMAND, *few, "--format", "json")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert json.loads(finished.stdout)["on_gateway"]["by_status"] == {"success": 2}


def test_the_installed_demo_shows_metrics(installed: Installed) -> None:
    finished = installed("telemap", "demo")
    assert finished.returncode == 0, finished.stderr
    assert "aws_lambda_invocations_total" in finished.stdout
