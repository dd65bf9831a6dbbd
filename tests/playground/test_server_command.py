"""`telemap playground` at the terminal: what it prints, refuses and returns."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from commands import run_command
from patience import await_until
from playground_server.process import Playground, playground, write_page

from telemap.cli import playground as command
from telemap.cli.playground.browser import can_open
from telemap.cli.playground.handler import Handler

RECORDING = Path(__file__).parents[1] / "events" / "warm_invokes.json"


@pytest.mark.integration
def test_the_address_is_printed_and_ctrl_c_ends_it(page: Path) -> None:
    with playground(page) as running:
        assert running.address == f"http://127.0.0.1:{running.port}/#token={running.token}"
        assert len(running.token) >= 43  # 256 bits
        out, err, code = running.interrupt()
    assert (out, code) == ("", 130)
    assert err == (
        "telemap: the playground runs until Ctrl-C; "
        "whoever has this address can read both files, and save the mapping:\n"
    )


@pytest.mark.integration
def test_ctrl_c_ends_it_also_while_connections_are_open(page: Path) -> None:
    with playground(page) as running, running.connect() as connection:
        connection.sendall(b"POST /save HT")
        assert running.interrupt()[2] == 130


@pytest.mark.integration
def test_each_run_has_another_token(page: Path) -> None:
    with playground(page) as first, playground(page) as second:
        assert first.token != second.token
        assert second.request("GET", "/files", headers=first.headers).status == 403


@pytest.mark.integration
def test_requests_print_nothing(page: Path) -> None:
    with playground(page) as running:
        for path in ("/", "/\x1b[31m", "/files", "/nothing"):
            running.raw(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        running.raw(b"\x1b[31m\r\n\r\n")
        running.post("/ask/%1b", {})
        _, err, _ = running.interrupt()
    assert err.count("\n") == 1
    assert "\x1b" not in err


def test_only_this_machine_can_connect(server: Playground) -> None:
    addresses = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, family=socket.AF_INET)}
    for address in addresses - {"127.0.0.1"}:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((str(address), server.port), timeout=5).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", server.port), timeout=5).close()


@pytest.mark.integration
def test_a_port_that_is_in_use_is_a_usage_error(page: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run_command("playground", "--page", str(page), "--port", str(port))
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr == f"telemap: port {port} is in use: choose another one, or leave out --port for one that is free\n"
    )


@pytest.mark.integration
def test_the_port_can_be_chosen(page: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    with playground(page, "--port", str(port)) as running:
        assert running.port == port


@pytest.mark.integration
def test_without_a_port_it_is_the_usual_one_or_else_a_free_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr(command, "PORT", port)
        with command.usual_server(Handler) as server:
            assert server.server_port != port
    with command.usual_server(Handler) as server:
        assert server.server_port == port


@pytest.mark.parametrize("port", ["-1", "65536", "x", "", "1e3", "\u0661"])
def test_what_is_no_port_is_a_usage_error(port: str) -> None:
    done = run_command("playground", f"--port={port}")
    assert done.returncode == 2
    assert "is not a port, a number from 0 to 65535" in done.stderr


@pytest.mark.integration
@pytest.mark.parametrize("site", ["https://docs.example.com/playground/index.html", "http://127.0.0.1:8000"])
def test_the_page_is_told_where_shared_links_open(page: Path, site: str) -> None:
    with playground(page, "--site", f"{site}#shop") as running:
        assert running.get("/files").json["site"] == site


@pytest.mark.parametrize(
    "site", ["", "docs.example.com", "javascript:alert(1)", "https://", "https://a b", "https://u@h/"]
)
def test_what_is_no_address_is_a_usage_error(site: str) -> None:
    done = run_command("playground", f"--site={site}")
    assert done.returncode == 2
    assert "is not the address of a page" in done.stderr


def test_without_its_page_the_command_names_the_cure(tmp_path: Path) -> None:
    done = run_command("playground", "--page", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "make playground" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["missing"], "no such file: missing"),
        (["nowhere/new.yaml"], "no such directory"),
        (["telemap:nothing"], "no shipped mapping 'telemap:nothing'"),
        ([""], "the name of a file is empty"),
        (["-"], "this command cannot read a mapping from standard input: name a file"),
        (["."], ". is a directory"),
        (["a.test.yaml"], "a.test.yaml is a mapping test"),
        ([str(RECORDING)], "is a recording: name the mapping first"),
        (["telemap:default", "missing.json"], "cannot read missing.json: No such file or directory"),
        (["telemap:default", "."], "cannot read .: Is a directory"),
        (["latin-1.yaml"], "latin-1.yaml is not UTF-8 (line 2): save it as UTF-8"),
        (["telemap:default", "events.zip"], "events.zip: this is a zip archive"),
        (["telemap:default", "a.json", "b.json"], "unexpected argument 'b.json'"),
        (["telemap:default", "a.json", "--events", "b.json"], "EVENTS is given twice"),
    ],
)
def test_what_cannot_be_opened_is_a_usage_error(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = write_page(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.test.yaml").write_text("version: 1\ntests: {}\n")
    (tmp_path / "latin-1.yaml").write_bytes(b"version: 1\n# caf\xe9\n")
    (tmp_path / "events.zip").write_bytes(b"PK\x03\x04")
    done = run_command("playground", "--page", str(page), *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


@pytest.mark.integration
def test_the_browser_gets_the_address(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" >{opened}.part && mv {opened}.part {opened}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    with playground(page, opens=True) as running:
        await_until(opened.exists)
        assert opened.read_text() == f"{running.address}\n"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, False),
        ({"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22", "BROWSER": "/helper.sh"}, True),
        ({"SSH_TTY": "/dev/pts/0", "DISPLAY": "localhost:10.0"}, False),
    ],
)
def test_a_browser_is_opened_only_where_the_reader_sees_it(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], *, expected: bool
) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert can_open() is expected
