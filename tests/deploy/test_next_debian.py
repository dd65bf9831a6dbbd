"""The layer with the Python of Debian's next release: to move to it is a change of the lock alone."""

from __future__ import annotations

import json
import platform
from typing import TYPE_CHECKING

import pytest
from extension.expositions import value
from extension.lives import life
from extension.outcomes import assert_a_good_life
from layers.building import PROJECT, build_layers, unzipped
from layers.programs import IMPORT_ALL, WRITTEN_IN_C, own_python, run_in
from patience import CONDITIONS, UNHURRIED
from roots.root import busybox_root
from servers.available import available
from servers.process import OptionalServerMissingError

from telemap_lambda.fake_gateway import FakeGateway
from telemap_lambda.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from servers.secrets import SecretsManager

LOCK = PROJECT / ".cache" / "trixie.lock"
AWS_NAME = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
USERNAME, PASSWORD = "worker", "open"


def lock() -> Path:
    """Return the lock.

    Raises:
        OptionalServerMissingError: there is none: mirrors may no longer have its packages.
    """
    if not LOCK.exists():
        message = f"{LOCK.relative_to(PROJECT)} (a lock of Debian 13's Python) is missing"
        raise OptionalServerMissingError(message)
    return LOCK


@pytest.fixture(scope="module")
def opt(_integration: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unzipped layer for this machine, with Debian 13's Python."""
    folder = tmp_path_factory.mktemp("trixie")
    built = build_layers(folder, f"--arch={AWS_NAME}", "--lock", str(available(lock)))
    assert built.returncode == 0, built.stderr
    assert "Python 3.13" in built.stdout
    return unzipped(folder / f"telemap-layer-{AWS_NAME}.zip", folder / "opt")


def test_its_modules_are_complete_and_fast(opt: Path) -> None:
    python = own_python(opt)
    run_in(python, WRITTEN_IN_C, str(python))
    failed = json.loads(run_in(python, IMPORT_ALL, str(opt / "telemap")).splitlines()[-1])
    ours = [name for name in failed if name.startswith(("telemap", "jsonpath_ng"))]
    assert ours == ["telemap.store.collect"], "it is for those who have prometheus_client"


def test_the_whole_life_with_a_secret(opt: Path, secrets_manager: SecretsManager, tmp_path: Path) -> None:
    root = available(lambda: busybox_root(tmp_path / "root"))
    secrets_manager.create_secret("next-debian", json.dumps({"username": USERNAME, "password": PASSWORD}))
    with FakeGateway(username=USERNAME, password=PASSWORD) as gateway:
        variables = {**UNHURRIED, **secrets_manager.environment, "GATEWAY": gateway.url, "AUTH_SECRET": "next-debian"}
        layer = root.layer(opt, tmp_path / "layer")
        result = Sandbox(layer, recording=life("a", "b"), environment=variables, **CONDITIONS).run()

        assert_a_good_life(result)
        assert result.stderr == ""
        assert value(gateway.text(), "aws_lambda_duration_seconds_count") == 2
