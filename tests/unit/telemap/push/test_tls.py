"""TLS to a gateway: the real Pushgateway, and servers that are not whom they should be."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest
from patience import await_until
from servers.available import available
from servers.certificates import Authority, sign_by_itself
from servers.pushgateway import CREDENTIALS, Pushgateway, ServerTls

from telemap.errors import PushError
from telemap.push import Basic, Tls
from telemap_lambda.settings.reading import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.certificates import Pair

    from telemap.push import Gateway

    GatewayAt = Callable[..., Gateway]

TEXT = "# TYPE parcels_total counter\nparcels_total 3\n"
PUSHED = 'parcels_total{instance="i-1",job="orders"} 3'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture(scope="module")
def server(authority: Authority) -> Pair:
    return authority.issue("server", "127.0.0.1")


@pytest.fixture(scope="module")
def client(authority: Authority) -> Pair:
    return authority.issue("client")


@pytest.fixture
def tls_pushgateway(_integration: None, authority: Authority, server: Pair) -> Iterator[Pushgateway]:
    tls = ServerTls(*server, authority.file)
    with available(lambda: Pushgateway(authenticated=True, tls=tls)) as gateway:
        yield gateway


@pytest.fixture
def mtls_pushgateway(_integration: None, authority: Authority, server: Pair, client: Pair) -> Iterator[Pushgateway]:
    tls = ServerTls(*server, authority.file, client)
    with available(lambda: Pushgateway(tls=tls)) as gateway:
        yield gateway


def test_a_pushgateway_with_tls_and_basic_authentication_is_pushed_to(
    tls_pushgateway: Pushgateway, authority: Authority, gateway_at: GatewayAt
) -> None:
    gateway = gateway_at(tls_pushgateway.url, tls=Tls(str(authority.file)))
    gateway.credentials = Basic(CREDENTIALS.username, CREDENTIALS.password)
    assert [gateway.put(TEXT), gateway.post(TEXT)] == [200, 200]

    assert PUSHED in tls_pushgateway.metrics()
    assert gateway.delete() == 202
    await_until(lambda: "parcels_total" not in tls_pushgateway.metrics())


@pytest.mark.parametrize("in_one_file", [False, True])
def test_a_pushgateway_that_asks_for_a_client_certificate_gets_it(
    mtls_pushgateway: Pushgateway,
    authority: Authority,
    client: Pair,
    folder: Path,
    gateway_at: GatewayAt,
    *,
    in_one_file: bool,
) -> None:
    tls = Tls(str(authority.file), str(client.certificate), str(client.key))
    if in_one_file:
        both = folder / "both.pem"
        both.write_text(client.certificate.read_text() + client.key.read_text())
        tls = Tls(str(authority.file), str(both))
    gateway_at(mtls_pushgateway.url, tls=tls).put(TEXT)

    assert PUSHED in mtls_pushgateway.metrics()


def test_missing_client_certificate_is_reported(
    mtls_pushgateway: Pushgateway, authority: Authority, gateway_at: GatewayAt
) -> None:
    with pytest.raises(PushError, match="requires a client certificate: set TELEMAP_CLIENT_CERT and") as caught:
        gateway_at(mtls_pushgateway.url, tls=Tls(str(authority.file))).put(TEXT)

    assert (caught.value.status, caught.value.sent) == (0, False)


def test_rejected_client_certificate_is_reported(
    mtls_pushgateway: Pushgateway, authority: Authority, folder: Path, gateway_at: GatewayAt
) -> None:
    certificate, key = Authority(folder, "stranger").issue("strange-client")
    tls = Tls(str(authority.file), str(certificate), str(key))
    with pytest.raises(PushError, match="rejected the client certificate in TELEMAP_CLIENT_CERT") as caught:
        gateway_at(mtls_pushgateway.url, tls=tls).put(TEXT)

    assert not caught.value.sent


def test_plain_http_to_a_port_of_https_is_reported_in_the_gateways_words(
    tls_pushgateway: Pushgateway, gateway_at: GatewayAt
) -> None:
    with pytest.raises(PushError, match="answered 400: Client sent an HTTP request to an HTTPS server"):
        gateway_at(tls_pushgateway.url.replace("https", "http")).put(TEXT)


def test_https_to_http_port_is_reported(pushgateway: Pushgateway, gateway_at: GatewayAt) -> None:
    with pytest.raises(PushError, match="this port does not use TLS: use http://") as caught:
        gateway_at(pushgateway.url.replace("http", "https")).put(TEXT)

    assert not caught.value.sent


def test_unknown_authority_is_not_trusted(tls_pushgateway: Pushgateway, gateway_at: GatewayAt) -> None:
    with pytest.raises(PushError, match="signed by an unknown authority: set TELEMAP_CA_FILE") as caught:
        gateway_at(tls_pushgateway.url).put(TEXT)

    assert not caught.value.sent


def test_another_authority_than_the_named_one_is_not_trusted(
    tls_pushgateway: Pushgateway, folder: Path, gateway_at: GatewayAt
) -> None:
    other = Authority(folder, "other")
    with pytest.raises(PushError, match="signed by an unknown authority: set TELEMAP_CA_FILE"):
        gateway_at(tls_pushgateway.url, tls=Tls(str(other.file))).put(TEXT)


@contextlib.contextmanager
def handshakes(pair: Pair) -> Iterator[str]:
    """Serve one connection: a handshake with a certificate, and nothing after it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            there, _ = listener.accept()
            with there, contextlib.suppress(OSError):
                context.wrap_socket(there, server_side=True).close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(
    ("names", "expired", "words"),
    [
        (["127.0.0.1"], True, "its certificate has expired"),
        (["127.0.0.2"], False, "its certificate is not for this IP address: use a host name of the certificate"),
        (["gateway.example"], False, "its certificate is not for this IP address"),
        ([], False, "its certificate is not for this IP address"),
    ],
)
def test_invalid_certificate_is_reported_with_advice(
    authority: Authority, gateway_at: GatewayAt, names: list[str], *, expired: bool, words: str
) -> None:
    pair = authority.issue("doubtful", *names, expired=expired)
    with handshakes(pair) as url, pytest.raises(PushError, match=words) as caught:
        gateway_at(url, tls=Tls(str(authority.file))).put(TEXT)

    assert not caught.value.sent


def test_certificate_for_another_host_is_reported(authority: Authority, gateway_at: GatewayAt) -> None:
    pair = authority.issue("elsewhere", "gateway.example")
    words = "its certificate is for another host name: use a host name of the certificate in GATEWAY"
    with handshakes(pair) as url, pytest.raises(PushError, match=words):
        gateway_at(url.replace("127.0.0.1", "localhost"), tls=Tls(str(authority.file))).put(TEXT)


def test_self_signed_certificate_is_trusted_if_configured(tmp_path: Path, gateway_at: GatewayAt) -> None:
    pair = sign_by_itself(tmp_path, "lonely", "127.0.0.1")
    with handshakes(pair) as url, pytest.raises(PushError, match="its certificate is self-signed: set"):
        gateway_at(url).put(TEXT)
    with handshakes(pair) as url, pytest.raises(PushError, match="closed the connection without an answer"):
        gateway_at(url, tls=Tls(str(pair.certificate))).put(TEXT)


def test_the_timeout_bounds_a_handshake(gateway_at: GatewayAt) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # it takes connections and says nothing
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(PushError, match=r"cannot be reached: no connection within 0.3 s") as caught:
            gateway_at(url, timeout=0.3).put(TEXT)

    assert not caught.value.sent


def environment(**files: object) -> dict[str, str]:
    named = {f"TELEMAP_{name.upper()}": str(file) for name, file in files.items()}
    return {"GATEWAY": "https://gateway.example"} | named


def test_files_that_can_be_used_are_settings(authority: Authority, client: Pair) -> None:
    settings = read_settings(environment(ca_file=authority.file, client_cert=client.certificate, client_key=client.key))

    assert (settings.faults, settings.warnings) == ((), ())
    assert settings.ca_file == str(authority.file)
    assert (settings.client_cert, settings.client_key) == tuple(map(str, client))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "no such file"),
        ("", "the file is empty"),
        ("no PEM", "does not contain a certificate in PEM"),
    ],
)
def test_without_the_named_authority_the_systems_are_trusted_and_that_is_reported(
    tmp_path: Path, text: str | None, why: str
) -> None:
    file = tmp_path / "ca.pem"
    if text is not None:
        file.write_text(text)
    settings = read_settings(environment(ca_file=file))

    (fault,) = settings.faults
    assert fault.variable == "TELEMAP_CA_FILE"
    assert fault.problem.startswith(repr(str(file)))
    assert why in fault.problem
    assert fault.instead == "trusting the system's authorities instead"
    assert settings.ca_file == ""


def test_a_client_certificate_that_cannot_be_used_is_not_shown_and_that_is_reported(
    authority: Authority, client: Pair, server: Pair, tmp_path: Path
) -> None:
    encrypted = authority.issue("encrypted", passphrase=b"s3same")
    for cert, key, why in [
        (tmp_path / "none.pem", client.key, "no such file"),
        (client.certificate, tmp_path / "none.pem", "no such file"),
        (client.certificate, "", "does not contain a certificate and its key in PEM"),
        (client.certificate, server.key, "the key does not belong to the certificate"),
        (client.certificate, client.certificate, "does not contain a certificate and its key in PEM"),
        (encrypted.certificate, encrypted.key, "without a passphrase"),
    ]:
        settings = read_settings(environment(client_cert=cert, client_key=key))

        (fault,) = settings.faults
        assert fault.variable == "TELEMAP_CLIENT_CERT"
        assert why in fault.problem
        assert fault.instead == "no client certificate is sent"
        assert (settings.client_cert, settings.client_key) == ("", "")


def test_files_for_tls_are_warned_of_where_there_is_no_tls(authority: Authority) -> None:
    settings = read_settings(environment(ca_file=authority.file) | {"GATEWAY": "gateway.example"})

    assert [warning.partition(":")[0] for warning in settings.warnings] == ["GATEWAY"]


def test_missing_certificate_file_is_reported(tmp_path: Path, gateway_at: GatewayAt) -> None:
    with pytest.raises(PushError, match="no such file") as caught:
        gateway_at("https://127.0.0.1:9", tls=Tls(str(tmp_path / "gone.pem"))).put(TEXT)

    assert not caught.value.sent
