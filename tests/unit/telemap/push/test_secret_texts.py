"""What the environment holds of credentials, well written or not."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemap.push import Basic, Bearer
from telemap.push.redaction import Redaction
from telemap.push.secret_texts import texts_in, texts_in_url, texts_of

PASSWORD = "Zx9-Secret-Q"  # noqa: S105 - it opens nothing

URLS = [
    "http://scraper7:{}@127.0.0.1:1",
    "http://scraper7:{}/x@127.0.0.1:1",
    "http://scraper7:{}#1@127.0.0.1:1",
    "http://scraper7:{}?a=b@127.0.0.1:1",
    "http://scraper7:{}@x@127.0.0.1:1",
    "http://scraper7:{}@[::1",
    "socks5://scraper7:{}@127.0.0.1:1",
    "ftp://scraper7:{}@host/path",
    "http://socks5://scraper7:{}@host",
    "http:/scraper7:{}@host",
    "http:scraper7:{}@host",
    "//scraper7:{}@host",
    "scraper7:{}@host:3128",
    "scraper7:{}",
    "http://scraper7:{}",
    "http://scraper7:{}/path",
    "http://{}@host",
    "{}@host",
    "http://host:1/?token={}",
    "http://host:1/path?a=b&token={}#c",
    " http://scraper7:{}@host\n",
]


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy", "no_proxy"])
def test_a_password_in_a_proxys_url_is_secret(name: str, url: str) -> None:
    assert PASSWORD in texts_in({name: url.format(PASSWORD)}).passwords


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("name", ["GATEWAY", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER"])
def test_a_password_in_an_address_is_secret(name: str, url: str) -> None:
    assert PASSWORD in texts_in({name: url.format(PASSWORD)}).passwords


@pytest.mark.parametrize("url", [url for url in URLS if "scraper7" in url])
def test_a_user_name_is_secret_where_library_and_gateway_are_quoted(url: str) -> None:
    secrets = texts_in_url(url.format(PASSWORD).strip())
    assert "scraper7" not in Redaction([*secrets.passwords, *secrets.names])(f"cannot use {url.format(PASSWORD)}")


@pytest.mark.parametrize(
    "url", ["http://proxy.example:3128", "proxy:3128", "http://[::1]:3128/a/b", "localhost", "https://gateway/push", ""]
)
def test_a_url_without_credentials_holds_no_secret(url: str) -> None:
    assert texts_in_url(url) == (frozenset(), frozenset())


def test_an_encoded_password_is_secret_as_it_is_and_decoded() -> None:
    secrets = texts_in({"HTTPS_PROXY": "http://scraper7:Zx9%2FSecret%40Q@host"}).passwords
    assert {"Zx9%2FSecret%40Q", "Zx9/Secret@Q"} <= secrets


@pytest.mark.parametrize(
    "name",
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    ],
)
def test_keys_and_tokens_of_aws_are_secret(name: str) -> None:
    assert texts_in({name: "wJalrXUtnFEMI/K7MDENG"}).passwords == {"wJalrXUtnFEMI/K7MDENG"}


def test_of_other_variables_only_a_url_with_a_password_is_secret() -> None:
    environment = {
        "DATABASE_URL": f"postgres://orders:{PASSWORD}@host/orders",
        "AWS_REGION": "eu-west-1",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token",
        "AUTH_SECRET": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gateway",
        "NOTES": "write to http://host or me@host",
        "TELEMAP_JOB": "orders:eu@2",
        "NO_PROXY": "localhost,.example,10.0.0.0/8",
    }
    assert texts_in(environment) == (frozenset({PASSWORD, f"orders:{PASSWORD}"}), frozenset({"orders"}))


def test_credentials_hold_what_is_sent() -> None:
    secrets = texts_of([Basic("lambda", "s3same"), Bearer("s3.same"), None, Basic("", "")])
    assert secrets == (frozenset({"s3same", "lambda:s3same", "s3.same"}), frozenset({"lambda"}))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=6, max_size=20))
def test_no_password_is_left_of_a_url_that_is_quoted(password: str) -> None:
    for written in (password, quote(password, safe="")):
        url = f"http://scraper7:{written}@host:1"
        secrets = texts_in({"HTTPS_PROXY": url})
        shown = Redaction([*secrets.passwords, *secrets.names])(f"cannot use '{url}'")
        assert shown.startswith("cannot use 'http://***")
        assert shown.endswith(("@host:1'", "***'"))
        assert len(shown) < len("cannot use 'http://***@host:1'") + 4
