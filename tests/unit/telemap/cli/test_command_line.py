"""Command lines with a mistake: each is reported in one line, with what was probably meant."""

from __future__ import annotations

import gzip
import os
import shlex
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from telemap.cli import GROUP, main

if TYPE_CHECKING:
    from collections.abc import Sequence

EVENT = '{"time": "2026-03-02T08:14:09.359Z", "type": "function", "record": "a line\\n"}\n'
MAPPING = "version: 1\nmetrics:\n  lines_total: {type: counter, help: Lines., from: function}\n"

LOOKS_LIKE_A_RECORDING = "this looks like a recording: name the mapping first, then the recording, or use --events\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("mappings").mkdir()
    Path("mappings/thumbs.yaml").write_text(MAPPING)
    Path("mappings/thumbs.test.yaml").write_text("tests: {}\n")
    Path("empty").mkdir()
    Path("recorded.ndjson").write_text(EVENT * 2)
    Path("recorded.json").write_text(f"[\n{EVENT}]\n")
    Path("recorded.json.gz").write_bytes(gzip.compress(EVENT.encode()))
    return tmp_path


def refused(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return the line that a command line is refused with."""
    try:
        code: object = main(words)
    except SystemExit as end:
        code = end.code
    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    (line,) = told.err.splitlines()
    return line


@pytest.mark.parametrize(
    ("words", "line", "more"),
    [
        ("validat", "telemap: unknown command 'validat'; did you mean 'validate'?", "telemap --help lists them"),
        ("zzz --help", "telemap: unknown command 'zzz'", "telemap --help lists them"),
        ("--vresion", "telemap: unknown option --vresion; did you mean --version?", "telemap --help lists them"),
        (
            "validate --srtict m.yaml",
            "telemap validate: unknown option --srtict; did you mean --strict?",
            "telemap validate --help lists them",
        ),
        # An unknown option is told before what is lacking, and options cannot be cut short.
        (
            "validate --str",
            "telemap validate: unknown option --str; did you mean --strict?",
            "telemap validate --help lists them",
        ),
        ("preview -e=r", "telemap preview: unknown option -e", "telemap preview --help lists them"),
        (
            "compile",
            "telemap compile: MAPPING is missing",
            "see telemap compile --help",
        ),
        (
            "explain m.yaml r.ndjson s.ndjson",
            "telemap explain: unexpected argument 's.ndjson'",
            "see telemap explain --help",
        ),
        (
            "compile m.yaml n.yaml",
            "telemap compile: unexpected argument 'n.yaml'",
            "see telemap compile --help",
        ),
        (
            "preview m.yaml r.ndjson --strict",
            "telemap preview: unknown option --strict",
            "telemap preview --help lists them",
        ),
        (
            "preview m r --limit x",
            "telemap preview: --limit: 'x' is not a non-negative integer",
            "see telemap preview --help",
        ),
        ("preview m r --limit", "telemap preview: --limit: a value is missing", "see telemap preview --help"),
        (
            "preview m r --format jsno",
            "telemap preview: --format: unknown value 'jsno'; expected text or json",
            "see telemap preview --help",
        ),
        (
            "sandbox --cpu-share 3/0",
            "telemap sandbox: --cpu-share: '3/0' is not a number between 0.01 and 1, such as 0.5 or 1/14",
            "see telemap sandbox --help",
        ),
        (
            "schema foo",
            "telemap schema: SCHEMA: unknown value 'foo'; expected mapping, test or event",
            "see telemap schema --help",
        ),
        ("hepl", "telemap: unknown command 'hepl'; did you mean 'help'?", "telemap --help lists them"),
        ("version now", "telemap: unexpected argument 'now'", "see telemap --help"),
        ("help explain preview", "telemap: unexpected argument 'preview'", "see telemap --help"),
        ("-- validate", "telemap: unexpected argument '--'", "see telemap --help"),
        ("validate m.yaml --strict=1", "telemap validate: --strict: takes no value", "see telemap validate --help"),
    ],
)
def test_syntax_error_is_reported_in_one_line(
    words: str, line: str, more: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(words.split(), capsys) == f"{line} ({more})"


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("preview telemap:default r.ndjson --diff=", "--diff"),
        ("preview telemap:default --events=", "--events"),
        ("unmatched --event= telemap:default", "--event"),
        ("unmatched --mapping= --events=r.ndjson", "--mapping"),
        ("compile telemap:default --output=", "--output"),
        ("test --junit=", "--junit"),
        ("explain ''", "MAPPING"),
        ("preview telemap:default ''", "EVENTS"),
        ("validate ''", "FILE"),
        ("test ''", "FILE"),
        ("record ''", "FILE"),
        ("record r.ndjson -o ''", "--output"),
        ("sandbox --record=", "--record"),
    ],
)
def test_empty_file_name_is_reported_with_its_option(
    words: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = words.partition(" ")[0]
    line = refused(shlex.split(words), capsys)
    assert line == f"telemap {command}: {option}: the name of a file is empty (see telemap {command} --help)"


@pytest.mark.parametrize(
    "words",
    [
        ["preview", "--events=recorded.ndjson", "--mapping", "mappings/thumbs.yaml", "--env", "A=-b"],
        ["explain", "--number", "1", "--events", "recorded.ndjson", "--", "mappings/thumbs.yaml"],
        ["compile", "-omine.plan", "mappings/thumbs.yaml"],
        ["schema"],
        ["preview", "mappings/thumbs.yaml", "recorded.ndjson"],
        [
            "preview",
            "mappings/thumbs.yaml",
            "--skip-bad-lines",
            "recorded.ndjson",
            "--limit=3",
            "--diff",
            "telemap:logs",
        ],
        ["preview", "--events", "recorded.ndjson", "mappings/thumbs.yaml"],
        ["unmatched", "--format", "yaml", "mappings/thumbs.yaml", "recorded.ndjson"],
        ["explain", "mappings/thumbs.yaml", "--metric", "*", "recorded.ndjson"],
    ],
)
def test_options_are_accepted_in_every_form(words: list[str]) -> None:
    assert main(words) == 0


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("-", "this command cannot read a mapping from standard input: name a file"),
        ("mappings/thumb.yaml", "no such file: mappings/thumb.yaml; did you mean mappings/thumbs.yaml?"),
        ("mappings/thumbs", "no such file: mappings/thumbs; did you mean mappings/thumbs.yaml?"),
        ("mappings/q.yaml", "no such file: mappings/q.yaml"),
        ("no/folder.yaml", "no such file: no/folder.yaml"),
        ("recorded.ndjson/x.yaml", "no such file: recorded.ndjson/x.yaml"),
        ("mappings", "mappings is a directory: name a mapping in it, such as mappings/thumbs.yaml"),
        ("empty", "empty is a directory, and it contains no mapping"),
        (
            "mappings/thumbs.test.yaml",
            "mappings/thumbs.test.yaml is a mapping test; run it with: telemap test mappings/thumbs.test.yaml",
        ),
        ("telemap:platfrom", "no shipped mapping 'telemap:platfrom'; did you mean telemap:platform?"),
        ("m" * 300, f"cannot read {'m' * 300}: File name too long"),
    ],
)
@pytest.mark.parametrize(
    "command",
    ["explain", "compile", "preview --events recorded.ndjson --mapping", "demo --mapping", "sandbox --mapping"],
)
def test_invalid_mapping_name_is_reported_with_suggestion(
    command: str, name: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused([*command.split(), name], capsys) == f"telemap: {line}"


@pytest.mark.parametrize("command", ["preview", "unmatched", "demo", "sandbox"])
def test_naming_mapping_or_events_twice_is_usage_error(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    twice = refused([command, "a.yaml", "recorded.ndjson", "--mapping", "b.yaml"], capsys)
    assert twice == "telemap: MAPPING is given twice: 'a.yaml' and --mapping 'b.yaml'"
    twice = refused([command, "telemap:default", "r.ndjson", "--events", "s.ndjson"], capsys)
    assert twice == "telemap: EVENTS is given twice: 'r.ndjson' and --events 's.ndjson'"


@pytest.mark.parametrize("command", ["preview", "unmatched"])
def test_missing_events_are_usage_error(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    missing = "telemap: EVENTS is missing: name recorded events after the mapping, or with --events"
    assert refused([command, "telemap:default"], capsys) == missing


@pytest.mark.parametrize("command", ["preview", "unmatched"])
def test_falling_back_to_the_default_mapping_is_reported(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--events", "recorded.ndjson"]) == 0
    assert capsys.readouterr().err.startswith("telemap: no mapping given, using telemap:default\n")


@pytest.mark.parametrize("content", ["", "[]", "[1]\n", '{"a": 1}\n'])
@pytest.mark.parametrize("command", ["preview", "unmatched", "explain", "demo", "sandbox", "record"])
def test_recording_without_events_exits_with_1(command: str, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("r.ndjson").write_text(content)
    words = [command, "r.ndjson"] if command == "record" else [command, "telemap:default", "r.ndjson"]
    assert main(words) == 1
    assert "no telemetry events in r.ndjson" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "printed"), [("version", "telemap 0"), ("help", "usage: telemap"), ("help test", "usage: telemap test")]
)
def test_version_and_help_are_commands(words: str, printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(words.split())
    assert (end.value.code, capsys.readouterr().out.startswith(printed)) == (0, True)


@pytest.mark.integration
def test_only_the_named_command_is_loaded() -> None:
    program = "import sys; from telemap.cli import GROUP, main; main(['schema', '--path']); print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", program], text=True).split()
    modules = {entry.module for entry in entry_points(group=GROUP)}
    assert modules & set(loaded) == {"telemap.cli.schema"}


def test_unknown_shipped_mapping_is_reported_with_all_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert ": telemap ships telemap:aws-sample, telemap:default, " in refused(["compile", "telemap:zzz"], capsys)


@pytest.mark.parametrize("name", ["recorded.ndjson", "recorded.json", "recorded.json.gz"])
@pytest.mark.parametrize("command", ["explain", "compile", "demo --mapping"])
def test_recording_named_as_mapping_is_recognized(command: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), name]) == 1
    told = capsys.readouterr().err
    assert told.count(" error: ") == 1
    assert told.endswith("   help: " + LOOKS_LIKE_A_RECORDING)


def shell(line: str) -> subprocess.CompletedProcess[str]:
    program = f"{shlex.quote(sys.executable)} -m telemap {line}"
    return subprocess.run(program, shell=True, capture_output=True, text=True, check=False)  # noqa: S602 - a shell's own ways are tried


@pytest.mark.integration
@pytest.mark.parametrize(
    "command", ["schema", "--help", "--version", "validate --help", "preview telemap:default recorded.ndjson"]
)
@pytest.mark.parametrize(("where", "why"), [(">&-", "Bad file descriptor"), (">/dev/full", "No space left on device")])
def test_unwritable_output_is_reported(command: str, where: str, why: str) -> None:
    done = shell(f"{command} {where}")

    assert (done.returncode, done.stderr) == (1, f"telemap: cannot write the output: {why}\n")


@pytest.mark.integration
def test_closed_stderr_does_not_redirect_problems_to_stdout() -> None:
    done = shell("compile no-such.yaml 2>&-")

    assert (done.returncode, done.stdout) == (2, "")


@pytest.fixture
def broken_command(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which another package adds a command that fails unexpectedly."""
    metadata = tmp_path / "broken-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(f"[{GROUP}]\nbreak = broken\n")
    (tmp_path / "broken.py").write_text(
        "HELP = 'Fail.'\ndef add_arguments(parser): pass\ndef run(arguments): raise KeyError('no\\x1bsuch word')\n"
    )
    return {**os.environ, "PYTHONPATH": str(tmp_path)}


@pytest.mark.integration
def test_internal_error_is_one_line_and_a_traceback_in_development_mode(broken_command: dict[str, str]) -> None:
    def broken(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *options, "-m", "telemap", "break"]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=broken_command)

    done = broken()
    assert (done.returncode, done.stdout) == (1, "")
    first, advice = done.stderr.splitlines()
    assert first == r"telemap: internal error in telemap: KeyError: 'no\x1bsuch word'"
    assert "python -X dev -m telemap" in advice
    done = broken("-X", "dev")
    assert done.returncode == 1
    assert "\nKeyError: " in done.stderr
