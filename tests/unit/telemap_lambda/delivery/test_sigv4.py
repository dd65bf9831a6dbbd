"""Signatures, against AWS's published test suite and botocore's signer."""

from __future__ import annotations

import base64
import calendar
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from examples import examples
from extension.recording_server import RecordingServer, Request
from hypothesis import given
from hypothesis import strategies as st

from telemap.errors import PushError
from telemap_lambda.delivery.sigv4 import AwsKeys, SigV4
from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.push import Gateway

KEYS = AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SESSION = (
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwth"
    "Ax7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAki"
    "Y9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
)
MOMENT = 1_440_938_160.0
"""2015-08-30 12:36:00, as in all vectors."""

VANILLA = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"

VECTORS = [
    ("get-vanilla", "GET", "/", VANILLA),
    ("get-relative", "GET", "/example/..", VANILLA),
    ("get-relative-relative", "GET", "/example1/example2/../..", VANILLA),
    ("get-slash", "GET", "//", VANILLA),
    ("get-slash-dot-slash", "GET", "/./", VANILLA),
    ("get-slashes", "GET", "//example//", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"),
    (
        "get-slash-pointless-dot",
        "GET",
        "/./example",
        "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
    ),
    ("get-space", "GET", "/example space/", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
    ("get-utf8", "GET", "/ሴ", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
    (
        "get-unreserved",
        "GET",
        "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
    ),
    ("post-vanilla", "POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
]


@pytest.mark.parametrize(
    ("method", "path", "signature"), [vector[1:] for vector in VECTORS], ids=[v[0] for v in VECTORS]
)
def test_signatures_are_those_of_the_published_test_suite(method: str, path: str, signature: str) -> None:
    headers = SigV4(KEYS, "us-east-1", lambda: MOMENT, "service").sign(method, "example.amazonaws.com", path, b"")
    assert headers == {
        "x-amz-date": "20150830T123600Z",
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
        f" SignedHeaders=host;x-amz-date, Signature={signature}",
    }


def test_a_session_token_is_sent_and_signed() -> None:  # post-sts-header-before
    keys = AwsKeys(KEYS.access_key_id, KEYS.secret_access_key, SESSION)
    headers = SigV4(keys, "us-east-1", lambda: MOMENT, "service").sign("POST", "example.amazonaws.com", "/", b"")

    assert headers["x-amz-security-token"] == SESSION
    assert headers["Authorization"].endswith(
        "SignedHeaders=host;x-amz-date;x-amz-security-token,"
        " Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"
    )


TEXT = st.text(st.characters(codec="ascii", categories=("Lu", "Ll", "Nd")), min_size=1, max_size=20)
PATH = st.lists(st.sampled_from(["a", "B1", "%2F", "%C3%A4", "~x", ".", "..", "", "api", "a b", "$c"]), max_size=6)


@examples(2)
@given(
    keys=st.builds(AwsKeys, TEXT, TEXT, st.one_of(st.just(""), TEXT)),
    path=PATH,
    body=st.binary(max_size=50),
    host=st.sampled_from(["aps-workspaces.eu-west-1.amazonaws.com", "aps.example:8443"]),
)
def test_signatures_are_those_of_botocore(keys: AwsKeys, path: list[str], body: bytes, host: str) -> None:
    target = "/" + "/".join(path)
    request = AWSRequest("POST", f"https://{host}{target}", data=body)
    credentials = Credentials(keys.access_key_id, keys.secret_access_key, keys.session_token or None)
    SigV4Auth(credentials, "aps", "eu-west-1").add_auth(request)
    moment = calendar.timegm(time.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ"))
    ours = SigV4(keys, "eu-west-1", lambda: moment).sign("POST", host, target, body)

    assert ours["Authorization"] == request.headers["Authorization"]


def test_neither_keys_nor_signatures_are_shown() -> None:
    keys = AwsKeys("AKIDEXAMPLE", "secret-key", "session-token")
    signer = SigV4(keys, "eu-west-1", time.time)
    headers = signer.sign("POST", "example", "/", b"")
    signature = headers["Authorization"].rpartition("=")[2]

    assert signer.secrets == {"AKIDEXAMPLE", "secret-key", "session-token"}
    assert signer.signature == signature
    assert not any(secret in f"{signer!r} {keys!r} {signer}" for secret in {*signer.secrets, signature})


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "json": lambda text: "".join(f"\\u{ord(one):04x}" for one in text),
    "html": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "upper case": str.upper,
    "zero-width spaces": "\u200b".join,
}
"""How a server or a proxy may repeat what it got."""

SECRETS = ("AKIDOFOURSWHICHISLONG", "secret/key+of-ours==", "session/token+of-ours==")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", range(4))
def test_an_answer_that_repeats_a_secret_is_quoted_without_it(
    gateway_at: Callable[..., Gateway], form: str, number: int
) -> None:
    """In any form, also beyond the end of what is quoted."""

    def repeat(request: Request) -> Answer:
        signature = request.headers["Authorization"].rpartition("=")[2]
        return Answer(403, f"who is {FORMS[form]([*SECRETS, signature][number])} here".encode())

    with RecordingServer(repeat) as server:
        gateway = gateway_at(f"{server.url}/api/v1/write")
        gateway.credentials = signer = SigV4(AwsKeys(*SECRETS), "eu-west-1", time.time)
        with pytest.raises(PushError) as raised:
            gateway.write(b"x")
    words = str(raised.value)
    secret = [*SECRETS, signer.signature][number]

    assert words.startswith("the gateway answered 403: who is ***")
    assert [name for name, write in FORMS.items() if write(secret)[:12] in words] == []
