"""Which mapping runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from telemap.compiler import compile as compile_mapping
from telemap.load import loads
from telemap.plan_files.layout import plan_path
from telemap.plan_files.writing import write_plan
from telemap_lambda.life import mapping_choice
from telemap_lambda.life.extension import categories
from telemap_lambda.life.mapping_choice import FOLDERS, choose, find

if TYPE_CHECKING:
    from telemap_lambda.life.mapping_choice import Chosen

GROUPING = ("job", "instance")
PARCELS = """
version: 1
metrics:
  parcels_total:
    type: counter
    help: Parcels.
    from: {source}
    labels: {{{labels}}}
"""


def mapping(source: str = "function", labels: str = "") -> str:
    return PARCELS.format(source=source, labels=labels)


def chosen(folder: Path, text: str) -> Chosen:
    path = folder / "mapping.yaml"
    path.write_text(text)
    return choose(str(path), GROUPING, print)


def test_without_a_setting_the_default_runs() -> None:
    plan, faults = choose("", GROUPING, print)

    assert (plan.name, faults) == ("telemap:default", ())


def test_a_compiled_plan_runs_in_place_of_the_mapping_it_was_made_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(mapping())
    write_plan(str(path))
    compiled = choose(str(path), GROUPING, print).plan
    (tmp_path / "mapping.yaml").write_text(mapping(labels="kind: $.record"))
    changed = choose(str(path), GROUPING, print).plan

    assert [compiled.families[0].label_names, changed.families[0].label_names] == [(), ("kind",)]
    reason = f"{path} has changed since it was compiled"
    assert capsys.readouterr().out == f"the compiled plan {plan_path(path)} is not used: {reason}\n"


def test_a_compiled_plan_is_held_to_the_grouping_key_too(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(mapping(labels="job: fixed"))
    write_plan(str(path))

    (fault,) = choose(str(path), GROUPING, print).faults

    assert "'job'" in fault


def test_the_users_mapping_runs(tmp_path: Path) -> None:
    plan, faults = chosen(tmp_path, mapping())

    assert [family.name for family in plan.families] == ["parcels_total"]
    assert faults == ()


def test_a_shipped_one_is_named() -> None:
    assert choose("telemap:aws-sample", GROUPING, print).plan.name == "telemap:aws-sample"


@pytest.mark.parametrize("text", ["", "no: mapping", "version: 1\nmetrics: [", "\x00", "version: 2\nmetrics: {}"])
def test_a_broken_one_falls_back_to_the_default_and_all_is_reported(tmp_path: Path, text: str) -> None:
    plan, faults = chosen(tmp_path, text)

    assert plan.name == "telemap:default"
    assert faults
    assert all("mapping.yaml" in fault for fault in faults)


def test_each_problem_of_a_broken_one_is_reported(tmp_path: Path) -> None:
    _, faults = chosen(tmp_path, mapping(labels="9a: fixed, b: '$['").replace("counter", "counted"))

    assert any("9a" in fault for fault in faults)
    assert any("counted" in fault for fault in faults)


@pytest.mark.parametrize(
    "name", ["/no/such/mapping.yaml", "no-such.yaml", "telemap:no-such", "telemap:../default", "/", "."]
)
def test_a_missing_one_falls_back_to_the_default(name: str) -> None:
    plan, faults = choose(name, GROUPING, print)

    assert plan.name == "telemap:default"
    [_] = faults


@pytest.mark.parametrize("label", GROUPING)
@pytest.mark.parametrize("value", ["$.type", "fixed", '"${{env:HOME}}"', '"i-${{runtime:instance}}"'])
def test_a_label_of_the_grouping_key_is_a_fault(tmp_path: Path, label: str, value: str) -> None:
    plan, faults = chosen(tmp_path, mapping(labels=f"{label}: {value}".replace("{{", "{").replace("}}", "}")))

    assert plan.name == "telemap:default"
    assert f"'{label}'" in faults[0]
    assert "parcels_total" in faults[0]


def test_the_instance_under_its_own_name_is_none(tmp_path: Path) -> None:
    assert chosen(tmp_path, mapping(labels='instance: "${runtime:instance}"')).faults == ()


def test_the_instance_under_the_name_of_the_job_is_a_fault(tmp_path: Path) -> None:
    (fault,) = chosen(tmp_path, mapping(labels='job: "${runtime:instance}"')).faults

    assert "'job'" in fault


def test_relative_paths_are_looked_up_in_lambdas_folders_first() -> None:
    assert FOLDERS == ("/var/task", "/opt", ".")


def test_the_first_folder_that_has_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [tmp_path / "task", tmp_path / "opt", tmp_path / "cwd"]
    monkeypatch.setattr(mapping_choice, "FOLDERS", tuple(map(str, folders)))
    for folder in folders:
        folder.mkdir()
    for folder in reversed(folders):
        (folder / "mapping.yaml").write_text(mapping())
        assert find("mapping.yaml") == str(folder / "mapping.yaml")
    assert find("other.yaml") == "other.yaml"
    assert find("/opt/mapping.yaml") == "/opt/mapping.yaml"


def test_the_last_folder_is_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "telemap-mapping-of-this-test.yaml").write_text(mapping())

    assert Path(find("telemap-mapping-of-this-test.yaml")).is_file()


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("platform.report", []),
        ('"*"', []),
        ('"platform.*"', []),
        ("function", ["function"]),
        ('"function*"', ["function"]),
        ("extension", ["extension"]),
        ('"extension*"', ["extension"]),
        ("[function, extension]", ["function", "extension"]),
        ("platform.extension", []),
        ('"f*"', []),
        ("\"['*', extension]\"".strip('"'), ["extension"]),
    ],
)
def test_log_categories_are_subscribed_where_a_source_names_them(source: str, wanted: list[str]) -> None:
    plan = compile_mapping(loads(mapping(source)))

    assert categories(plan) == ["platform", *wanted]


def test_names_of_the_gateway_are_free_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(
        "version: 1\nmetrics:\n  push_time_seconds: {type: gauge, help: P., from: platform.report, value: 1}\n"
    )

    assert choose(str(path), GROUPING, print).faults
    assert choose(str(path), GROUPING, print, to_gateway=False).faults == ()
