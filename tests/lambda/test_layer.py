"""The layer without a Python of its own: its content, and that builds are reproducible."""

from __future__ import annotations

import ast
import json
import marshal
import re
import subprocess
import sys
import zipfile
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from extension.recording_server import RecordingServer
from layers.building import PROJECT, build_thin_layer, copy_checkout
from servers.secrets import aws_environment

from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

LAUNCHER = "extensions/telemap"
MEGABYTE = 1_000_000
UNCHECKED_HASH = (1).to_bytes(4, "little")
NOT_IN_A_LAYER = {
    "prometheus_client",  # for those who register a store with it
    "_sha2",  # Python's own, from 3.12 on
}
REGIONS = ("eu-central-1", "us-east-1", "cn-north-1", "us-gov-west-1", "eu-isoe-west-1", "eu-later-7")


@pytest.fixture(scope="module")
def names(thin_layer_archive: Path) -> list[str]:
    """Return the names of all files in the layer."""
    with zipfile.ZipFile(thin_layer_archive) as packed:
        return packed.namelist()


def test_the_layer_contains_packages_completely_or_not_at_all(names: list[str]) -> None:
    package = PROJECT / "extensions" / "telemap_lambda"
    ours = {name.removeprefix("telemap/telemap_lambda/") for name in names if name.endswith(".py")}
    held = {
        room.parent.name: {path.relative_to(package).as_posix() in ours for path in room.parent.rglob("*.py")}
        for room in package.glob("*/__init__.py")
    }
    assert held == {
        **{room: {True} for room in ("delivery", "life", "recording", "settings", "telemetry", "world")},
        **{room: {False} for room in ("commands", "fake_database", "fake_gateway", "local_server", "sandbox", "sweep")},
    }


def test_builds_in_two_folders_are_identical(thin_layer_archive: Path, tmp_path: Path) -> None:
    """The archive's fixture is the first, and has fetched the packages, so that the second needs no network."""
    checkout, scratch = tmp_path / "deeper" / "checkout", tmp_path / "scratch"
    copy_checkout(PROJECT, checkout)
    scratch.mkdir()
    built = build_thin_layer(checkout / "dist", checkout=checkout, scratch=scratch)
    assert (built.returncode, built.stderr) == (0, "")
    assert list(scratch.iterdir()) == []
    assert (checkout / "dist" / "telemap-layer.zip").read_bytes() == thin_layer_archive.read_bytes()


def test_it_is_small(thin_layer_archive: Path) -> None:
    with zipfile.ZipFile(thin_layer_archive) as packed:
        assert sum(entry.file_size for entry in packed.infolist()) < 12 * MEGABYTE
    assert thin_layer_archive.stat().st_size < 5 * MEGABYTE


def test_everyone_may_read_it_and_only_the_launcher_is_executable(thin_layer_archive: Path) -> None:
    with zipfile.ZipFile(thin_layer_archive) as packed:
        modes = {entry.filename: oct(entry.external_attr >> 16) for entry in packed.infolist()}

    assert modes.pop(LAUNCHER) == "0o100755"
    assert set(modes.values()) == {"0o100644"}
    assert all(name.startswith("telemap/") and ".." not in name for name in modes)


@pytest.mark.parametrize(
    "tool",
    [
        r"\.so$",
        r"^telemap/(bin|certifi|charset_normalizer|idna|prometheus_client|requests|rich|_yaml)\b",
        r"^telemap/telemap/(cli|cloudwatch|playground|__main__|schema/mapping)",
        r"^telemap/telemap_lambda/(demo|gateway|sandbox|sweep|local_server|launcher|\w+_command)",
        r"^telemap/boto3/(data|dynamodb|ec2|examples|s3)/",
        r"^telemap/botocore/data/(?!secretsmanager/|sts/)[^/]*/",
        rf"(?<!\.{sys.implementation.cache_tag})\.plan$",
    ],
)
def test_unneeded_files_are_excluded(names: list[str], tool: str) -> None:
    assert [name for name in names if re.search(tool, name)] == []


def test_metadata_and_licences_of_packages_are_included(names: list[str]) -> None:
    records = {name.split("/")[1] for name in names if ".dist-info/" in name}
    locked = re.findall(r"^[\w-]+==", (PROJECT / "requirements" / "layer.txt").read_text(), re.MULTILINE)

    assert len(records) == len(locked) + 1
    for record in records:
        assert f"telemap/{record}/METADATA" in names
        assert [name for name in names if name.startswith(f"telemap/{record}/") and "LICEN" in name], record


def imports(source: Path) -> Iterator[str]:
    """Return the modules that a module imports at run time."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    conditions = (node for node in ast.walk(tree) if isinstance(node, ast.If))
    typed = {inner for one in conditions if "TYPE_CHECKING" in ast.dump(one.test) for inner in ast.walk(one)}
    for node in set(ast.walk(tree)) - typed:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_imports_of_its_modules_are_included(thin_layer: Path) -> None:
    packages = thin_layer / "telemap"
    missing = set()
    for source in (*packages.glob("telemap/**/*.py"), *packages.glob("telemap_lambda/**/*.py")):
        for module in imports(source):
            path = packages / module.replace(".", "/")
            known = module.partition(".")[0] in sys.stdlib_module_names
            if not known and not path.is_dir() and not path.with_suffix(".py").is_file():
                missing.add(module)

    assert missing - NOT_IN_A_LAYER == set()


def test_every_module_is_compiled_for_lambdas_mount_point(thin_layer: Path) -> None:
    sources = list(thin_layer.rglob("*.py"))
    assert {"telemap", "telemap_lambda"} <= {source.parent.name for source in sources}
    bundle = (thin_layer / "telemap" / f"modules.{sys.implementation.cache_tag}.bundle").read_bytes()
    assert bundle.startswith(MAGIC_NUMBER)
    _, modules = marshal.loads(bundle[8 : 8 + int.from_bytes(bundle[4:8], "little")])  # noqa: S302 - our own
    for source in sources:
        path = str(source.relative_to(thin_layer / "telemap"))
        places = [(at, size) for at, size, bundled, _ in modules.values() if bundled == path]
        if places:
            ((at, size),) = places
            code = marshal.loads(bundle[at : at + size])  # noqa: S302 - our own
            assert code.co_filename == f"/opt/telemap/{path}"
            assert "__doc__" not in code.co_names, f"{source} keeps its docstring"
            continue
        compiled = Path(cache_from_source(str(source))).read_bytes()
        assert (compiled[:4], compiled[4:8]) == (MAGIC_NUMBER, UNCHECKED_HASH), source
        code = marshal.loads(compiled[16:])  # noqa: S302 - our own
        assert code.co_filename == f"/opt/{source.relative_to(thin_layer)}"
        if "telemap_lambda" in source.parts:
            assert "__doc__" not in code.co_names, f"{source} keeps its docstring"


ENDPOINTS = """
import json, sys
sys.path[:0] = sys.argv[1:2]
import boto3
from botocore.config import Config
from botocore.exceptions import EndpointVariantError

session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b")

def endpoint(region, **options):
    try:
        return session.client("secretsmanager", region_name=region, config=Config(**options)).meta.endpoint_url
    except EndpointVariantError as error:
        return str(error)

variants = [{}, {"use_fips_endpoint": True}, {"use_dualstack_endpoint": True}]
print(json.dumps([endpoint(region, **options) for region in sys.argv[2:] for options in variants]))
"""


def test_the_reduced_endpoint_table_yields_the_same_addresses(thin_layer: Path) -> None:
    def endpoints(*options: str, packages: str) -> list[str]:
        command = [sys.executable, *options, "-c", ENDPOINTS, packages, *REGIONS]
        addresses: list[str] = json.loads(subprocess.check_output(command, text=True))
        return addresses

    cut = endpoints("-I", "-S", "-B", packages=str(thin_layer / "telemap"))
    assert cut == endpoints(packages="")
    assert len(set(cut)) > 2 * len(REGIONS)


ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


def test_the_layer_can_assume_a_role(thin_layer: Path) -> None:
    packages = thin_layer / "telemap"
    child = packages / "telemap_lambda/delivery/secret_child.py"
    command = [sys.executable, "-I", "-S", "-B", str(child), "role", "arn:aws:iam::123456789012:role/a", str(packages)]
    with RecordingServer(lambda _: Answer(200, ASSUMED.encode(), {"Content-Type": "text/xml"})) as server:
        environment = {**aws_environment(server.url), "PATH": "/usr/bin"}
        answer = json.loads(subprocess.check_output(command, text=True, env=environment))

    assert answer["answer"]["AccessKeyId"] == "AKIDROLE"


def old_python(folder: Path) -> str:
    program = folder / "python3.10"
    program.write_text("#!/bin/sh\necho 3.10\nexit 1\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.integration
def test_an_unsupported_python_is_refused(tmp_path: Path) -> None:
    for python, said in [(old_python(tmp_path), "needs 3.11 or later"), ("/no/python", "No such file")]:
        refused = build_thin_layer(tmp_path, python=python)

        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith(f"telemap: {python}: ")
        assert said in refused.stderr
    assert not (tmp_path / "telemap-layer.zip").exists()
