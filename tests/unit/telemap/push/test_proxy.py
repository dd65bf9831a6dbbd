"""The proxy that the environment names for a gateway."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import pytest
from extension.recording_server import RecordingServer
from servers.available import available
from servers.certificates import Authority
from servers.pushgateway import Pushgateway, ServerTls

from telemap.errors import PushError
from telemap.push import Tls
from telemap.push.address import Origin
from telemap.push.proxy import proxy_for
from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from telemap.push import Gateway

    GatewayAt = Callable[..., Gateway]

TEXT = "# TYPE parcels_total counter\nparcels_total 3\n"
NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_a_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch, gateway_at: GatewayAt) -> None:
    with RecordingServer(lambda _: Answer(200)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//us%40er:s3same@"))
        gateway_at("http://gateway.invalid:9091").put(TEXT)

    (request,) = proxy.requests
    assert request.path == "http://gateway.invalid:9091/metrics/job/orders/instance/i-1"
    assert request.headers["Host"] == "gateway.invalid:9091"
    kind, _, encoded = request.headers["Proxy-Authorization"].partition(" ")
    assert (kind, base64.b64decode(encoded)) == ("Basic", b"us@er:s3same")


def test_a_proxy_that_repeats_its_password_does_not_leak_it_into_an_error(
    monkeypatch: pytest.MonkeyPatch, gateway_at: GatewayAt
) -> None:
    with RecordingServer(lambda _: Answer(407, b"not worker:s3same")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//worker:s3same@"))
        with pytest.raises(PushError, match=r"answered 407: not \*\*\*"):
            gateway_at("http://gateway.invalid:9091").put(TEXT)


@contextlib.contextmanager
def tunnel(answer: bytes, port: int) -> Iterator[tuple[str, list[bytes]]]:
    """Serve one connection as a proxy does for https: answer what asks for it, then pass bytes on to a port here."""
    heads: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def pass_on(source: socket.socket, target: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while chunk := source.recv(65536):
                    target.sendall(chunk)
                target.shutdown(socket.SHUT_WR)

        def serve() -> None:
            here, _ = listener.accept()
            with here, socket.create_connection(("127.0.0.1", port)) as there:
                heads.append(here.recv(65536))
                here.sendall(answer)
                back = threading.Thread(target=pass_on, args=(there, here))
                back.start()
                pass_on(here, there)
                back.join()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://worker:s3same@127.0.0.1:{listener.getsockname()[1]}", heads
        finally:
            thread.join()


@pytest.fixture
def tls_pushgateway(_integration: None, tmp_path: Path) -> Iterator[Pushgateway]:
    authority = Authority(tmp_path)
    tls = ServerTls(*authority.issue("server", "127.0.0.1"), authority.file)
    with available(lambda: Pushgateway(tls=tls)) as gateway:
        yield gateway


def test_https_passes_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tls_pushgateway: Pushgateway, gateway_at: GatewayAt
) -> None:
    port = int(tls_pushgateway.url.rpartition(":")[2])
    with tunnel(b"HTTP/1.1 200 Connection established\r\n\r\n", port) as (url, heads):
        monkeypatch.setenv("HTTPS_PROXY", url)
        gateway = gateway_at(tls_pushgateway.url, tls=Tls(str(tmp_path / "authority.pem")))
        gateway.put(TEXT)
        gateway.put(TEXT)
        gateway.close()
        monkeypatch.delenv("HTTPS_PROXY")

    assert "parcels_total" in tls_pushgateway.metrics()
    (head,) = heads
    assert head.startswith(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n".encode())
    assert b"Proxy-Authorization: Basic " + base64.b64encode(b"worker:s3same") in head
    assert b"Authorization: " not in head.replace(b"Proxy-Authorization: ", b"")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n", "the proxy answered 407"),
        (b"no HTTP\r\n\r\n", "the proxy's answer is not HTTP"),
    ],
)
def test_a_proxy_that_does_not_pass_on_is_reported(
    monkeypatch: pytest.MonkeyPatch, tls_pushgateway: Pushgateway, gateway_at: GatewayAt, answer: bytes, words: str
) -> None:
    with tunnel(answer, int(tls_pushgateway.url.rpartition(":")[2])) as (url, _):
        monkeypatch.setenv("https_proxy", url)
        with pytest.raises(PushError, match=words) as caught:
            gateway_at(tls_pushgateway.url).put(TEXT)

    assert not caught.value.sent
    assert "s3same" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "environ", "host"),
    [
        ("http://gateway:9091", {}, None),
        ("http://gateway:9091", {"http_proxy": "http://proxy:3128"}, "proxy"),
        ("http://gateway:9091", {"HTTP_PROXY": "proxy:3128"}, "proxy"),
        ("http://gateway:9091", {"HTTP_PROXY": "http://upper", "http_proxy": "http://lower"}, "lower"),
        ("http://gateway:9091", {"HTTPS_PROXY": "http://proxy"}, None),
        ("https://gateway", {"HTTPS_PROXY": "http://proxy"}, "proxy"),
        ("https://gateway", {"ALL_PROXY": "http://proxy"}, "proxy"),
        ("https://gateway", {"ALL_PROXY": "http://proxy", "NO_PROXY": "other, gateway"}, None),
        ("https://gateway", {"ALL_PROXY": "http://proxy", "NO_PROXY": "*"}, None),
        ("https://a.gateway.example", {"ALL_PROXY": "http://proxy", "NO_PROXY": ".gateway.example"}, None),
        ("https://a.gateway.example", {"ALL_PROXY": "http://proxy", "NO_PROXY": "Gateway.Example"}, None),
        ("https://mygateway", {"ALL_PROXY": "http://proxy", "NO_PROXY": "gateway"}, "proxy"),
        ("http://gateway:9091", {"ALL_PROXY": "http://proxy", "NO_PROXY": "gateway:9091"}, None),
        ("http://gateway:9091", {"ALL_PROXY": "http://proxy", "NO_PROXY": "gateway:9092"}, "proxy"),
        ("http://10.1.2.3", {"ALL_PROXY": "http://proxy", "NO_PROXY": "10.0.0.0/8"}, None),
        ("http://11.1.2.3", {"ALL_PROXY": "http://proxy", "NO_PROXY": "10.0.0.0/8"}, "proxy"),
        ("http://gateway", {"ALL_PROXY": "http://proxy", "NO_PROXY": "10.0.0.0/8,,"}, "proxy"),
    ],
)
def test_which_proxy_is_meant(url: str, environ: dict[str, str], host: str | None) -> None:
    proxy = proxy_for(Origin.of(url), environ)

    assert (proxy and proxy.host) == host


@pytest.mark.parametrize("url", ["socks5://s3same:1@proxy", "https://s3same:1@proxy", "http://s3same:1@"])
def test_a_proxy_of_another_kind_is_reported_and_its_url_is_not(
    monkeypatch: pytest.MonkeyPatch, gateway_at: GatewayAt, url: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", url)
    with pytest.raises(PushError, match="the proxy in the environment cannot be used") as caught:
        gateway_at("http://gateway.invalid").put(TEXT)

    assert not caught.value.sent
    assert "s3same" not in str(caught.value)
