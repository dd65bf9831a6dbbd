"""No command lets text from events, keys, files, names, mappings, arguments or gateways control a terminal or a CI."""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import tempfile
import unicodedata
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from extension.recording_server import RecordingServer, Request
from hypothesis import given, settings
from hypothesis import strategies as st
from playground_server.process import write_page

import telemap
from telemap.cli import GROUP, main
from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TEXTS = {
    "control": "x\x1b[31mred\x1b]0;title\x07\b\r\t\v\f\x7f",
    "all of C0": "".join(map(chr, range(1, 32))),
    "C1": "".join(map(chr, range(0x80, 0xA0))),
    "line": "a\n::error::pwned",
    "lines": "\r\n::error::pwned\u2028::error::pwned\u2029\x85::error::pwned",
    "command": "::error::pwned",
    "command after blanks": "  ::set-output name=a::pwned",
    "older command": "##[error]pwned ###[add-mask]pwned ##vso[task.setvariable variable=a]pwned",
    "bidirectional": "a\u202eb\u2066c\u200f\u061c",
    "invisible": "a\u200bb\u200dc\u2060d\ufeffe\u00adf\u3164g\ufe0fh\U000e0041i",
    "surrogates": "a\udcffb\udc9b",
    "markup": "[red]x[/] [/red] [link=http://x]y :warning: \\[",
    "percent": "%(prog)s %s {x} {} %",
}


@dataclass(frozen=True)
class Run:
    """A run of a command.

    Attributes:
        arguments: of the command.
        is_data: whether standard output is data for programs, which is exact unless it goes to a terminal.
    """

    arguments: tuple[str, ...]
    is_data: bool = False


def for_a_mapping(text: str) -> str:
    """Write a text as a mapping may have it: without the characters that none may have."""
    kept = "".join(one for one in text if unicodedata.category(one) not in {"Cc", "Cs"})
    return json.dumps(kept or "x", ensure_ascii=False)


class Files:
    """Files that hold a text wherever they can, and bear it in their names."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        self.text = text
        self.name = text.replace("/", "")[:60]
        with contextlib.suppress(UnicodeEncodeError):  # only some lone surrogates stand for bytes of a name
            os.fsencode(self.name)
            return
        self.name = "name"

    def write(self, ending: str, content: str) -> str:
        path = self.folder / f"{self.name}{ending}"
        path.write_text(content, encoding="utf-8", errors="surrogatepass")
        return str(path)

    @property
    def mapping(self) -> str:
        return self._mapping(".yaml")

    def _mapping(self, ending: str) -> str:
        text = for_a_mapping(self.text)
        return self.write(
            ending,
            f"""
version: 1
metrics:
  a_total:
    type: counter
    help: {text}
    from: function
    parse: json
    when: [{{path: $.record.a, not_equals: {text}}}, {{path: $.record.a, matches: "."}}]
    labels: {{a: {{path: $.record.a}}, b: {text}}}
  b_total: {{type: counter, help: B., from: [function, {text}]}}
""",
        )

    @property
    def broken_mapping(self) -> str:
        text = json.dumps(self.text)
        return self.write(
            " broken.yaml",
            f"""
version: 1
include: [{text}, telemap:{self.name.strip()}]
metrics:
  {text}: {{type: {text}, help: h, {text}: x, labels: {{{text}: {text}}}}}
  a_total: {{type: counter, help: h, from: function, value: {text}, when: [{{path: {text}, {text}: 1}}]}}
# {self.text}
""",
        )

    @property
    def events(self) -> str:
        record = {self.text: self.text, "a": self.text, "list": [{self.text: 1}], "error": self.text}
        events: list[Any] = [
            {"time": self.text, "type": "function", "record": json.dumps(record)},
            {"time": self.text, "type": self.text, "record": record},
            {"time": self.text, "type": "platform.report", "record": {**record, "requestId": self.text}},
            self.text,
            {"type": [self.text]},
        ]
        return self.write(".ndjson", "".join(f"{json.dumps(event)}\n" for event in events))

    @property
    def broken_events(self) -> str:
        return self.write(" broken.ndjson", f'{{"type": "function"}}\n{{"type": {self.text}\n')

    @property
    def log(self) -> str:
        event = {"type": self.text, self.text: self.text}
        line = {"telemapRecord": {"process": self.text, "number": 1, "event": event}}
        end = {"telemapRecord": {"process": self.text, "number": 2, "end": self.text}}
        return self.write(".log", f"{json.dumps(line)}\n{json.dumps(end)}\n")

    @property
    def test(self) -> str:
        self._mapping(" tested.yaml")
        text = for_a_mapping(self.text)
        return self.write(
            " tested.test.yaml",
            f"""
version: 1
tests:
  {text}:
    events: [{{type: function, record: {text}}}]
    expect:
      series: {{a_total: 7, {text}: 1}}
      exposition: {text}
  other:
    events: [{{type: function, record: {text}}}]
    expect: {{exposition: {text}}}
""",
        )

    @property
    def broken_test(self) -> str:
        self._mapping(" other.yaml")
        text = json.dumps(self.text)
        return self.write(" other.test.yaml", f"version: 1\ntests: {{{text}: {{events: {text}, {text}: {text}}}}}\n")


def run_compile(files: Files) -> Iterator[Run]:
    yield Run((files.mapping,))
    yield Run((files.mapping, "-o", str(files.folder / files.name / "plan")))
    yield Run((files.broken_mapping,))


def run_monitoring(files: Files) -> Iterator[Run]:
    for mapping in (files.mapping, files.broken_mapping):
        for delivery in ("gateway", "remote-write", "victoria-metrics"):
            yield Run((mapping, "--delivery", delivery), is_data=True)
    yield Run((files.mapping, "--delivery", files.text))


def run_explain(files: Files) -> Iterator[Run]:
    yield Run((files.mapping,))
    yield Run((files.mapping, "--code"))
    yield Run((files.mapping, "--format", "json"))
    yield Run((files.mapping, "--metric", files.text))
    for mapping in (files.mapping, "telemap:platform", files.broken_mapping):
        yield Run((mapping, "--events", files.events, "--all"))
        yield Run((mapping, "--events", files.events, "--format", "json"))
    yield Run((files.mapping, "--events", files.events, "--type", files.text))
    yield Run((files.mapping, "--events", files.broken_events))


def run_preview(files: Files) -> Iterator[Run]:
    given = ("--mapping", files.mapping, "--events", files.events)
    yield Run(given, is_data=True)
    yield Run((*given, "--format", "json"))
    yield Run((*given, "--cardinality"))
    yield Run((*given, "--diff", "telemap:platform"))
    yield Run((*given, "--env", files.text))
    yield Run(("--mapping", files.mapping, "--events", files.broken_events, "--skip-bad-lines"), is_data=True)
    yield Run(("--mapping", files.events, "--events", files.events))


def run_playground(files: Files) -> Iterator[Run]:
    page = write_page(files.folder)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        given = ("--page", str(page), "--port", str(taken.getsockname()[1]))  # so that it ends
        yield Run((*given, files.mapping, files.events))
        yield Run((*given, str(files.folder / f"{files.name} new.yaml")))
        yield Run((*given, files.mapping, f"{files.name}.missing"))
        yield Run((*given, f"telemap:{files.name.strip()}"))
        yield Run((*given, files.events))
    yield Run(("--page", files.name or "x"))
    yield Run(("--port", files.text))


def run_record(files: Files) -> Iterator[Run]:
    for name in (files.log, files.events, files.broken_events):
        yield Run((name,))
        yield Run((name, "--with-logs"))
    yield Run((files.log, "-o", str(files.folder / files.name / "x")))


def run_sandbox(files: Files) -> Iterator[Run]:
    yield Run(("--mapping", files.mapping, "--events", files.events, "--env", "TELEMAP_RECORD=log"))
    yield Run(("--mapping", files.broken_mapping, "--invocations", "1", "--format", "json"))
    yield Run(("--gateway", f"http://{files.text}", "--invocations", "1", "--record", f"{files.name}.gz"))
    yield Run(("--events", files.broken_events))
    yield Run(("--cpu-share", files.text))


def run_demo(files: Files) -> Iterator[Run]:
    yield Run(("--mapping", files.mapping, "--events", files.events), is_data=True)
    yield Run(("--mapping", files.broken_mapping))


def run_schema(files: Files) -> Iterator[Run]:
    yield Run((files.text,))
    yield Run(("--path",))


def run_sweep(files: Files) -> Iterator[Run]:
    group = {
        "labels": {"job": files.text, files.text: files.text},
        "push_time_seconds": {"metrics": [{"value": "1"}]},
        "telemap_mapping_info": {},
    }

    def listed(request: Request) -> Answer:
        if request.method == "DELETE":
            return Answer(500, files.text.encode(errors="replace"))
        return Answer(200, json.dumps({"status": "success", "data": [group]}).encode())

    with RecordingServer(listed) as gateway:
        yield Run(("--gateway", gateway.url))
        yield Run(("--gateway", gateway.url, "--dry-run", "--job", files.text))
        yield Run(("--gateway", gateway.url, "--format", "json"))
    with RecordingServer(lambda _: Answer(500, files.text.encode(errors="replace"))) as gateway:
        yield Run(("--gateway", gateway.url))
    yield Run(("--gateway", f"http://{files.text}"))
    yield Run(("--older-than", files.text))


def run_test(files: Files) -> Iterator[Run]:
    for form in ("text", "json"):
        yield Run((files.test, "--coverage", "--format", form))
    yield Run((files.test, "--run", files.text))
    yield Run((files.test, "--run", f"{files.text}("))
    yield Run((files.mapping,))
    yield Run((files.broken_test,))
    yield Run((files.test, "--junit", files.mapping))
    yield Run((files.test, "--update"))


def run_init(files: Files) -> Iterator[Run]:
    output = files.folder / f"{files.name}.init.yaml"
    yield Run((files.events, "--output", str(output)))
    yield Run((files.events, "--output", str(output)))  # the file exists
    yield Run((files.broken_events, "--output", f"{output}.yaml"))


def run_unmatched(files: Files) -> Iterator[Run]:
    for form in ("text", "json"):
        yield Run(("--events", files.events, "--format", form))
    yield Run(("--events", files.events, "--format", "yaml"), is_data=True)
    yield Run(("--mapping", files.mapping, "--events", files.events))
    yield Run(("--events", files.broken_events))


def run_validate(files: Files) -> Iterator[Run]:
    for form in ("text", "json"):
        yield Run((files.mapping, files.broken_mapping, "--format", form))
    yield Run((files.mapping, "--strict"))
    yield Run((str(files.folder),))
    yield Run((files.test,))


RUNS: dict[str, Callable[[Files], Iterator[Run]]] = {
    "compile": run_compile,
    "dashboard": run_monitoring,
    "demo": run_demo,
    "explain": run_explain,
    "init": run_init,
    "playground": run_playground,
    "preview": run_preview,
    "record": run_record,
    "rules": run_monitoring,
    "sandbox": run_sandbox,
    "schema": run_schema,
    "sweep": run_sweep,
    "test": run_test,
    "unmatched": run_unmatched,
    "validate": run_validate,
}
"""What is run of each command. A command that is missing here is one whose text nobody has looked at."""


def test_every_command_is_looked_at() -> None:
    assert set(RUNS) == {entry.name for entry in entry_points(group=GROUP)}


class Terminal(io.TextIOWrapper):
    """A terminal without colours."""

    def isatty(self) -> bool:
        return True


def run(arguments: tuple[str, ...], stream: Callable[..., io.TextIOWrapper]) -> tuple[str, str]:
    """Run a command; return what came out on standard output and on standard error."""
    buffers = io.BytesIO(), io.BytesIO()
    out, err = (stream(buffer, encoding="utf-8", errors="backslashreplace") for buffer in buffers)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), contextlib.suppress(SystemExit):
        main(arguments)
    for one in (out, err):
        one.flush()
    return buffers[0].getvalue().decode(), buffers[1].getvalue().decode()


def assert_harmless(output: str, arguments: tuple[str, ...]) -> None:
    """Assert that nothing but line feeds controls a terminal, and that no line is a command to a CI system."""
    lines = output.split("\n")
    assert not [line for line in lines if not line.isprintable()], arguments
    assert not [line for line in lines if line.lstrip().startswith("::") or "##[" in line or "##vso[" in line], (
        arguments
    )


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("NO_COLOR", "1")


WITH_SERVERS = {"demo", "playground", "sandbox", "sweep"}


@pytest.mark.parametrize("command", sorted({*RUNS} - WITH_SERVERS))
@pytest.mark.parametrize("text", TEXTS)
def test_no_output_of_a_command_controls_anything(command: str, text: str, tmp_path: Path) -> None:
    check(command, TEXTS[text], tmp_path)


UNTRUSTED = st.characters(codec=None, categories=["Cc", "Cf", "Cs", "Co", "Mn", "Zl", "Zp", "Zs"])


@settings(max_examples=10, deadline=None)
@given(
    st.sampled_from(sorted({*RUNS} - WITH_SERVERS)),
    st.text(UNTRUSTED | st.sampled_from("ab:#[]\\/"), min_size=1, max_size=12),
)
def test_no_output_controls_anything_whatever_the_text(command: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check(command, text.replace("\0", "\x01"), Path(folder))


@pytest.mark.integration
@pytest.mark.parametrize("command", ["playground", "sweep"])
@pytest.mark.parametrize("text", TEXTS)
def test_no_output_of_a_command_that_uses_the_network_controls_anything(
    command: str, text: str, tmp_path: Path
) -> None:
    check(command, TEXTS[text], tmp_path)


@pytest.mark.integration
@pytest.mark.parametrize("command", ["demo", "sandbox"])
@pytest.mark.parametrize("text", ["line", "markup"])
def test_no_output_of_a_command_that_runs_the_extension_controls_anything(
    command: str, text: str, tmp_path: Path
) -> None:
    check(command, TEXTS[text] + TEXTS["control"] + TEXTS["invisible"], tmp_path)


def check(command: str, text: str, folder: Path) -> None:
    for one in RUNS[command](Files(folder, text)):
        arguments = (command, *one.arguments)
        out, err = run(arguments, io.TextIOWrapper)
        assert_harmless(err, arguments)
        if not one.is_data:
            assert_harmless(out, arguments)
        else:
            shown, _ = run(arguments, Terminal)
            assert_harmless(shown, arguments)


@pytest.mark.parametrize("text", TEXTS)
def test_no_usage_error_controls_anything(text: str) -> None:
    given = TEXTS[text]
    for arguments in [
        (given,),
        (f"--{given}",),
        *((command, f"--{given}=x") for command in RUNS),
        *((command, "--format", given) for command in RUNS),
        *((command, *([given] * 9)) for command in RUNS if command != "record"),
        *((command, "--events", given, "--mapping", given) for command in RUNS),
    ]:
        out, err = run(arguments, io.TextIOWrapper)
        assert_harmless(out, arguments)
        assert_harmless(err, arguments)


@pytest.mark.parametrize("text", TEXTS)
def test_annotations_hold_no_control_characters(text: str, tmp_path: Path) -> None:
    files = Files(tmp_path, TEXTS[text])
    for arguments in (
        ("validate", files.broken_mapping, "--format", "github"),
        ("test", files.test, "--format", "github", "--coverage"),
    ):
        out, err = run(arguments, io.TextIOWrapper)
        assert_harmless(err, arguments)
        lines = out.splitlines()
        assert lines
        assert all(
            line.isprintable() and line.startswith(("::error file=", "::warning file=", "::notice file="))
            for line in lines
        )


@pytest.mark.parametrize("text", TEXTS)
def test_data_in_a_pipe_is_exact(text: str, tmp_path: Path) -> None:
    files = Files(tmp_path, TEXTS[text])
    out, _ = run(("preview", "--mapping", files.mapping, "--events", files.events), io.TextIOWrapper)
    lines = Path(files.events).read_text(encoding="utf-8").splitlines()
    plan = telemap.compile(telemap.load(files.mapping))
    assert out == telemap.render(telemap.apply(plan, map(json.loads, lines)))
