"""The benchmarks run, and judge as they say; what they measure here is too little to mean anything."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).parents[2] / "benchmarks"
GROUPS = ("applying", "families", "rendering", "pushing", "long_life", "starting", "loading", "layer")


@pytest.fixture(scope="module")
def result() -> ModuleType:
    sys.path.insert(0, str(FOLDER))
    try:
        import result  # noqa: PLC0415 - it is found only from here
    finally:
        sys.path.remove(str(FOLDER))
    return result


@pytest.fixture(scope="module")
def measured(_integration: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    folder = tmp_path_factory.mktemp("results")
    only = [word for group in GROUPS for word in ("--only", group)]
    options = ["--effort", "tiny", "--installed", "--results", str(folder), *only]
    done = subprocess.run([sys.executable, FOLDER / "run.py", *options], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout == (folder / "tiny.md").read_text() + "\n"
    return done.returncode, folder


def told(measured: tuple[int, Path]) -> Any:
    return json.loads((measured[1] / "tiny.json").read_text())


def test_every_row_is_measured(measured: tuple[int, Path]) -> None:
    results = told(measured)["results"]
    assert {one["row"].partition(",")[0] for one in results} == {str(number) for number in range(1, 13)}
    for one in results:
        assert one["value"]["median"] > 0
        assert one["value"]["low"] <= one["value"]["median"] <= one["value"]["high"]
        assert (one["other"] is None) == (one["unit"] != "x")


def test_the_exit_code_shows_whether_a_target_is_missed(measured: tuple[int, Path]) -> None:
    missed = any(one["verdict"] == "missed" for one in told(measured)["results"])
    assert measured[0] == int(missed)


def test_the_machine_is_named_by_what_it_is(measured: tuple[int, Path]) -> None:
    machine = told(measured)["machine"]
    assert f"{sys.version_info[0]}.{sys.version_info[1]}" in machine["python"]
    assert "CPU" in machine["processor"]
    assert all(f"* {name}: {what}" in (measured[1] / "tiny.md").read_text() for name, what in machine.items())


@pytest.mark.parametrize(
    ("ours", "verdict"),
    [
        ([1.0, 1.1, 1.2, 1.3, 1.4], "met"),
        ([1.5, 1.6, 1.8, 1.9, 2.0], "within noise"),
        ([1.6, 1.75, 1.8, 1.9, 2.0], "missed"),
    ],
)
def test_a_target_is_missed_when_three_rounds_of_four_miss_it(
    result: ModuleType, ours: list[float], verdict: str
) -> None:
    assert result.compared("1", "", (ours, [1.0] * 5), result.Target(most=1.7)).verdict == verdict


@pytest.mark.parametrize(("other", "verdict"), [(10.0, "met"), (9.0, "missed")])
def test_a_least_is_how_many_times_the_others_ours_is(result: ModuleType, other: float, verdict: str) -> None:
    one = result.compared("3", "", ([1.0] * 3, [other] * 3), result.Target(least=10))
    assert (one.value.median, one.verdict) == (other, verdict)


def test_what_has_no_target_is_not_judged(result: ModuleType) -> None:
    assert result.stated("11", "", [1.0], "s", None).verdict == "no target"
