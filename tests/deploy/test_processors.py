"""The layer on the other processor: emulated, and attached to a function by mistake."""

from __future__ import annotations

import json
import platform
import shutil
from typing import TYPE_CHECKING

import pytest
from extension.expositions import value
from extension.lives import life
from extension.outcomes import assert_a_good_life, log_of
from layers.building import unzipped
from patience import CONDITIONS, UNHURRIED
from roots.root import Root, busybox_root
from servers.available import available
from servers.process import PROJECT, ServerMissingError

from telemap_lambda.fake_gateway import FakeGateway
from telemap_lambda.sandbox import EnvironmentFailed, Sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from servers.secrets import SecretsManager

ARM = "telemap/python/aarch64"
QEMU = PROJECT / ".cache" / "debian" / "usr" / "bin" / "qemu-aarch64-static"
OTHER = {"x86_64": "arm64", "aarch64": "x86_64"}[platform.machine()]
AWS_NAME = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]

CPUINFO = "processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd\n"
"""How /proc/cpuinfo begins on Lambda's arm64."""

LOADER = """#!/bin/sh
exec /qemu /real-ld.so "$@"
"""


@pytest.fixture(scope="module")
def arm_layer(layer_archives: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unzipped layer for arm64."""
    return unzipped(layer_archives / "telemap-layer-arm64.zip", tmp_path_factory.mktemp("arm"))


def emulating_root(folder: Path) -> Root:
    """Make a root where the loader of the layer for arm64 runs in an emulator, and the rest as it is.

    Raises:
        ServerMissingError: there is no emulator, or roots cannot be used here.
    """
    if not QEMU.exists():
        raise ServerMissingError(f"{QEMU.relative_to(PROJECT)} (an emulator of arm64) is missing")
    return busybox_root(folder)


def test_the_whole_life_on_arm64(arm_layer: Path, tmp_path: Path, secrets_manager: SecretsManager) -> None:
    """The emulator does not run programs that the emulated one starts, so the loader is a script that starts it."""
    root = available(lambda: emulating_root(tmp_path / "root"))
    (tmp_path / "cpuinfo").write_text(CPUINFO)
    (tmp_path / "loader").write_text(LOADER)
    (tmp_path / "loader").chmod(0o755)
    mounted = {
        "qemu": QEMU,
        "real-ld.so": arm_layer / ARM / "ld.so",
        f"opt/{ARM}/ld.so": tmp_path / "loader",
        "proc/cpuinfo": tmp_path / "cpuinfo",
    }
    secrets_manager.create_secret("processors/arm", json.dumps({"username": "worker", "password": "open"}))
    layer = root.layer(arm_layer, tmp_path / "layer", mounted)
    with FakeGateway(username="worker", password="open") as gateway:  # noqa: S106 - a test's
        environment = {
            **UNHURRIED,
            **secrets_manager.environment,
            "GATEWAY": gateway.url,
            "AUTH_SECRET": "processors/arm",
        }
        result = Sandbox(layer, recording=life("a", "b"), environment=environment, **CONDITIONS).run()

        assert_a_good_life(result)
        assert result.stderr == ""
        assert value(gateway.text(), "aws_lambda_duration_seconds_count") == 2


@pytest.fixture(scope="module")
def wrong_layer(layer_archives: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unzipped layer for the processor that this machine does not have."""
    return unzipped(layer_archives / f"telemap-layer-{OTHER}.zip", tmp_path_factory.mktemp("wrong"))


def shell_folder(folder: Path, *programs: str) -> Path:
    """Make a folder with some programs of this machine."""
    folder.mkdir()
    for name in ("sh", "sed", "tr", "cat", *programs):
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not installed")
        (folder / name).symlink_to(found)
    return folder


@pytest.mark.parametrize("program", ["curl", "bash"])
def test_the_wrong_layer_keeps_the_function_alive_and_names_the_right_one(
    wrong_layer: Path, tmp_path: Path, program: str
) -> None:
    with FakeGateway() as gateway:
        path = shell_folder(tmp_path / "bin", program)
        environment = {"GATEWAY": gateway.url, "PATH": str(path)}
        sandbox = Sandbox(wrong_layer, recording=life("a", "b"), environment=environment, **CONDITIONS)
        result = sandbox.run()

        assert_a_good_life(result)
        assert [call.name for call in sandbox.calls] == ["register", "next"]
        [line] = log_of(result)
        assert line.startswith(
            f"this layer is for {OTHER}, and the function runs on {AWS_NAME}: attach telemap's layer for {AWS_NAME}"
        )


def test_the_wrong_layer_without_curl_and_bash_says_what_to_do(wrong_layer: Path, tmp_path: Path) -> None:
    environment = {"PATH": str(shell_folder(tmp_path / "bin"))}
    with pytest.raises(EnvironmentFailed, match="neither curl nor bash"):
        Sandbox(wrong_layer, recording=life("a"), environment=environment, **CONDITIONS).run()
