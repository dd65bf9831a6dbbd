"""`telemap demo`, as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from extension.expositions import value
from extension.lives import event, invocation
from patience import ENDLESS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.integration

MAPPING = """
version: 1
metrics:
  parcels_total: {type: counter, help: Parcels., from: platform.report}
"""
BROKEN = MAPPING.replace("counter", "counted").replace("help", "hlep")


def demo(folder: Path, *arguments: str, path: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder; `path` replaces PATH, with or without a real Pushgateway."""
    command = [str(Path(sys.executable).parent / "telemap"), "demo", *arguments]
    environment = {**os.environ, "COLUMNS": "100", **variables} | ({} if path is None else {"PATH": path})
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=ENDLESS_SECONDS, check=False
    )


def recorded(folder: Path, request_ids: Sequence[str]) -> str:
    events = [event("platform.initStart"), *(one for name in request_ids for one in invocation(name))]
    (folder / "events.json").write_text(json.dumps(events))
    return "events.json"


@pytest.fixture
def embedded_path(tmp_path: Path) -> str:
    """Return a PATH with a shell and Python, and without a Pushgateway."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sh").symlink_to("/bin/sh")
    (folder / "python3").symlink_to(sys.executable)
    return str(folder)


def test_it_plays_13_invocations_and_prints_their_metrics(tmp_path: Path) -> None:
    done = demo(tmp_path)

    assert done.returncode == 0, done.stderr
    assert value(done.stdout, "aws_lambda_duration_seconds_count") == 13
    assert value(done.stdout, "aws_lambda_init_duration_seconds_count") == 1
    assert 'job="telemap-demo"' in done.stdout
    assert "13 invocations" in done.stderr
    assert '"type": "platform.report"' in done.stderr
    assert "value: $.record.metrics.durationMs" in done.stderr
    assert "telemap_pushes_total{" not in done.stdout
    assert "telemap init EVENTS" in done.stderr
    assert "exited with code 0" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_accepts_relative_paths_and_has_a_built_in_gateway(tmp_path: Path, embedded_path: str) -> None:
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    events = recorded(tmp_path, ["a", "b"])
    done = demo(tmp_path, "--mapping", "mapping.yaml", "--events", events, path=embedded_path)

    assert done.returncode == 0, done.stderr
    assert value(done.stdout, "parcels_total") == 2
    assert "the built-in gateway" in done.stderr
    assert "2 invocations" in done.stderr


def test_a_proxy_is_ignored(tmp_path: Path) -> None:
    proxies = dict.fromkeys(["http_proxy", "HTTP_PROXY", "all_proxy"], "http://127.0.0.1:9")
    done = demo(tmp_path, "--events", recorded(tmp_path, ["a"]), **proxies, no_proxy="", NO_PROXY="")

    assert done.returncode == 0, done.stderr
    assert value(done.stdout, "aws_lambda_duration_seconds_count") == 1


def test_problems_of_a_broken_mapping_are_shown(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(BROKEN)
    done = demo(tmp_path, "--mapping", "mapping.yaml")

    assert done.returncode == 1
    assert done.stdout == ""
    assert "mapping.yaml:4" in done.stderr
    assert "counted" in done.stderr
    assert "hlep" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_reason_for_a_fallback_is_shown(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(MAPPING.replace("from", "labels: {job: $.type}, from"))
    done = demo(tmp_path, "--mapping", "mapping.yaml", "--events", recorded(tmp_path, ["a"]))

    assert "'job'" in done.stderr
    assert "ran the default instead" in done.stderr
    assert "aws_lambda_invocations_total" in done.stdout


@pytest.mark.parametrize("name", ["no-such.json", "/no/such.json", "."])
def test_missing_events_are_reported_in_one_line(tmp_path: Path, name: str) -> None:
    done = demo(tmp_path, "--events", name)

    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"telemap: cannot read {name}: ")


def test_invalid_events_are_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text("nonsense\n")
    done = demo(tmp_path, "--events", "events.json")

    assert done.returncode in {1, 2}
    (line,) = done.stderr.splitlines()
    assert "events.json" in line


def test_a_missing_mapping_is_a_usage_error(tmp_path: Path) -> None:
    done = demo(tmp_path, "--mapping", "no-such.yaml")

    assert done.returncode == 2
    assert "no-such.yaml" in done.stderr
    assert "Traceback" not in done.stderr
