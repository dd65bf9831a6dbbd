"""What all rules of a mapping together may have, and how many problems are shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import telemap
from telemap.cli import main
from telemap.problem import Severity

if TYPE_CHECKING:
    from pathlib import Path


def listed(text: str, count: int) -> str:
    return ", ".join(text.replace("@", str(number)) for number in range(count))


def counters(count: int, rest: str) -> str:
    lines = (f"  a{number}_total: {{type: counter, help: A., {rest}}}\n" for number in range(count))
    return "version: 1\nmetrics:\n" + "".join(lines)


def labels(count: int) -> str:
    return counters(1, f"from: function, labels: {{{listed('x@: $.record.x@', count)}}}")


def texts(count: int) -> str:
    """Write twenty metrics that inherit a label of so many values."""
    default = f"defaults: {{labels: {{x: {{path: $.record.x, allow: [{listed('v@', count)}]}}}}}}\n"
    return counters(20, "from: function, series_limit: 10000").replace("metrics:", default + "metrics:")


def filters(count: int) -> str:
    path = "$.record[?(@.a@ == '" + "x" * 800 + "')].v"
    return counters(1, f"from: function, labels: {{{listed(f'x@: {json.dumps(path)}', count)}}}")


def init(values: int) -> str:
    bounds = listed("@", 498)  # 500 lines a series, with `+Inf` and `_sum` and `_count`
    return (
        "version: 1\ndefaults: {series_limit_total: 100000}\nmetrics:\n"
        f"  a_x: {{type: histogram, help: A., from: function, value: $.record.x, series_limit: 10000,"
        f" buckets: [{bounds}],"
        f" labels: {{l: {{path: $.record.l, allow: [{listed('v@', values)}]}}}}, init: all}}\n"
    )


LIMITS = {
    "labels of a rule": (labels(512), labels(513), "too-many-labels"),
    "texts of labels": (texts(4_900), texts(5_100), "too-many-labels"),
    "characters of paths that are not plain": (filters(55), filters(65), "too-complex"),
    "lines of init": (init(190), init(210), "init-limit"),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_beyond_its_limit_a_mapping_has_one_problem(limit: str) -> None:
    most, beyond, code = LIMITS[limit]
    assert telemap.loads(most).families
    with pytest.raises(telemap.MappingError) as caught:
        telemap.loads(beyond)
    assert {one.code for one in caught.value.problems if one.severity is Severity.ERROR} == {code}


@pytest.fixture
def faulty(tmp_path: Path) -> str:
    """Return a mapping with 150 errors and 20 warnings."""
    errors = counters(150, "from: function").replace("type: counter", "type: x")
    warnings = "".join(f"  b{number}_total: {{type: counter, help: B., from: fnction}}\n" for number in range(20))
    (tmp_path / "m.yaml").write_text(errors.replace("metrics:\n", "metrics:\n" + warnings))
    return str(tmp_path / "m.yaml")


def test_at_most_100_problems_are_shown_errors_first(faulty: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", faulty]) == 1
    out, err = capsys.readouterr()
    shown = [line for line in err.splitlines() if ": error: " in line or ": warning: " in line]
    assert len(shown) == 100
    assert not [line for line in shown if ": warning: " in line]
    assert "50 more errors" in out + err


def test_annotations_are_at_most_100_too(faulty: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", faulty, "--format", "github"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith("::error ")]) == 100
    assert "50 more errors" in lines[-1]


def test_json_has_all_problems(faulty: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", faulty, "--format", "json"]) == 1
    assert len([one for one in json.loads(capsys.readouterr().out) if one["severity"] == "error"]) == 150


def test_the_text_of_the_error_has_at_most_100_problems(faulty: str) -> None:
    with pytest.raises(telemap.MappingError) as caught:
        telemap.load(faulty)
    assert str(caught.value).count(": error: ") == 100
    assert "50 more errors" in str(caught.value)
