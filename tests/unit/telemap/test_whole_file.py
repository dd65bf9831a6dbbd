"""Files are written whole or not at all, and never through something that another has put in the way."""

from __future__ import annotations

import errno
import os
import threading
from io import BytesIO
from pathlib import Path

import pytest

from telemap.cli import main
from telemap.whole_file import write_whole

MAPPING = """
version: 1
metrics:
  parcels_total: {type: counter, help: Parcels., from: function}
"""
TESTS = """
version: 1
tests:
  one parcel:
    events: [{type: function, record: a}]
    expect: {series: {parcels_total: 7}}
"""
ENDINGS = (".new", ".tmp", "~", ".bak")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("parcels.yaml").write_text(MAPPING)
    Path("parcels.test.yaml").write_text(TESTS)
    Path("events.ndjson").write_text('{"type": "function", "record": "a"}\n')
    Path("victim").write_text("mine")


@pytest.mark.parametrize("content", [b"whole", BytesIO(b"whole"), b""])
def test_a_file_is_written_and_nothing_is_left_beside_it(content: bytes | BytesIO) -> None:
    before = {path.name for path in Path().iterdir()}
    write_whole("made", content)

    assert Path("made").read_bytes() == (content if isinstance(content, bytes) else b"whole")
    assert {path.name for path in Path().iterdir()} == before | {"made"}


def test_a_new_file_has_the_mode_that_the_umask_leaves() -> None:
    mask = os.umask(0o027)
    try:
        write_whole("made", b"")
    finally:
        os.umask(mask)

    assert Path("made").stat().st_mode & 0o777 == 0o640


def test_what_is_no_file_is_written_to() -> None:
    os.mkfifo("pipe")
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(Path("pipe").read_bytes()))
    reader.start()
    write_whole("pipe", b"whole")
    reader.join()

    assert found == [b"whole"]
    assert Path("pipe").is_fifo()


@pytest.mark.parametrize("name", ["", ".", "nowhere/made", "victim/made"])
def test_what_cannot_be_written_is_reported_with_its_name(name: str) -> None:
    with pytest.raises(OSError, match=r".") as caught:
        write_whole(name, b"")

    assert caught.value.filename == name


@pytest.mark.parametrize(
    "command",
    [
        ["compile", "parcels.yaml", "-o", "made"],
        ["test", "--junit", "made", "parcels.test.yaml"],
        ["test", "--update", "parcels.test.yaml"],
        ["record", "events.ndjson", "-o", "made"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_commands_write_through_no_name_that_could_be_foreseen(command: list[str]) -> None:
    planted = [f"{name}{ending}" for name in ("made", "parcels.test.yaml") for ending in ENDINGS]
    planted += [f".telemap-{os.getpid() + number}.new" for number in range(-2, 500)]
    for name in planted:
        Path(name).symlink_to("victim")
    main(command)

    assert Path("victim").read_text() == "mine"
    assert [name for name in planted if not Path(name).is_symlink()] == []
    written = Path("parcels.test.yaml" if "--update" in command else "made")
    assert written.is_file()
    assert not written.is_symlink()


@pytest.mark.parametrize("name", ["parcels.yaml", "to-mapping", "new.yml", "notes", "plan"])
def test_record_does_not_write_over_anything_but_recordings(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("to-mapping").symlink_to("parcels.yaml")
    Path("notes").write_text("what I have to do")
    main(["compile", "parcels.yaml", "-o", "plan"])
    before = {path: path.read_bytes() for path in Path().iterdir()}
    capsys.readouterr()

    assert main(["record", "events.ndjson", "-o", name]) == 2
    assert capsys.readouterr().err.startswith(f"telemap: {name} ")
    assert {path: path.read_bytes() for path in Path().iterdir()} == before


@pytest.mark.parametrize("content", [b"", b'{"type": "function"}\n', b'[{"type": "function"}]', b"\n"])
def test_record_writes_over_recordings_and_empty_files(content: bytes) -> None:
    Path("made").write_bytes(content)

    assert main(["record", "events.ndjson", "-o", "made"]) == 0
    assert Path("made").read_text().startswith('{"type":"function"')


def test_links_in_a_circle_are_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="symbolic links") as caught:
        write_whole(tmp_path / "loop", b"text")
    assert caught.value.errno == errno.ELOOP
