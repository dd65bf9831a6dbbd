"""Pushing to a gateway: what is asked, what is an acknowledgement, and how a refusal is told."""

from __future__ import annotations

import base64
import gzip
import html
import json
import socket
import traceback
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from extension.raw_server import raw_server
from extension.recording_server import RecordingServer
from patience import PATIENCE_SECONDS, await_until

from telemap.errors import PushError
from telemap.push import Basic, Bearer, Gateway
from telemap_lambda.fake_gateway import Behaviour, FakeGateway
from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from servers.pushgateway import Pushgateway

    GatewayAt = Callable[..., Gateway]

TEXT = "# TYPE parcels_total counter\nparcels_total 3\n"
USERNAME, PASSWORD, TOKEN = "wörker+1", 'open  "s3same/&', "s3.same-token~/+=="


@pytest.fixture
def embedded(_integration: None) -> Iterator[FakeGateway]:
    with FakeGateway() as gateway:
        yield gateway


def test_a_put_replaces_the_group(embedded: FakeGateway, gateway_at: GatewayAt) -> None:
    gateway = gateway_at(embedded.url)
    assert gateway.put("letters_total 1\n") == 200
    assert gateway.put(TEXT) == 200

    assert 'parcels_total{instance="i-1",job="orders"} 3' in embedded.text()
    assert "letters_total" not in embedded.text()
    request = embedded.requests[-1]
    assert (request.method, request.text) == ("PUT", TEXT)
    assert request.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_a_post_leaves_other_families_of_the_group(embedded: FakeGateway, gateway_at: GatewayAt) -> None:
    gateway = gateway_at(embedded.url)
    gateway.put("letters_total 1\n")
    assert gateway.post(TEXT) == 200

    assert 'parcels_total{instance="i-1",job="orders"} 3' in embedded.text()
    assert "letters_total" in embedded.text()


def test_a_delete_removes_the_group_with_the_same_credentials(gateway_at: GatewayAt) -> None:
    with FakeGateway(username="lambda", password=PASSWORD) as embedded:
        gateway = gateway_at(embedded.url)
        gateway.credentials = Basic("lambda", PASSWORD)
        gateway.put(TEXT)
        assert "parcels_total" in embedded.text()
        assert gateway.delete() == 202

    assert embedded.groups == ()


def test_another_group_is_pushed_to_over_the_same_connection(gateway_at: GatewayAt) -> None:
    with RecordingServer(lambda _: Answer(200)) as server:
        gateway = gateway_at(server.url)
        gateway.put(TEXT)
        gateway.regroup({"job": "orders", "instance": "i-2"})
        gateway.put(TEXT)

    assert [request.path for request in server.requests] == [
        "/metrics/job/orders/instance/i-1",
        "/metrics/job/orders/instance/i-2",
    ]
    assert len({request.connection for request in server.requests}) == 1


def test_something_of_the_gateways_can_be_read(embedded: FakeGateway, gateway_at: GatewayAt) -> None:
    gateway = gateway_at(embedded.url)
    gateway.put(TEXT)

    (group,) = json.loads(gateway.get("/api/v1/metrics"))["data"]
    assert group["labels"] == {"job": "orders", "instance": "i-1"}


def test_a_push_may_be_in_gzip(pushgateway: Pushgateway, gateway_at: GatewayAt) -> None:
    gateway = gateway_at(pushgateway.url, compress=True)
    assert gateway.put(TEXT) == 200
    assert 'parcels_total{instance="i-1",job="orders"} 3' in pushgateway.metrics()
    with RecordingServer(lambda _: Answer(200)) as server:
        gateway_at(server.url, compress=True).post(TEXT)

    (request,) = server.requests
    assert request.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(request.body).decode() == TEXT


@pytest.mark.parametrize("compress", [False, True])
def test_an_empty_text_is_pushed(pushgateway: Pushgateway, gateway_at: GatewayAt, *, compress: bool) -> None:
    gateway = gateway_at(pushgateway.url, compress=compress)
    gateway.put(TEXT)
    assert gateway.put("") == 200

    assert "parcels_total" not in pushgateway.metrics()


@pytest.mark.parametrize(
    ("behaviour", "status", "words"),
    [
        (Behaviour.STATUS_401, 401, "the gateway answered 401"),
        (Behaviour.STATUS_500, 500, "the gateway answered 500: status 500 on request"),
        (Behaviour.REDIRECT, 302, "redirects to gateway.invalid"),
        (Behaviour.RESET, 0, "the gateway cannot be reached"),
        (Behaviour.HANG, 0, "did not answer within 0.5 s"),
        (Behaviour.SLOW, 0, "did not answer within 0.5 s"),
        (Behaviour.TRICKLE, 0, "did not answer within 0.5 s"),
        (Behaviour.LOST_ANSWER, 0, "it closed the connection without an answer"),
    ],
)
@pytest.mark.parametrize("method", ["put", "post", "delete"])
def test_what_is_not_acknowledged_is_a_push_error(
    embedded: FakeGateway, gateway_at: GatewayAt, behaviour: Behaviour, status: int, words: str, method: str
) -> None:
    embedded.behaviour, embedded.delay_seconds = behaviour, PATIENCE_SECONDS
    gateway = gateway_at(embedded.url, timeout=0.5 if "within" in words else PATIENCE_SECONDS)
    with pytest.raises(PushError, match=words) as caught:
        gateway.delete() if method == "delete" else getattr(gateway, method)(TEXT)

    assert (caught.value.status, caught.value.sent) == (status, True)
    await_until(lambda: embedded.requests)
    assert len(embedded.requests) == 1


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:{port}", "cannot be reached: Connection refused"),
        ("https://127.0.0.1:{port}", "cannot be reached: Connection refused"),
        ("http://gateway.invalid:9091", "cannot be reached: "),
        ("http://gateway..invalid:9091", "cannot be reached: invalid host name"),
    ],
)
def test_unsent_requests_are_distinguished(gateway_at: GatewayAt, url: str, words: str) -> None:
    with pytest.raises(PushError, match=words) as caught:
        gateway_at(url.format(port=closed_port())).put(TEXT)

    assert (caught.value.status, caught.value.sent) == (0, False)


def test_a_slow_gateway_is_waited_for(embedded: FakeGateway, gateway_at: GatewayAt) -> None:
    embedded.behaviour, embedded.delay_seconds = Behaviour.SLOW, 0.1
    gateway_at(embedded.url).put(TEXT)

    assert len(embedded.groups) == 1


def test_an_inconsistent_push_is_reported_in_the_gateways_words(
    pushgateway: Pushgateway, gateway_at: GatewayAt
) -> None:
    gateway_at(pushgateway.url, {"job": "a"}).put(TEXT)
    with pytest.raises(PushError, match=r"answered 400: .*parcels_total") as caught:
        gateway_at(pushgateway.url, {"job": "b"}).put(TEXT.replace("counter", "gauge"))

    assert caught.value.status == 400


def test_words_of_the_gateway_are_one_line_and_not_many(gateway_at: GatewayAt) -> None:
    words = b"first\nsecond\x1b[31m\x00 \xff" + b"x" * 5000
    with RecordingServer(lambda _: Answer(500, words)) as server, pytest.raises(PushError) as caught:
        gateway_at(server.url).put(TEXT)

    assert str(caught.value).startswith(
        "the gateway answered 500: first second\\x1b[31m\\x00 \N{REPLACEMENT CHARACTER}xxx"
    )
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("location", "named"),
    [
        ("https://user:s3same@login.example/s3same?token=s3same", "login.example"),
        ("/s3same", "another path"),
        ("http://[s3same", "another path"),
        ("http://s3other:port/", "s3other"),
        ("http://s3same.example/", "***.example"),
        ("", "another path"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirection_error_names_only_the_host(gateway_at: GatewayAt, location: str, named: str, status: int) -> None:
    redirection = Answer(status, headers={"Location": location})
    with RecordingServer(lambda _: redirection) as server:
        gateway = gateway_at(server.url)
        gateway.credentials = Basic("lambda", "s3same")
        with pytest.raises(PushError) as caught:
            gateway.put(TEXT)

    assert caught.value.status == status
    assert f"redirects to {named}, " in str(caught.value)
    assert "token" not in str(caught.value)
    assert len(server.requests) == 1


def test_credentials_are_sent_in_utf_8(gateway_at: GatewayAt) -> None:
    with RecordingServer(lambda _: Answer(200)) as server:
        gateway = gateway_at(server.url)
        gateway.credentials = Basic("lämbda", "s3:same€")
        gateway.put(TEXT)

    kind, _, encoded = server.requests[0].headers["Authorization"].partition(" ")
    assert (kind, base64.b64decode(encoded).decode()) == ("Basic", "lämbda:s3:same€")


def test_a_token_is_sent_as_a_bearers(gateway_at: GatewayAt) -> None:
    with RecordingServer(lambda _: Answer(200)) as server:
        gateway = gateway_at(server.url)
        gateway.credentials = Bearer("s3.same==")
        gateway.put(TEXT)

    assert server.requests[0].headers["Authorization"] == "Bearer s3.same=="


@pytest.mark.parametrize(
    "make",
    [
        lambda: Basic("lam:bda", "s3same"),
        lambda: Basic("lambda", "s3same\n"),
        lambda: Basic("lambda\r\nX: y", "s3same"),
        lambda: Bearer("s3same\r\nX: y"),
        lambda: Bearer("s3same€"),
        lambda: Bearer(""),
    ],
)
def test_credentials_that_cannot_be_sent_cannot_be_made(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"user name|token") as caught:
        make()

    assert "s3same" not in str(caught.value)


def forms(text: str) -> list[str]:
    """Return the forms in which a server may say again what it was sent."""
    encoded = [encode(text.encode()).decode() for encode in (base64.b64encode, base64.urlsafe_b64encode)]
    unpadded = [one.rstrip("=") for one in encoded]
    written = [text, quote(text), quote(text, safe=""), quote_plus(text), quote(text, safe="").lower()]
    return [*written, html.escape(text), json.dumps(text)[1:-1], text.encode().decode("latin-1"), *encoded, *unpadded]


SECRET_FORMS = [form for text in (USERNAME, PASSWORD, f"{USERNAME}:{PASSWORD}", TOKEN) for form in forms(text)]


@pytest.mark.parametrize("form", sorted(set(SECRET_FORMS)))
@pytest.mark.parametrize("around", ["{}", "401 for '{}' at 12:00", "x" * 290 + " {}"])
def test_a_gateway_that_repeats_credentials_does_not_leak_them_into_an_error(
    gateway_at: GatewayAt, form: str, around: str
) -> None:
    with RecordingServer(lambda _: Answer(401, around.format(form).encode())) as server:
        gateway = gateway_at(server.url)
        gateway.credentials = Bearer(TOKEN) if form in forms(TOKEN) else Basic(USERNAME, PASSWORD)
        with pytest.raises(PushError) as caught:
            gateway.put(TEXT)

    assert form not in str(caught.value)
    assert form.rstrip("=")[:8] not in str(caught.value)


@pytest.mark.parametrize("length", range(1, len(PASSWORD)))
@pytest.mark.parametrize("before", [65_536, 300])
def test_where_an_answer_is_cut_no_beginning_of_a_password_is_left(
    gateway_at: GatewayAt, before: int, length: int
) -> None:
    space = b" " if before > 300 else b"."
    words = space * (before - length) + PASSWORD.encode() + b" and more"
    with RecordingServer(lambda _: Answer(403, words)) as server:
        gateway = gateway_at(server.url)
        gateway.credentials = Basic(USERNAME, PASSWORD)
        with pytest.raises(PushError, match=r"answered 403: \.*\*\*\*(\.\.\.)?$"):
            gateway.put(TEXT)


@pytest.mark.parametrize("between", ["\N{ZERO WIDTH SPACE}", "\N{SOFT HYPHEN}", "\0", "\n", "\x1b"])
def test_what_is_cleaned_away_does_not_join_the_pieces_of_a_password(gateway_at: GatewayAt, between: str) -> None:
    with RecordingServer(lambda _: Answer(403, between.join(PASSWORD).encode())) as server:
        gateway = gateway_at(server.url)
        gateway.credentials = Basic(USERNAME, PASSWORD)
        with pytest.raises(PushError, match=r"answered 403: \*\*\*$"):
            gateway.put(TEXT)


def test_a_long_host_of_a_redirection_is_cut(gateway_at: GatewayAt) -> None:
    redirection = Answer(307, headers={"Location": f"http://{'x' * 60_000}/"})
    with RecordingServer(lambda _: redirection) as server, pytest.raises(PushError) as caught:
        gateway_at(server.url).put(TEXT)

    assert "redirects to xxx" in str(caught.value)
    assert "xxx..., which telemap does not follow" in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_gateway_that_quotes_credentials_instead_of_http_does_not_leak_them(gateway_at: GatewayAt) -> None:
    with raw_server([b"s3same is no HTTP\r\n\r\n"]) as (url, _):
        gateway = gateway_at(url)
        gateway.credentials = Basic("worker", "s3same")
        with pytest.raises(PushError, match="is not HTTP") as caught:
            gateway.put(TEXT)

    assert "s3same" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


def test_a_short_name_is_taken_out_where_it_stands_alone(gateway_at: GatewayAt) -> None:
    with RecordingServer(lambda _: Answer(401, b"user ab is not able")) as server:
        gateway = gateway_at(server.url)
        gateway.credentials = Basic("ab", "")
        with pytest.raises(PushError, match=r"401: user \*\*\* is not able"):
            gateway.put(TEXT)


def test_nothing_shows_credentials(gateway_at: GatewayAt) -> None:
    gateway = gateway_at("http://gateway.invalid:9091")
    gateway.credentials = Basic("worker", "s3same")
    with pytest.raises(PushError) as caught:
        gateway.put(TEXT)

    shown = [repr(gateway.credentials), repr(Bearer("s3same")), repr(gateway), repr(caught.value)]
    shown += traceback.format_exception(caught.value)
    assert not [text for text in shown if "s3same" in text or "worker" in text]


def test_netrc_has_no_part_in_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, gateway_at: GatewayAt
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with RecordingServer(lambda _: Answer(200)) as server:
        gateway_at(server.url).put(TEXT)

    assert "Authorization" not in server.requests[0].headers


def test_text_that_has_no_utf_8_is_pushed_all_the_same(embedded: FakeGateway, gateway_at: GatewayAt) -> None:
    gateway_at(embedded.url).put('parcels_total{name="\udcff"} 3\n')

    assert 'name="?"' in embedded.text()


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_2xx_is_an_acknowledgement(gateway_at: GatewayAt, status: int) -> None:
    with RecordingServer(lambda _: Answer(status)) as server:
        gateway = gateway_at(server.url)
        assert gateway.put(TEXT) == status
        assert gateway.post(TEXT) == status

    assert len(server.requests) == 2


def test_invalid_url_is_rejected() -> None:
    with pytest.raises(ValueError, match="must begin with http:// or https://"):
        Gateway("ftp://gateway", {"job": "a"}, timeout=1)
