"""What nobody should send to the listener: bodies that are no telemetry or nearly telemetry, and HTTP that is none."""

from __future__ import annotations

import copy
import gzip
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

_LARGE = 4 * 1024 * 1024
"""As large as a body may be."""

_DEEP = 10_000
_ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    "",
    "\ud800",
    "\x00",
    "NaN",
    -1,
    1e308,
    float("nan"),
    float("inf"),
    10**400,
    [],
    {},
    [[]],
    {"": {"": ""}},
    "x" * 10_000,
)


class Bodies:
    """Makes bodies of posts.

    Args:
        draw: draws them.
        recordings: real telemetry.
    """

    def __init__(self, draw: random.Random, recordings: Sequence[list[Any]]) -> None:
        self._draw = draw
        self._recordings = recordings
        self._kinds: tuple[Callable[[], bytes], ...] = (
            *(self._mutated,) * 8,
            *(self._torn,) * 3,
            self._bytes,
            self._json,
            self._invalid_utf_8,
            self._deep,
            self._compressed,
            self._odd_number,
        )

    def make(self) -> bytes:
        """Make a body; one in fifty is as large as may be."""
        if self._draw.random() < 0.02:
            return self._large()
        return self._draw.choice(self._kinds)()

    def _mutated(self) -> bytes:
        events = json.loads(json.dumps(self._draw.choice(self._recordings)))
        for _ in range(self._draw.randint(1, 6)):
            self._mutate(events)
        return json.dumps(events).encode()

    def _mutate(self, node: Any) -> None:
        """Change something somewhere in an object or array: leave out, rename, double or replace."""
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = self._draw.choice(keys)
        if isinstance(node[key], dict | list) and self._draw.random() < 0.7:
            self._mutate(node[key])
            return
        change = self._draw.randrange(4)
        if change == 0:
            del node[key]
        elif change == 1 and isinstance(node, dict):
            node[f"{key}\u2028"] = node.pop(key)
        elif change == 2 and isinstance(node, list):
            node.append(copy.deepcopy(node[key]))
        else:
            node[key] = copy.deepcopy(self._draw.choice(_ODD_VALUES))

    def _torn(self) -> bytes:
        whole = json.dumps(self._draw.choice(self._recordings)).encode()
        begin, end = sorted(self._draw.randrange(len(whole)) for _ in range(2))
        return whole[begin:end] or b"["

    def _bytes(self) -> bytes:
        return self._draw.randbytes(self._draw.randrange(1, 5000))

    def _json(self) -> bytes:
        return json.dumps(self._value(0)).encode()

    def _value(self, depth: int) -> Any:
        if depth > 5 or self._draw.random() < 0.3:
            return self._draw.choice(_ODD_VALUES)
        inner = [self._value(depth + 1) for _ in range(self._draw.randrange(5))]
        if self._draw.random() < 0.5:
            return inner
        names = ("type", "record", "time", "requestId", "metrics")
        return {self._draw.choice(names): one for one in inner}

    def _invalid_utf_8(self) -> bytes:
        body = bytearray(json.dumps(self._draw.choice(self._recordings), ensure_ascii=False).encode())
        for _ in range(3):
            body[self._draw.randrange(len(body))] = self._draw.choice((0xFF, 0xC0, 0x80, 0xED, 0x00))
        return bytes(body)

    def _deep(self) -> bytes:
        opening, closing = self._draw.choice(((b"[", b"]"), (b'{"a":', b"}")))
        record = opening * _DEEP + b"1" + closing * _DEEP
        if self._draw.random() < 0.5:
            return record
        return b'[{"type":"platform.report","record":' + record + b"}]"

    def _compressed(self) -> bytes:
        return gzip.compress(json.dumps(self._draw.choice(self._recordings)).encode())

    def _odd_number(self) -> bytes:
        number = self._draw.choice((b"9" * 5000, b"-1e999", b"1e-999", b"NaN", b"-Infinity", b"0" * 10 + b"1"))
        return b'[{"type":"platform.report","record":{"metrics":{"durationMs":' + number + b"}}}]"

    def _large(self) -> bytes:
        return self._draw.choice((b"x" * _LARGE, b"[" + b"[]," * (_LARGE // 3 - 1) + b"[]]", b"[" * _LARGE))


def request(draw: random.Random, body: bytes, path: bytes) -> bytes:
    """Put a body into a request that Lambda might make, to a path, in one of several ways."""
    target = draw.choice((path, path + b"?c=d", b"http://sandbox.localdomain:4243" + path))
    return _request(draw, body, b"POST", target)


def foreign_request(draw: random.Random, body: bytes, path: bytes) -> bytes:
    """Put a body into a request that is sound HTTP, and none that Lambda makes."""
    if draw.random() < 0.5:
        return _request(draw, body, draw.choice((b"PUT", b"GET", b"BREW", b"OPTIONS")), path)
    elsewhere = (
        b"*",
        b"/a/b?c=d",
        b"http://sandbox.localdomain:4243/",
        b"/%00%ff",
        path[:-1],
        path + b"/a",
        b"/" + path,
    )
    return _request(draw, body, b"POST", draw.choice(elsewhere))


def _request(draw: random.Random, body: bytes, method: bytes, path: bytes) -> bytes:
    odd = draw.choice((b"", b"Sequence-Id: x\r\n", b"Content-Encoding: gzip\r\n", b"X: " + b"y" * 5000 + b"\r\n"))
    head = method + b" " + path + b" HTTP/1.1\r\nHost: sandbox.localdomain\r\nConnection: close\r\n" + odd
    if draw.random() < 0.7:
        return head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + _chunked(draw, body)


def _chunked(draw: random.Random, body: bytes) -> bytes:
    chunks = []
    while body:
        size = draw.randint(1, max(len(body), 1))
        note = draw.choice((b"", b";a=b"))
        chunks.append(b"%x%b\r\n%b\r\n" % (size, note, body[:size]))
        body = body[size:]
    return b"".join(chunks) + b"0\r\n\r\n"


def broken_request(draw: random.Random, body: bytes, path: bytes) -> bytes:
    """Make what is no HTTP, or the beginning of some, or several requests at once of which one is none."""
    whole = request(draw, body[:20_000], path)
    junk = draw.randbytes(draw.randrange(1, 3000))
    return draw.choice(
        (
            junk,
            whole[: draw.randrange(len(whole))],
            whole.replace(b"HTTP/1.1", draw.choice((b"HTTP/0.9", b"HTTP/2.0", b"HTTP/one", b""))),
            whole.replace(b"\r\n", b"\n"),
            whole.replace(b"Content-Length: ", b"Content-Length: 9"),
            whole.replace(b"Content-Length: ", b"Content-Length: -"),
            whole.replace(b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked"),
            whole.replace(b"close", b"keep-alive") * 3,
            whole.replace(b"close", b"keep-alive") + junk,
            b"POST / HTTP/1.1\r\n" + b"A: b\r\n" * draw.randrange(5000) + b"\r\n",
            b"POST /" + b"a" * draw.randrange(200_000) + b" HTTP/1.1\r\n\r\n",
            b"\r\n" * draw.randrange(1, 1000),
            draw.choice((b"BREW", b"DELETE", b"HEAD", b"OPTIONS", b"CONNECT")) + whole[whole.index(b" ") :],
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + junk,
        )
    )
