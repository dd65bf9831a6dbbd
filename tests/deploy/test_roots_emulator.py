"""The layer in AWS's emulator, in root directories without Python, beside functions in Node.js and shell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from extension.expositions import value
from layers.building import unzipped
from roots.root import Root, busybox_root, debian_root
from servers.available import available

if TYPE_CHECKING:
    from servers.emulator import Emulator

SERVERS = Path(__file__).parents[1] / "support" / "servers"
NODE = {"bootstrap": (SERVERS / "emulator_runtime.js").read_text(encoding="utf-8")}

SHELL = {
    "bootstrap": """#!/bin/sh
# A Lambda runtime in busybox's shell: it answers each event with the event, and prints it.
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime
while :; do
    event=$(busybox wget -q -S -O - "$api/invocation/next" 2>/tmp/headers) || exit 1
    id=$(busybox sed -n 's/^ *[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: *//p' /tmp/headers | busybox tr -d '\\r')
    echo "parcel $event"
    busybox wget -q -O /dev/null --post-data "$event" "$api/invocation/$id/response"
done
"""
}

MAPPING = """
version: 1
include: [telemap:platform]
metrics:
  parcels_total: {type: counter, help: Parcels., from: function, when: [{path: $.record, matches: parcel}]}
"""


@pytest.fixture(scope="module")
def opt(layer_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unzipped layer for this machine."""
    return unzipped(layer_archive, tmp_path_factory.mktemp("opt"))


@pytest.fixture(params=["node", "shell"])
def function(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Root, dict[str, str]]:
    """Return a root, and a function's files: Node.js on glibc 2.31, or a shell without a C library."""
    if request.param == "node":
        return available(lambda: debian_root("bullseye", tmp_path / "root")), NODE
    return available(lambda: busybox_root(tmp_path / "root")), SHELL


def test_it_counts_telemetry_on_a_managed_instance(
    managed_emulator: Emulator, opt: Path, function: tuple[Root, dict[str, str]]
) -> None:
    root, files = function
    run = managed_emulator.run(
        opt,
        root=root,
        payloads=[{"log": "parcel 1"}],
        environment={"MAPPING_FILE": "mapping.yaml"},
        task_files={**files, "mapping.yaml": MAPPING},
    )

    assert run.exit_code == 0, run.log
    assert [one.status for one in run.invocations] == [200], run.log
    assert value(run.metrics, "telemap_mapping_fallback") == 0, run.log
    assert value(run.metrics, "parcels_total") == 1, run.log
    assert value(run.metrics, "aws_lambda_duration_seconds_count") == 1, run.log


def test_it_leaves_an_on_demand_function_alone(
    emulator: Emulator, opt: Path, function: tuple[Root, dict[str, str]]
) -> None:
    root, files = function
    run = emulator.run(opt, root=root, payloads=[{"parcels": 1}, {"parcels": 2}], task_files=files)

    assert run.exit_code == 0, run.log
    assert [(one.status, one.body.replace(" ", "")) for one in run.invocations] == [
        (200, '{"parcels":1}'),
        (200, '{"parcels":2}'),
    ]
    assert "no Telemetry API (202)" in run.log
    assert value(run.metrics, "telemap_mapping_fallback") == 0, run.log
