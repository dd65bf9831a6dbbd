"""The lock of the layer's Python, and how a build gets what it names."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import re
import subprocess
import sys
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from extension.recording_server import RecordingServer, Request
from interpreter.archive import DebianPackages, FetchError, places
from interpreter.deb import DebError, Tree
from interpreter.elf import needed_libraries
from interpreter.lock import PACKAGES, Lock, LockError, Package, read_lock, write_lock
from interpreter.processors import PROCESSORS
from interpreter.reach import named_modules, reached
from layers.building import PROJECT

from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from pathlib import Path

LOCK = PROJECT / "requirements" / "runtime.lock"
MOMENT = "20260302T080000Z"
OLD, NEW = b"the locked package", b"the newest package"


def package(content: bytes, name: str = "libc6") -> Package:
    path = f"debian/pool/main/g/glibc/{name}_1+b~1_amd64.deb"
    return Package(name, "1+b~1", "amd64", path, hashlib.sha256(content).hexdigest())


def test_the_lock_of_this_checkout_has_each_package_and_no_host() -> None:
    lock = read_lock(LOCK)
    assert {one.name for one in lock.packages} == set(PACKAGES[lock.suite])
    assert {one.architecture for one in lock.packages} == {one.debian for one in PROCESSORS}
    assert re.search(r"https?:|\bdeb\.|\.(?:org|com|net)\b", LOCK.read_text()) is None


def test_a_lock_is_written_as_it_is_read(tmp_path: Path) -> None:
    lock = read_lock(LOCK)
    write_lock(tmp_path / "runtime.lock", lock.suite, lock.moment, reversed(lock.packages))
    assert (tmp_path / "runtime.lock").read_text() == LOCK.read_text()


@pytest.mark.parametrize("suite", PACKAGES)
def test_the_version_of_python_comes_from_the_packages(suite: str) -> None:
    version = Lock(suite, MOMENT, ()).python
    assert f"libpython{version}-stdlib" in PACKAGES[suite]


@pytest.mark.parametrize(
    ("pattern", "text", "said"),
    [
        (r"suite \w+", "suite sarge", "suite sarge is not one of bookworm, trixie"),
        (r"suite \w+\n", "", "runtime.lock:2: expected `suite NAME`"),
        (r"newest at .*", "newest at noon", "runtime.lock:3: expected `newest at YYYYMMDDTHHMMSSZ`: newest at noon"),
        (r"sha256:\w+", "sha256:00", "runtime.lock:4: expected `NAME VERSION ARCHITECTURE PATH sha256:HASH`"),
        (r" debian/pool", " https://example.com/debian/pool", "runtime.lock:4: expected"),
        (r"libc6 .*\n", "", "it does not have each package of Python in bookworm once for each processor"),
        (r"(libc6 .*\n)", r"\1\1", "it does not have each package of Python in bookworm once for each processor"),
        (r"(?s).*", "", "runtime.lock: it ends before `suite NAME`"),
    ],
)
def test_what_is_no_lock_is_refused_with_its_place(tmp_path: Path, pattern: str, text: str, said: str) -> None:
    path = tmp_path / "runtime.lock"
    path.write_text(re.sub(pattern, text, LOCK.read_text(), count=1))
    with pytest.raises(LockError, match=re.escape(said)):
        read_lock(path)


@pytest.mark.integration
def test_lint_checks_the_lock(tmp_path: Path) -> None:
    command = [sys.executable, str(PROJECT / "deploy" / "runtime_lock.py"), "check", "--lock"]
    assert subprocess.run([*command, str(LOCK)], check=False).returncode == 0
    missing = subprocess.run([*command, str(tmp_path / "gone.lock")], capture_output=True, text=True, check=False)
    assert (missing.returncode, missing.stderr) == (1, "telemap: gone.lock: No such file or directory\n")


SNAPSHOTS = "http://127.0.0.1/archive"
IN_THE_SNAPSHOT = re.compile(
    r"http://127\.0\.0\.1/archive/debian/20260302T200000Z/pool/main/g/glibc/libc6_1%2Bb~1_amd64\.deb"
)


def test_a_package_may_be_in_the_pool_and_in_the_snapshot_after_its_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interpreter.apt.archive_address", lambda archive: f"http://127.0.0.1/{archive}")
    monkeypatch.setenv("DEBIAN_SNAPSHOTS", SNAPSHOTS)
    pool, snapshot = places(package(OLD), MOMENT)
    assert pool.endswith("/debian/pool/main/g/glibc/libc6_1%2Bb~1_amd64.deb")
    assert IN_THE_SNAPSHOT.fullmatch(snapshot)


def test_without_apt_a_package_may_be_in_the_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # no pool is known then
    monkeypatch.setenv("DEBIAN_SNAPSHOTS", f"{SNAPSHOTS}/")
    [snapshot] = places(package(OLD), MOMENT)
    assert IN_THE_SNAPSHOT.fullmatch(snapshot)


def test_a_package_of_which_no_place_is_known_says_how_to_name_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("DEBIAN_SNAPSHOTS", raising=False)
    said = r"run `make lock` .*, or set DEBIAN_SNAPSHOTS .*: no address is known, as there is no apt$"
    with pytest.raises(FetchError, match=said):
        DebianPackages(Lock("bookworm", MOMENT, (package(OLD),)), tmp_path / "cache", newest_if_gone=False)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.mark.integration
@pytest.mark.parametrize("apt", [True, False])
def test_a_package_is_fetched_once_from_the_first_place_that_has_it(
    cache: Path, monkeypatch: pytest.MonkeyPatch, *, apt: bool
) -> None:
    if not apt:
        monkeypatch.setenv("PATH", "/nowhere")
    found = {"/other": Answer(200, b"another file"), "/snapshot": Answer(200, OLD)}
    with RecordingServer(lambda request: found.get(request.path, Answer(404))) as server:
        urls = [f"{server.url}/{name}" for name in ("pool", "other", "snapshot")]
        lock = Lock("bookworm", MOMENT, (package(OLD),))
        for _ in range(2):
            debian = DebianPackages(lock, cache, newest_if_gone=False, addresses=lambda *_: urls)
            [file] = debian.files("amd64")
            assert file.read_bytes() == OLD
        asked = [request.path for request in server.requests]

    assert list(dict.fromkeys(asked)) == ["/pool", "/other", "/snapshot"]
    assert asked.count("/snapshot") == 1
    assert list(cache.iterdir()) == [file]


def gone_or_newest(request: Request) -> Answer:
    return Answer(200, NEW) if request.path.endswith(hashlib.sha256(NEW).hexdigest()) else Answer(404)


@pytest.mark.integration
def test_a_package_that_is_gone_stops_the_build_with_advice(cache: Path) -> None:
    with RecordingServer(gone_or_newest) as server, pytest.raises(FetchError, match="run `make lock` for its newest"):
        DebianPackages(
            Lock("bookworm", MOMENT, (package(OLD),)),
            cache,
            newest_if_gone=False,
            addresses=lambda one, _: [f"{server.url}/{one.sha256}"],
        )


@pytest.mark.integration
def test_where_it_may_the_build_takes_the_newest_and_says_so_in_one_line(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with RecordingServer(gone_or_newest) as server:
        debian = DebianPackages(
            Lock("bookworm", MOMENT, (package(OLD),)),
            cache,
            newest_if_gone=True,
            addresses=lambda one, _: [f"{server.url}/{one.sha256}"],
            newest=lambda _: [replace(package(NEW), version="2")],
        )

    assert [file.read_bytes() for file in debian.files("amd64")] == [NEW]
    assert [one.version for one in debian.of("amd64")] == ["2"]
    [line] = capsys.readouterr().err.splitlines()
    assert "libc6 1+b~1 (amd64)" in line
    assert line.endswith("this build has the newest of bookworm instead")


def deb(path: Path, *, kind: str = "xz", **files: str) -> Path:
    """Write a Debian package with text files, and links where the text begins with an arrow."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"./{name.replace('__', '/')}")
            if text.startswith("->"):
                member.type, member.linkname = tarfile.SYMTYPE, text[2:]
            member.size = 0 if member.issym() else len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    packed = lzma.compress(data.getvalue()) if kind == "xz" else gzip.compress(data.getvalue())
    content = b"!<arch>\n"
    for name, body in (("debian-binary", b"2.0"), ("control.tar.xz", b"odd"), (f"data.tar.{kind}", packed)):
        header = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(body):<10}`\n"
        content += header.encode() + body + b"\n" * (len(body) % 2)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", ["xz", "gz"])
def test_packages_are_laid_over_one_another_and_links_are_followed(tmp_path: Path, kind: str) -> None:
    one = deb(tmp_path / "one.deb", kind=kind, usr__lib__libz_so_1_2="code", usr__lib__libz_so="->libz_so_1_2")
    two = deb(tmp_path / "two.deb", kind=kind, lib="->usr/lib", usr__share__doc="->/usr/lib", loop="->loop")
    tree = Tree([one, two])

    assert tree.read("lib/libz_so") == tree.read("usr/share/doc/libz_so_1_2") == b"code"
    assert tree.read("loop") is tree.read("usr/lib/none") is None
    assert list(tree.below("usr/lib")) == [("libz_so_1_2", b"code")]
    tree.write(tmp_path / "root")
    assert (tmp_path / "root" / "lib" / "libz_so").read_text() == "code"


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"!<arch>\n"])
def test_what_is_no_package_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.deb").write_bytes(content)
    with pytest.raises(DebError, match="not a Debian package"):
        Tree([tmp_path / "odd.deb"])


def test_what_is_no_program_needs_no_libraries_but_is_refused() -> None:
    with pytest.raises(ValueError, match="not an ELF file"):
        needed_libraries(b"#!/bin/sh\n")


INNER = b"""
from typing import TYPE_CHECKING
import json.decoder
if TYPE_CHECKING:
    import ast
else:
    import bisect
def later():
    from . import other
    from xml import sax
if __name__ == "__main__":
    import argparse
import unittest
"""


def test_reach_follows_the_imports_that_can_run() -> None:
    code = named_modules([("app/__init__.py", b"from . import inner"), ("app/inner.py", INNER)])
    sources = {"json/__init__": b"from .decoder import x", "json/decoder": b"import re", "unittest": b"import heapq"}
    empty = ("typing", "re", "ast", "argparse", "bisect", "heapq", "xml/__init__", "xml/sax")
    library = named_modules((f"{name}.py", sources.get(name, b"")) for name in (*sources, *empty))
    wanted = {"typing", "json", "json.decoder", "re", "bisect", "xml", "xml.sax"}
    assert reached(code, library) & library.keys() == wanted
