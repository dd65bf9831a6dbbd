"""The layers that bring their Python: what they contain, and that builds are reproducible."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from layers.building import PROJECT, build_layers, copy_checkout, unzipped
from layers.programs import IMPORT_ALL, WRITTEN_IN_C, own_python, run_in

MEGABYTE = 1_000_000
UNCHECKED_HASH = (1).to_bytes(4, "little")
PROCESSORS = {"x86_64": "x86_64", "arm64": "aarch64"}
DEBIAN = {"x86_64": "amd64", "arm64": "arm64"}
NEEDS_WHAT_NO_LAYER_HAS = {
    "boto3.crt",
    "botocore.crt.auth",
    "botocore.docs.translator",
    "dateutil.tz.win",
    "dateutil.tzwin",
    "multiprocessing.heap",
    "multiprocessing.popen_spawn_win32",
    "multiprocessing.shared_memory",
    "multiprocessing.sharedctypes",
    "telemap.store.collect",
    "urllib3.contrib.pyopenssl",
    "urllib3.contrib.socks",
    "urllib3.http2.connection",
    "yaml.cyaml",
}


@pytest.fixture(scope="module")
def opt(layer_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the unzipped layer for this machine."""
    return unzipped(layer_archive, tmp_path_factory.mktemp("opt"))


@pytest.fixture(scope="module")
def python(opt: Path) -> Path:
    """Return what `sys.executable` names in the layer."""
    return own_python(opt)


@pytest.mark.parametrize("processor", PROCESSORS)
def test_it_is_small_enough(layer_archives: Path, processor: str) -> None:
    archive = layer_archives / f"telemap-layer-{processor}.zip"
    with zipfile.ZipFile(archive) as packed:
        assert sum(entry.file_size for entry in packed.infolist()) <= 26 * MEGABYTE
    assert archive.stat().st_size <= 11 * MEGABYTE


def test_the_processors_share_everything_but_programs_libraries_and_papers(layer_archives: Path) -> None:
    contents = {}
    for aws, machine in PROCESSORS.items():
        with zipfile.ZipFile(layer_archives / f"telemap-layer-{aws}.zip") as packed:
            contents[aws] = {name: packed.read(name) for name in packed.namelist()}
        own = {name for name in contents[aws] if name.startswith(f"telemap/python/{machine}/")}
        assert own
        for name in own:
            del contents[aws][name]
        bill = json.loads(contents[aws].pop("telemap/sbom.cdx.json"))
        debian = [one["purl"] for one in bill["components"] if one["purl"].startswith("pkg:deb/")]
        assert {purl.partition("?arch=")[2].partition("&")[0] for purl in debian} == {DEBIAN[aws]}
        del contents[aws]["telemap/python/NOTICE"]
    assert contents["x86_64"] == contents["arm64"]


def test_all_files_are_readable_and_only_programs_are_executable(layer_archive: Path) -> None:
    with zipfile.ZipFile(layer_archive) as packed:
        modes = {entry.filename: oct(entry.external_attr >> 16) for entry in packed.infolist()}
    executable = {name for name, mode in modes.items() if mode == "0o100755"}

    assert {Path(name).name for name in executable} == {"telemap", "ld.so", "python3", "python3.elf"}
    assert set(modes.values()) == {"0o100755", "0o100644"}
    assert all(name.startswith(("telemap/", "extensions/telemap")) and ".." not in name for name in modes)


def test_it_has_bytecode_without_sources_and_docstrings(opt: Path) -> None:
    assert list(opt.rglob("*.py")) == []
    assert list(opt.rglob("__pycache__")) == []
    compiled = [path for path in opt.rglob("*.pyc") if "jsonpath_ng" not in path.parts]
    assert {"telemap", "telemap_lambda", "botocore", "json"} <= {path.parent.name for path in compiled}
    for path in compiled:
        content = path.read_bytes()
        assert content[4:8] == UNCHECKED_HASH, path
    assert (opt / "telemap" / "telemap" / "mappings").is_dir()


def test_its_bytecode_names_lambdas_mount_point(opt: Path, python: Path) -> None:
    module = opt / "telemap" / "botocore" / "session.pyc"
    program = "import marshal, sys; print(marshal.loads(open(sys.argv[1], 'rb').read()[16:]).co_filename)"
    assert run_in(python, program, str(module)) == "/opt/telemap/botocore/session.py\n"


def test_its_bytecode_has_lines_and_no_columns(opt: Path, python: Path) -> None:
    program = """
import marshal, sys
from pathlib import Path
packages = Path(sys.argv[1])
codes = [marshal.loads(path.read_bytes()[16:]) for path in packages.rglob("*.pyc")]
(bundle,) = [path.read_bytes() for path in packages.glob("modules.*.bundle")]
_, modules = marshal.loads(bundle[8:])
codes += [marshal.loads(bundle[at : at + size]) for at, size, _, _ in modules.values()]
positions = {position for code in codes for position in code.co_positions()}
assert len(codes) > 500 and {line for line, *_ in positions} - {None}
assert {(begin, end) for _, _, begin, end in positions} == {(None, None)}, positions
"""
    run_in(python, program, str(opt / "telemap"))


def test_every_module_can_be_imported(opt: Path, python: Path) -> None:
    failed = set(json.loads(run_in(python, IMPORT_ALL, str(opt / "telemap")).splitlines()[-1]))
    assert failed == NEEDS_WHAT_NO_LAYER_HAS


def test_what_must_be_fast_is_written_in_c(python: Path) -> None:
    run_in(python, WRITTEN_IN_C, str(python))


def test_all_libraries_are_its_own(python: Path) -> None:
    program = """
import os, sys, threading
import _contextvars, _decimal, _json, _multiprocessing, _posixshmem, _queue, _ssl, pyexpat, zlib
thread = threading.Thread(target=str)
thread.start()
thread.join()  # when a thread ends, glibc loads libgcc_s.so.1
print(*{line.split()[-1] for line in open("/proc/self/maps") if ".so" in line}, sep="\\n")
"""
    mapped = run_in(python, program).split()
    assert len(mapped) > 10
    assert [name for name in mapped if not name.startswith(str(python.parent))] == []
    assert (python.parent / "libgcc_s.so.1").exists()


def test_it_has_licences_notice_and_a_bill_of_materials(opt: Path) -> None:
    folder = opt / "telemap" / "python"
    lock = (PROJECT / "requirements" / "runtime.lock").read_text()
    locked = set(re.findall(r"^([a-z][\w.+-]+) \d\S* (?:amd64|arm64) ", lock, re.MULTILINE))
    notice = {}
    for line in (folder / "NOTICE").read_text().splitlines():
        if found := re.fullmatch(r"([\w.+-]+)=(\S+) \(\w+\): [\w.+-]+=\S+, (licences/\S+)", line):
            notice[found[1]] = found[3]
            assert "opyright" in (folder / found[3]).read_text()

    assert notice.keys() == locked
    bill = json.loads((opt / "telemap" / "sbom.cdx.json").read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    named = {component["name"].lower() for component in bill["components"]}
    assert locked | {"telemap", "boto3", "botocore", "pyyaml", "jsonpath-ng", "urllib3"} <= named
    assert all(component["purl"].startswith("pkg:") for component in bill["components"])


def test_a_build_elsewhere_yields_the_same_bytes_and_one_layer_can_be_for_both(
    layer_archives: Path, tmp_path: Path
) -> None:
    checkout, scratch = tmp_path / "deeper" / "checkout-two", tmp_path / "checkout-two-scratch"
    scratch.mkdir()
    copy_checkout(PROJECT, checkout)
    built = build_layers(
        checkout / "dist", "--arch=x86_64", "--arch=arm64", "--arch=all", checkout=checkout, scratch=scratch
    )
    assert built.returncode == 0, built.stderr
    assert list(scratch.iterdir()) == []
    for processor in PROCESSORS:
        name = f"telemap-layer-{processor}.zip"
        assert (checkout / "dist" / name).read_bytes() == (layer_archives / name).read_bytes()
    with zipfile.ZipFile(checkout / "dist" / "telemap-layer-all.zip") as packed:
        names = packed.namelist()
        told = [name for name in names if re.search(rb"checkout-two", packed.read(name))]
    assert told == []
    assert {f"telemap/python/{machine}/ld.so" for machine in PROCESSORS.values()} <= set(names)
