"""The layer in root directories without Python: one with nothing but a shell, one with an older C library."""

from __future__ import annotations

import json
import os
import platform
import shutil
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from extension.expositions import value
from extension.lives import life
from extension.outcomes import assert_a_good_life, log_of
from layers.building import unzipped
from patience import CONDITIONS, UNHURRIED
from roots.root import Root, busybox_root, debian_root
from servers.available import available
from servers.certificates import Authority
from servers.pushgateway import CREDENTIALS, Pushgateway, ServerTls

from telemap_lambda.fake_gateway import FakeGateway
from telemap_lambda.sandbox import Sandbox, SandboxResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.secrets import SecretsManager

OLD_LIBRARY = "bullseye"
"""The root with glibc 2.31, older than the layer's."""

USERNAME, PASSWORD = "worker", "open"
MAPPING = """
version: 1
metrics:
  parcels_total: {type: counter, help: Parcels., from: platform.report}
"""


@pytest.fixture(scope="module")
def opt(layer_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unzipped layer for this machine."""
    return unzipped(layer_archive, tmp_path_factory.mktemp("opt"))


@pytest.fixture
def shell_root(tmp_path: Path) -> Root:
    """Return a root with a static shell, and no C library."""
    return available(lambda: busybox_root(tmp_path / "root"))


@pytest.fixture
def old_root(tmp_path: Path) -> Root:
    """Return a root with an older glibc."""
    return available(lambda: debian_root(OLD_LIBRARY, tmp_path / "root"))


@pytest.fixture(params=["shell", "old"])
def root(request: pytest.FixtureRequest) -> Root:
    """Return each of the two."""
    chosen: Root = request.getfixturevalue(f"{request.param}_root")
    return chosen


@pytest.fixture
def play(opt: Path, tmp_path: Path) -> Callable[..., SandboxResult]:
    """Return a function that plays a normal life in a root."""

    def run(root: Root, environment: dict[str, str], **mounted: Path) -> SandboxResult:
        layer = root.layer(opt, tmp_path / "layer", mounted)
        variables = {**UNHURRIED, "LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin", **environment}
        return Sandbox(layer, recording=life("a", "b"), environment=variables, **CONDITIONS).run()

    return run


def test_the_whole_life_with_a_mapping_of_ones_own(root: Root, play: Callable[..., SandboxResult]) -> None:
    root.write("var/task/mapping.yaml", MAPPING)
    with FakeGateway() as gateway:
        result = play(root, {"GATEWAY": gateway.url, "MAPPING_FILE": "/var/task/mapping.yaml"})

        assert_a_good_life(result)
        assert result.stderr == ""
        assert value(gateway.text(), "parcels_total") == 2


def test_the_whole_life_with_a_secret(
    root: Root, play: Callable[..., SandboxResult], secrets_manager: SecretsManager, request: pytest.FixtureRequest
) -> None:
    name = f"roots/{request.node.name}"
    secrets_manager.create_secret(name, json.dumps({"username": USERNAME, "password": PASSWORD}))
    with FakeGateway(username=USERNAME, password=PASSWORD) as gateway:
        result = play(root, {**secrets_manager.environment, "GATEWAY": gateway.url, "AUTH_SECRET": name})

        assert_a_good_life(result)
        assert result.stderr == ""
        assert value(gateway.text(), "aws_lambda_duration_seconds_count") == 2


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def tls_pushgateway(_integration: None, authority: Authority) -> Iterator[Pushgateway]:
    tls = ServerTls(*authority.issue("server", "127.0.0.1"), authority.file)
    with available(lambda: Pushgateway(authenticated=True, tls=tls)) as gateway:
        yield gateway


def with_password(gateway: Pushgateway) -> str:
    password = f"{quote(CREDENTIALS.username)}:{quote(CREDENTIALS.password)}"
    return gateway.url.replace("https://", f"https://{password}@")


@pytest.mark.parametrize(
    "bundle",
    [
        pytest.param("etc/pki/tls/certs/ca-bundle.crt", id="amazon-linux"),
        pytest.param("etc/ssl/certs/ca-certificates.crt", id="debian"),
        pytest.param("etc/ssl/cert.pem", id="alpine"),
    ],
)
def test_tls_verifies_with_the_images_own_bundle(
    shell_root: Root,
    play: Callable[..., SandboxResult],
    tls_pushgateway: Pushgateway,
    authority: Authority,
    bundle: str,
) -> None:
    shell_root.write(bundle, authority.file.read_text())
    result = play(shell_root, {"GATEWAY": with_password(tls_pushgateway)})

    assert_a_good_life(result)
    assert result.stderr == ""
    assert value(tls_pushgateway.metrics(), "aws_lambda_duration_seconds_count") == 2


def test_without_a_bundle_the_layers_own_verifies(
    shell_root: Root, play: Callable[..., SandboxResult], tls_pushgateway: Pushgateway, opt: Path, authority: Authority
) -> None:
    """A private authority is in no public bundle; it is refused, and accepted once the layer's bundle has it."""
    environment = {"GATEWAY": with_password(tls_pushgateway)}
    own = opt / "telemap" / "botocore" / "cacert.pem"
    assert own.read_text().count("BEGIN CERTIFICATE") > 50
    result = play(shell_root, environment)
    assert_a_good_life(result)
    assert "signed by an unknown authority" in log_of(result)[0]

    shutil.rmtree(shell_root.folder.parent / "layer")
    result = play(shell_root, environment, **{"opt/telemap/botocore/cacert.pem": authority.file})
    assert_a_good_life(result)
    assert result.stderr == ""


def test_the_functions_libraries_have_no_part_in_it(old_root: Root, play: Callable[..., SandboxResult]) -> None:
    """What LD_PRELOAD names here runs in the root's own programs, and would end the layer's Python at its start."""
    libraries = f"/lib/{platform.machine()}-linux-gnu"
    with FakeGateway() as gateway:
        hostile = {"LD_PRELOAD": f"{libraries}/libpthread.so.0", "LD_LIBRARY_PATH": libraries, "LD_AUDIT": "/no.so"}
        result = play(old_root, {"GATEWAY": gateway.url, **hostile})

        assert_a_good_life(result)
        assert [line for line in result.stderr.splitlines() if "/no.so" not in line] == []
        assert value(gateway.text(), "aws_lambda_duration_seconds_count") == 2


def test_the_functions_python_variables_and_locales_have_no_part_in_it(
    shell_root: Root, play: Callable[..., SandboxResult]
) -> None:
    """The archive of locales is a pipe that nobody writes to: whoever opened it would wait for ever."""
    archive = shell_root.folder / "usr" / "lib" / "locale" / "locale-archive"
    archive.parent.mkdir(parents=True)
    os.mkfifo(archive)
    for name in ("json", "socket", "sitecustomize"):
        shell_root.write(f"var/task/{name}.py", "raise SystemExit('the module of the function was imported')\n")
    hostile = {"PYTHONPATH": "/var/task", "PYTHONHOME": "/no", "PYTHONSTARTUP": "/no", "PYTHONWARNINGS": "error"}
    with FakeGateway() as gateway:
        result = play(shell_root, {"GATEWAY": gateway.url, "LC_ALL": "en_US.UTF-8", **hostile})

        assert_a_good_life(result)
        assert result.stderr == ""
        assert value(gateway.text(), "aws_lambda_duration_seconds_count") == 2


def test_an_unknown_host_is_named_so_whatever_nsswitch_says(
    shell_root: Root, play: Callable[..., SandboxResult]
) -> None:
    shell_root.write("etc/nsswitch.conf", "hosts: files dns myhostname\n")
    result = play(shell_root, {"GATEWAY": "http://no-such-host.invalid:9091"})

    assert_a_good_life(result)
    assert "Name or service not known" in log_of(result)[0]


def test_without_proc_it_finds_the_processor_too(shell_root: Root, play: Callable[..., SandboxResult]) -> None:
    del shell_root.mounted["proc"]
    with FakeGateway() as gateway:
        result = play(shell_root, {"GATEWAY": gateway.url})

        assert_a_good_life(result)
        assert value(gateway.text(), "aws_lambda_duration_seconds_count") == 2
