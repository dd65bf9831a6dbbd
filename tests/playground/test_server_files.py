"""The files named on the command line: what the page gets, what is noticed, and what is saved."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from playground_server.process import playground

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playground_server.process import Playground

MAPPING = "version: 1\ninclude: [telemap:default]\n"
EVENT = {"time": "2026-03-02T08:14:09.404Z", "type": "function", "record": "x" * 1000}
LINE = json.dumps(EVENT) + "\n"
MANY = 6000
"""Lines of more than 5 MB."""


@pytest.fixture
def run(_integration: None, page: Path, tmp_path: Path) -> Iterator[Callable[..., Playground]]:
    """Return a function that runs a playground of files in an empty folder."""
    with contextlib.ExitStack() as running:

        def start(*words: str, **options: Any) -> Playground:
            return running.enter_context(playground(page, *words, folder=tmp_path, **options))

        yield start


def test_the_page_gets_both_files(run: Callable[..., Playground], tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(MAPPING)
    (tmp_path / "events.ndjson").write_text(LINE)
    files = run("shop.yaml", "events.ndjson").get("/files").json
    assert (files.pop("site"), files.pop("documentation")) == (None, None)
    digests = {name: files[name].pop("digest") for name in files}
    assert files.get("mapping", {}).pop("path") == str(tmp_path / "shop.yaml")
    assert files == {
        "mapping": {"name": "shop.yaml", "text": MAPPING, "saveable": True, "advice": None, "exists": True},
        "events": {"name": "events.ndjson", "text": LINE, "truncated": None, "note": None},
    }
    assert all(isinstance(digest, str) for digest in digests.values())
    assert digests["mapping"] != digests["events"]


def test_events_alone_come_with_the_default_mapping(run: Callable[..., Playground], tmp_path: Path) -> None:
    (tmp_path / "events.ndjson").write_text(LINE)
    running = run("--events", "events.ndjson")
    mapping = running.get("/files").json["mapping"]
    assert (mapping["name"], mapping["saveable"]) == ("telemap:default", False)


def test_saving_writes_the_file_and_answers_with_its_digest(run: Callable[..., Playground], tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(MAPPING)
    running = run("shop.yaml")
    opened = running.get("/files").json["mapping"]
    saved = running.post("/save", {"text": MAPPING + "# mine: é 😀\n", "digest": opened["digest"]})
    assert saved.status == 200
    assert file.read_text(encoding="utf-8") == MAPPING + "# mine: é 😀\n"
    now = running.get("/files").json["mapping"]
    assert now["digest"] == saved.json["digest"] != opened["digest"]
    again = running.post("/save", {"text": MAPPING, "digest": saved.json["digest"]})
    assert (again.status, again.json["digest"]) == (200, opened["digest"])
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_somebody_else_has_changed_is_not_overwritten(
    run: Callable[..., Playground], tmp_path: Path
) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(MAPPING)
    running = run("shop.yaml")
    opened = running.get("/files").json["mapping"]
    file.write_text(MAPPING + "# theirs\r\n")
    answer = running.post("/save", {"text": "# mine\n", "digest": opened["digest"]})
    assert answer.status == 409
    assert answer.json["text"] == MAPPING + "# theirs\n"
    assert file.read_bytes().endswith(b"# theirs\r\n")
    decided = running.post("/save", {"text": "# mine\n", "digest": answer.json["digest"]})
    assert decided.status == 200
    assert file.read_text() == "# mine\n"


def test_a_file_that_somebody_has_deleted_is_a_conflict_too(run: Callable[..., Playground], tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(MAPPING)
    running = run("shop.yaml")
    opened = running.get("/files").json["mapping"]
    file.unlink()
    assert running.get("/changes").json == {"mapping": None, "events": None}
    answer = running.post("/save", {"text": "# mine\n", "digest": opened["digest"]})
    assert (answer.status, answer.json) == (409, {"text": None, "digest": None})
    assert running.post("/save", {"text": "# mine\n", "digest": None}).status == 200
    assert file.read_text() == "# mine\n"


def test_a_file_that_does_not_exist_yet_is_created_by_saving(run: Callable[..., Playground], tmp_path: Path) -> None:
    running = run("new.yaml")
    mapping = running.get("/files").json["mapping"]
    assert (mapping["exists"], mapping["digest"], mapping["saveable"]) == (False, None, True)
    assert not (tmp_path / "new.yaml").exists()
    arguments = {
        "mapping": {"name": "new.yaml", "text": mapping["text"]},
        "events": {"revision": 1, "text": ""},
    }
    assert running.post("/ask/evaluate", arguments).json["problems"] == []
    assert running.post("/save", {"text": mapping["text"], "digest": None}).status == 200
    assert (tmp_path / "new.yaml").read_text() == mapping["text"]
    _, err, _ = running.interrupt()
    assert "new.yaml does not exist yet: saving creates it" in err


def test_a_new_file_that_appears_meanwhile_is_a_conflict(run: Callable[..., Playground], tmp_path: Path) -> None:
    running = run("new.yaml")
    (tmp_path / "new.yaml").write_text("# theirs\n")
    answer = running.post("/save", {"text": "# mine\n", "digest": None})
    assert (answer.status, answer.json["text"]) == (409, "# theirs\n")
    assert (tmp_path / "new.yaml").read_text() == "# theirs\n"


def test_a_name_that_is_nearly_that_of_a_file_is_asked_about(run: Callable[..., Playground], tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(MAPPING)
    _, err, _ = run("shop.yml").interrupt()
    assert "shop.yml does not exist yet: saving creates it; did you mean shop.yaml?" in err


@pytest.mark.parametrize("name", ["telemap:platform", "telemap:examples/emf"])
def test_a_shipped_mapping_is_not_saved_but_can_be_kept_as_a_file(run: Callable[..., Playground], name: str) -> None:
    running = run(name)
    mapping = running.get("/files").json["mapping"]
    assert (mapping["saveable"], mapping["exists"]) == (False, True)
    assert "download" in mapping["advice"]
    answer = running.post("/save", {"text": mapping["text"] + "# mine\n", "digest": mapping["digest"]})
    assert (answer.status, answer.json["error"]) == (400, mapping["advice"])
    assert running.get("/files").json["mapping"] == mapping


def test_without_a_mapping_there_is_nothing_to_save(run: Callable[..., Playground]) -> None:
    answer = run().post("/save", {"text": "x", "digest": None})
    assert answer.status == 400
    assert "download" in answer.json["error"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "x"},
        {"digest": None},
        {"text": 1, "digest": None},
        {"text": "x", "digest": 1},
        {"text": "x", "digest": None, "name": "/etc/passwd"},
        {"text": "\ud800", "digest": None},
    ],
)
def test_saving_takes_a_text_and_a_digest_and_names_no_file(
    run: Callable[..., Playground], tmp_path: Path, body: dict[str, Any]
) -> None:
    answer = run("new.yaml").post("/save", body)
    assert answer.status == 400
    assert list(tmp_path.iterdir()) == []


def test_saving_keeps_mode_and_symbolic_links(run: Callable[..., Playground], tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "shop.yaml", tmp_path / "shop.yaml"
    real.write_text(MAPPING)
    real.chmod(0o640)
    link.symlink_to(real)
    running = run("shop.yaml")
    digest = running.get("/files").json["mapping"]["digest"]
    assert running.post("/save", {"text": "# mine\n", "digest": digest}).status == 200
    assert link.is_symlink()
    assert (real.read_text(), real.stat().st_mode & 0o777) == ("# mine\n", 0o640)


def test_saving_keeps_line_ends_and_the_byte_order_mark(run: Callable[..., Playground], tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_bytes("\ufeffversion: 1\r\ninclude: [telemap:default]\r\n".encode())
    running = run("shop.yaml")
    mapping = running.get("/files").json["mapping"]
    assert mapping["text"] == MAPPING
    assert running.post("/save", {"text": MAPPING + "# mine\n", "digest": mapping["digest"]}).status == 200
    assert file.read_bytes() == "\ufeffversion: 1\r\ninclude: [telemap:default]\r\n# mine\r\n".encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_cannot_be_written_is_reported_and_left_alone(
    run: Callable[..., Playground], tmp_path: Path
) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(MAPPING)
    file.chmod(0o444)
    running = run("shop.yaml")
    digest = running.get("/files").json["mapping"]["digest"]
    answer = running.post("/save", {"text": "# mine\n", "digest": digest})
    assert answer.status == 500
    assert "Permission denied" in answer.json["error"]
    assert file.read_text() == MAPPING


def test_a_folder_that_is_gone_is_reported(run: Callable[..., Playground], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    running = run("folder/new.yaml")
    (tmp_path / "folder").rmdir()
    answer = running.post("/save", {"text": "# mine\n", "digest": None})
    assert answer.status == 500
    assert "No such file or directory" in answer.json["error"]


def test_changes_of_both_files_are_noticed(run: Callable[..., Playground], tmp_path: Path) -> None:
    mapping, events = tmp_path / "shop.yaml", tmp_path / "events.ndjson"
    mapping.write_text(MAPPING)
    events.write_text(LINE)
    running = run("shop.yaml", "events.ndjson")
    files = running.get("/files").json
    first = running.get("/changes").json
    assert first == {name: files[name]["digest"] for name in ("mapping", "events")}
    os.utime(mapping)
    assert running.get("/changes").json == first
    mapping.write_text(MAPPING + "# theirs\n")
    second = running.get("/changes").json
    assert (second["mapping"] != first["mapping"], second["events"]) == (True, first["events"])
    with events.open("a") as stream:
        stream.write(LINE)
    third = running.get("/changes").json
    assert (third["mapping"], third["events"] != first["events"]) == (second["mapping"], True)
    assert running.get("/files").json["events"]["text"] == LINE * 2
    mapping.write_text(MAPPING)
    assert running.get("/changes").json["mapping"] == first["mapping"]


def test_a_file_that_is_replaced_is_noticed_even_if_size_and_time_stay_the_same(
    run: Callable[..., Playground], tmp_path: Path
) -> None:
    file, other = tmp_path / "shop.yaml", tmp_path / "other"
    file.write_text(MAPPING + "# 1\n")
    other.write_text(MAPPING + "# 2\n")
    time = file.stat().st_mtime_ns
    running = run("shop.yaml")
    first = running.get("/changes").json["mapping"]
    os.utime(other, ns=(time, time))
    other.replace(file)
    assert running.get("/changes").json["mapping"] != first


def test_a_mapping_includes_files_of_its_folder_and_no_others(run: Callable[..., Playground], tmp_path: Path) -> None:
    folder = tmp_path / "mappings"
    folder.mkdir()
    (tmp_path / "outside.yaml").write_text(MAPPING)
    (folder / "inside.yaml").write_text(MAPPING)
    (folder / "shop.yaml").write_text(MAPPING)
    running = run("mappings/shop.yaml")

    def problems(include: str, name: str = "mappings/shop.yaml") -> list[str]:
        arguments = {
            "mapping": {"name": name, "text": f"version: 1\ninclude: [{include}]\n"},
            "events": {"revision": 1, "text": ""},
        }
        return [one["code"] for one in running.post("/ask/evaluate", arguments).json["problems"]]

    assert problems("inside.yaml") == []
    assert problems("../outside.yaml") != []
    assert problems(str(tmp_path / "outside.yaml")) != []
    assert problems("outside.yaml", name=str(tmp_path / "shop.yaml")) != []
    assert problems("/etc/hostname") != []


@pytest.mark.parametrize("packed", [False, True])
def test_of_a_large_recording_the_page_gets_the_first_events_and_is_told_so(
    run: Callable[..., Playground], tmp_path: Path, *, packed: bool
) -> None:
    content = (LINE * MANY).encode()
    name = "events.ndjson.gz" if packed else "events.ndjson"
    (tmp_path / name).write_bytes(gzip.compress(content) if packed else content)
    events = run("telemap:default", name).get("/files").json["events"]
    lines = events["text"].splitlines()
    assert {json.dumps(json.loads(line)) for line in lines} == {json.dumps(EVENT)}
    assert 5_000_000 < len(events["text"]) <= 5 * 1024 * 1024 + 65536
    assert events["truncated"] == {
        "events": len(lines),
        "bytes": len(LINE) * len(lines) - 1,
        "of": None if packed else len(content),
    }


def test_of_a_large_log_the_page_gets_the_first_messages_as_events(
    run: Callable[..., Playground], tmp_path: Path
) -> None:
    line = "2026-03-02T08:14:09.404Z START RequestId: 5a1b0c2d-0000-4000-8000-0123456789ab Version: 1\n"
    (tmp_path / "log.txt").write_text(line * 80_000)
    events = run("telemap:default", "log.txt").get("/files").json["events"]
    assert json.loads(events["text"].split("\n")[0])["type"] == "platform.start"
    count = events["truncated"]["events"]
    assert count == events["text"].count("\n")
    assert events["truncated"] == {"events": count, "bytes": count * len(line), "of": 80_000 * len(line)}
    assert "a log with times" in events["note"]


def test_a_small_recording_may_be_packed(run: Callable[..., Playground], tmp_path: Path) -> None:
    (tmp_path / "events.json.gz").write_bytes(gzip.compress(json.dumps([EVENT, EVENT]).encode()))
    events = run("telemap:default", "events.json.gz").get("/files").json["events"]
    assert (json.loads(events["text"]), events["truncated"]) == ([EVENT, EVENT], None)


def test_a_recording_that_is_damaged_is_shown_up_to_there(run: Callable[..., Playground], tmp_path: Path) -> None:
    (tmp_path / "events.ndjson.gz").write_bytes(gzip.compress(os.urandom(20).hex().encode() + LINE.encode() * 9)[:-9])
    events = run("telemap:default", "events.ndjson.gz").get("/files").json["events"]
    assert "truncated" in events["note"]
    assert EVENT["record"] in events["text"]


def test_standard_input_is_read_once(run: Callable[..., Playground], tmp_path: Path) -> None:
    (tmp_path / "events.ndjson").write_text(LINE)
    with (tmp_path / "events.ndjson").open() as stdin:
        running = run("telemap:default", "-", stdin=stdin)
    events = running.get("/files").json["events"]
    assert (events["name"], events["text"]) == ("standard input", LINE)
    assert running.get("/changes").json["events"] == events["digest"]


@pytest.mark.integration
def test_a_mapping_may_come_from_a_pipe_and_is_then_not_saved(page: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    (tmp_path / "shop.yaml").write_text(MAPPING)
    writer = subprocess.Popen(["sh", "-c", "cat shop.yaml > pipe.yaml"], cwd=tmp_path)
    with playground(page, str(pipe)) as running:
        mapping = running.get("/files").json["mapping"]
        assert (mapping["text"], mapping["saveable"]) == (MAPPING, False)
        assert running.get("/files").json["mapping"] == mapping
        assert running.get("/changes").json["mapping"] == mapping["digest"]
    writer.wait()


def test_a_file_that_is_no_text_any_more_is_reported(run: Callable[..., Playground], tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(MAPPING)
    running = run("shop.yaml")
    file.write_bytes(b"version: 1\n\xff\n")
    answer = running.get("/files")
    assert answer.status == 500
    assert "not UTF-8 (line 2)" in answer.json["error"]
    file.write_text(MAPPING)
    assert running.get("/files").status == 200


def test_a_recording_that_cannot_be_read_any_more_is_told_each_time(
    run: Callable[..., Playground], tmp_path: Path
) -> None:
    (tmp_path / "shop.yaml").write_text(MAPPING)
    events = tmp_path / "events.ndjson"
    events.write_text(LINE)
    running = run("shop.yaml", "events.ndjson")
    digest = running.get("/files").json["events"]["digest"]

    def is_told() -> None:
        for _ in range(2):
            assert running.get("/changes").json["events"] is None
            files = running.get("/files").json
            assert files["mapping"]["text"] == MAPPING
            assert (files["events"]["text"], files["events"]["digest"]) == ("", None)
            assert "events.ndjson" in files["events"]["note"]

    events.unlink()
    is_told()
    events.mkdir()
    is_told()
    events.rmdir()
    os.mkfifo(events)
    is_told()
    events.unlink()
    events.write_text(LINE)
    assert running.get("/changes").json["events"] == digest


def test_a_mapping_that_becomes_a_pipe_is_not_opened(run: Callable[..., Playground], tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(MAPPING)
    running = run("shop.yaml")
    digest = running.get("/files").json["mapping"]["digest"]
    file.unlink()
    os.mkfifo(file)
    assert running.get("/changes").json["mapping"] is None
    for answer in (running.get("/files"), running.post("/save", {"text": "# mine\n", "digest": digest})):
        assert (answer.status, answer.json["error"]) == (500, "shop.yaml is no regular file any more")
    file.unlink()
    file.write_text(MAPPING)
    assert running.get("/changes").json["mapping"] == digest
