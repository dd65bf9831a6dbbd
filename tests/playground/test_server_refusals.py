"""The local server answers its own page, and nobody else."""

from __future__ import annotations

import json
import re
import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playground_server.process import Playground

MIB = 1024 * 1024


def head(playground: Playground, *lines: str, target: str = "GET /files", host: str | None = None) -> bytes:
    """Write the head of a request with the token, the connection to be closed after it."""
    named = f"127.0.0.1:{playground.port}" if host is None else host
    return "".join(
        f"{line}\r\n"
        for line in (
            f"{target} HTTP/1.1",
            *([f"Host: {named}"] if named else []),
            f"X-Telemap-Token: {playground.token}",
            "Connection: close",
            *lines,
            "",
        )
    ).encode("latin-1")


def status_of(answer: bytes) -> int:
    match = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    assert match, answer
    return int(match[1])


def reason_of(answer: bytes) -> str:
    return str(json.loads(answer.partition(b"\r\n\r\n")[2])["error"])


def test_the_page_gets_what_it_asks_for(server: Playground) -> None:
    assert status_of(server.raw(head(server))) == 200
    assert server.get("/files").json == {"mapping": None, "events": None, "site": None, "documentation": None}
    assert server.post("/ask/hello", {}).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "127.0.0.1@evil.example",
        "127.0.0.2",
        "0.0.0.0",  # noqa: S104 - as a name
        "127.0.0.1:x",
        "127.0.0.1:80:80",
        "[::1].evil.example",
        " ",
        "",
    ],
)
def test_another_host_is_refused_so_no_name_can_be_rebound_to_this_machine(server: Playground, host: str) -> None:
    for target in ("GET /", "GET /files", "POST /ask/hello"):
        answer = server.raw(head(server, target=target, host=host))
        assert status_of(answer) == 403
        assert "127.0.0.1" in reason_of(answer)


def test_two_hosts_are_refused(server: Playground) -> None:
    assert status_of(server.raw(head(server, f"Host: 127.0.0.1:{server.port}"))) == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:9000", "[::1]:9000"])
def test_names_of_this_machine_are_answered_on_any_port_for_tunnels_may_listen_on_another(
    server: Playground, host: str
) -> None:
    assert status_of(server.raw(head(server, f"Origin: http://{host}", host=host))) == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://127.0.0.1",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://localhost:{port}",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1:{port}.evil.example",
        "http://127.0.0.1:{port}/",
        "file://",
        "null",
        "",
    ],
)
def test_another_origin_is_refused_even_with_the_token(server: Playground, origin: str) -> None:
    header = f"Origin: {origin.format(port=server.port)}"
    for target in ("GET /", "GET /files", "POST /save", "POST /ask/hello"):
        assert status_of(server.raw(head(server, header, target=target))) == 403


def test_a_second_origin_is_refused(server: Playground) -> None:
    own = f"Origin: http://127.0.0.1:{server.port}"
    assert status_of(server.raw(head(server, own, "Origin: http://evil.example"))) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_what_another_site_sends_is_refused(server: Playground, site: str) -> None:
    for target in ("GET /", "GET /page-0A1B2C3D.js", "GET /files", "POST /ask/hello"):
        assert status_of(server.raw(head(server, f"Sec-Fetch-Site: {site}", target=target))) == 403


def test_a_link_elsewhere_may_open_the_page_but_nothing_else(server: Playground) -> None:
    opened = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")
    assert status_of(server.raw(head(server, *opened, target="GET /"))) == 200
    assert status_of(server.raw(head(server, *opened, target="GET /files"))) == 403
    framed = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe")
    assert status_of(server.raw(head(server, *framed, target="GET /"))) == 403


@pytest.mark.parametrize("path", ["/files", "/changes", "/save", "/ask/hello", "/nothing"])
@pytest.mark.parametrize("token", [None, "", "wrong", "{token}x", "{half}", "t\xf6ken"])
def test_without_the_token_nothing_is_told(server: Playground, path: str, token: str | None) -> None:
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["X-Telemap-Token"] = token.format(token=server.token, half=server.token[:20])
    method = "POST" if path in {"/save", "/ask/hello"} else "GET"
    answer = server.request(method, path, b"{}" if method == "POST" else None, headers)
    assert answer.status == 403
    assert "token" in answer.json["error"]


def test_two_tokens_are_none(server: Playground) -> None:
    assert status_of(server.raw(head(server, f"X-Telemap-Token: {server.token}"))) == 403


def test_the_token_in_the_address_is_not_looked_at(server: Playground) -> None:
    assert server.request("GET", f"/files?token={server.token}").status == 403


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/plain; application/json",
        "application/json-patch+json",
        "",
    ],
)
def test_forms_are_refused(server: Playground, content_type: str | None) -> None:
    lines = [] if content_type is None else [f"Content-Type: {content_type}"]
    answer = server.raw(head(server, *lines, "Content-Length: 2", target="POST /ask/hello") + b"{}")
    assert status_of(answer) == 415


def test_json_may_name_its_encoding(server: Playground) -> None:
    answer = server.post("/ask/hello", {}, **{"Content-Type": "application/json; charset=utf-8"})
    assert answer.status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.js",
        "/%2e%2e/secret.js",
        "/..%2fsecret.js",
        "/%2E%2E%2Fsecret.js",
        "/examples/../../secret.js",
        "/examples/%2e%2e/%2e%2e/secret.js",
        "/..\\secret.js",
        "/%5c..%5csecret.js",
        "//secret.js",
        "/./index.html",
        "/index.html/",
        "/page-0A1B2C3D.js%00.html",
        "/notes.md",
        "/examples",
        "/examples/",
        "file:///etc/passwd",
        "http://127.0.0.1/index.html",
        "secret.js",
        "/etc/passwd",
    ],
)
def test_only_the_page_s_own_files_are_served_by_their_exact_paths(server: Playground, path: str) -> None:
    answer = server.raw(head(server, target=f"GET {path}"))
    assert status_of(answer) == 404
    assert answer.endswith(b'{"error":"there is nothing at this address"}')


@pytest.mark.parametrize(
    "question", ["nothing", "", "_ask", "__init__", "hello/", "../files", "hello?x", "evaluate%20"]
)
def test_unknown_questions_are_refused(server: Playground, question: str) -> None:
    answer = server.post(f"/ask/{question}", {})
    assert answer.status == 400
    assert "unknown question" in answer.json["error"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "FOO"])
def test_other_methods_are_refused(server: Playground, method: str) -> None:
    answer = server.raw(head(server, target=f"{method} /files"))
    assert status_of(answer) == 405
    assert b"\r\nAllow: GET, POST\r\n" in answer
    assert b"Access-Control" not in answer


def test_a_browser_that_asks_whether_another_page_may_post_is_told_no(server: Playground) -> None:
    asks = ("Origin: http://evil.example", "Access-Control-Request-Method: POST")
    answer = server.raw(head(server, *asks, "Access-Control-Request-Private-Network: true", target="OPTIONS /save"))
    assert status_of(answer) == 405
    assert b"Access-Control" not in answer


def post_head(playground: Playground, *lines: str, target: str = "POST /ask/hello") -> bytes:
    return head(playground, "Content-Type: application/json", "X-Telemap-Session: a", *lines, target=target)


def test_a_body_without_a_length_is_refused(server: Playground) -> None:
    assert status_of(server.raw(post_head(server) + b"{}")) == 411
    chunked = post_head(server, "Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n\r\n"
    assert status_of(server.raw(chunked)) == 411
    both = post_head(server, "Transfer-Encoding: chunked", "Content-Length: 2") + b"2\r\n{}\r\n0\r\n\r\n"
    assert status_of(server.raw(both)) == 411
    assert status_of(server.raw(post_head(server, "Content-Length: 2", "Content-Length: 3") + b"{}")) == 411


@pytest.mark.parametrize("length", ["-1", "+2", "0x2", "2.0", "2, 2", "\xb2", "9" * 5000])
def test_a_length_that_is_no_number_is_refused(server: Playground, length: str) -> None:
    assert status_of(server.raw(post_head(server, f"Content-Length: {length}") + b"{}")) == 400


def test_a_body_that_is_too_large_is_refused_before_it_is_read(server: Playground) -> None:
    with server.connect() as connection:
        connection.sendall(post_head(server, f"Content-Length: {32 * MIB + 1}"))
        answer = connection.recv(65536)  # nothing of the body was sent
    assert status_of(answer) == 413
    assert "32 MiB" in reason_of(answer)
    assert b"\r\nConnection: close\r\n" in answer


def test_a_client_that_sends_all_of_a_body_that_is_too_large_sees_why_it_was_refused(server: Playground) -> None:
    answer = server.raw(post_head(server, f"Content-Length: {33 * MIB}") + b" " * (2 * MIB))
    assert status_of(answer) == 413


def test_a_body_of_the_largest_size_is_read(server: Playground) -> None:
    text = b'{"text":"' + b"x" * (32 * MIB - 11) + b'"}'
    answer = server.raw(post_head(server, f"Content-Length: {len(text)}", target="POST /save") + text)
    assert len(text) == 32 * MIB
    assert reason_of(answer) == "to save takes a text and a digest"


def test_a_client_that_waits_for_leave_to_send_gets_it_only_if_all_else_is_right(server: Playground) -> None:
    def asked(*lines: str) -> bytes:
        with server.connect() as connection:
            connection.sendall(post_head(server, "Expect: 100-continue", *lines))
            return connection.recv(65536)

    assert asked("Content-Length: 2").startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert status_of(asked(f"Content-Length: {33 * MIB}")) == 413
    assert status_of(asked("Content-Length: 2", "Origin: http://evil.example")) == 403


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"1", b'"text"', b"null", b"{", b"\xff{}", b"[" * 100_000, b"{}x"])
def test_a_body_that_is_no_object_is_refused(server: Playground, body: bytes) -> None:
    answer = server.raw(post_head(server, f"Content-Length: {len(body)}") + body)
    assert (status_of(answer), reason_of(answer)) == (400, "the body is not a JSON object")


def test_a_get_request_with_a_body_is_refused_so_that_it_cannot_hide_another_request(server: Playground) -> None:
    hidden = head(server)
    answer = server.raw(head(server, f"Content-Length: {len(hidden)}", target="GET /") + hidden)
    assert status_of(answer) == 400
    assert answer.count(b"HTTP/1.1 ") == 1
    assert status_of(server.raw(head(server, "Transfer-Encoding: chunked", target="GET /") + b"0\r\n\r\n")) == 400


@pytest.mark.parametrize("session", [None, "", "a b", "../a", "\xe4", "x" * 65])
def test_a_session_has_a_plain_name(server: Playground, session: str | None) -> None:
    lines = [] if session is None else [f"X-Telemap-Session: {session}"]
    request = head(server, "Content-Type: application/json", "Content-Length: 2", *lines, target="POST /ask/hello")
    answer = server.raw(request + b"{}")
    assert (status_of(answer), reason_of(answer)) == (400, "the name of the session is missing or not valid")


@pytest.mark.parametrize(
    "request_",
    [
        b"\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET /files HTTP/9.9\r\n\r\n",
        b"GET /files HTTP/2.0\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 200 + b"\r\n",
        b"GET / HTTP/1.1\r\nX-A: " + b"x" * 70_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
        b"GET /files\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
    ],
    ids=["empty", "nonsense", "9.9", "2.0", "long line", "many headers", "long header", "TLS", "HTTP/0.9", "HTTP/1.0"],
)
def test_what_is_no_request_of_a_browser_ends_the_connection(server: Playground, request_: bytes) -> None:
    with server.connect() as connection:
        connection.sendall(request_)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert re.match(rb"HTTP/1\.[01] (400|403|414|431|505) |$", answer), answer
    assert b"<title>Playground" not in answer
    assert server.get("/files").status == 200


def test_every_answer_has_strict_headers(server: Playground) -> None:
    answers = [server.request("GET", "/"), server.get("/files"), server.request("GET", "/nothing"), server.get("/x")]
    for answer in answers:
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["connect-src"] == policy["script-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "python" not in answer.headers["server"].lower()
        assert "access-control-allow-origin" not in answer.headers


def test_hashed_files_are_kept_and_answers_are_not(server: Playground) -> None:
    script = server.request("GET", "/page-0A1B2C3D.js")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"].startswith("text/javascript")
    assert server.request("GET", "/").headers["cache-control"] == "no-cache"
    assert server.request("GET", "/examples/index.json").headers["cache-control"] == "no-cache"
    assert server.get("/files").headers["cache-control"] == "no-store"
    assert server.get("/nothing").headers["cache-control"] == "no-store"
