"""AWS keys of a role: the function's own, from the environment or its container, or one that it assumes."""

from __future__ import annotations

import http.client
import ipaddress
import json
import os
from datetime import datetime
from urllib.parse import urlsplit

from telemap_lambda.delivery.secret import SecretError, ask_child
from telemap_lambda.delivery.sigv4 import AwsKeys

_SECONDS = 2.0
"""Timeout for the container, which is as close as the sandbox itself."""

_MAX_BYTES = 64 * 1024

_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105 - the name of a variable


def read_keys() -> AwsKeys:
    """Return the keys of the function's role.

    They are in the environment. With SnapStart, where a process outlives them, the container provides them.

    Raises:
        SecretError: there are no keys; the message never contains any part of them.
    """
    key, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        return AwsKeys(key, secret, os.environ.get("AWS_SESSION_TOKEN", ""))
    uri = os.environ.get(_URI)
    if not uri:
        raise SecretError(f"neither AWS_ACCESS_KEY_ID nor {_URI} is set")
    return keys_in(_ask_container(uri))


def assume_role(arn: str) -> AwsKeys:
    """Return the keys of a role that the function's role assumes.

    Raises:
        SecretError: assuming the role is not allowed, or fails.
    """
    return keys_in(ask_child("role", arn))


def keys_in(answer: object) -> AwsKeys:
    """Return the keys in a response from the container or from STS, which use the same field names.

    Raises:
        SecretError: the response has no keys.
    """
    if isinstance(answer, dict):
        key, secret, token = (
            str(text) for text in (answer.get("AccessKeyId", ""), answer.get("SecretAccessKey", ""), _token(answer))
        )
        if key and secret and all(text.isascii() and text.isprintable() for text in (key, secret, token)):
            return AwsKeys(key, secret, token, _time(answer.get("Expiration")))
    raise SecretError("the answer has no AccessKeyId and SecretAccessKey")


def _token(answer: dict[str, object]) -> object:
    return answer.get("Token") or answer.get("SessionToken") or ""


def _time(text: object) -> float | None:
    try:
        return datetime.fromisoformat(str(text)).timestamp() if text else None
    except ValueError:
        return None


def _ask_container(uri: str) -> object:
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname or "", parts.port or 80
    except ValueError:
        raise SecretError(f"{_URI} is not a URL") from None
    if parts.scheme != "http" or not _is_near(host):
        raise SecretError(f"{_URI} must be http:// with a loopback or link-local address")
    token = os.environ.get(_TOKEN, "")
    if not (token.isascii() and token.isprintable()):
        raise SecretError(f"{_TOKEN} cannot be sent in a header")
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    try:
        connection.request("GET", target or "/", headers={"Authorization": token} if token else {})
        response = connection.getresponse()
        body = response.read(_MAX_BYTES)
    except (OSError, http.client.HTTPException) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or type(error).__name__
        raise SecretError(f"the container does not hand out keys: {reason}", passing=True) from None
    finally:
        connection.close()
    if response.status != 200:
        passing = response.status == 429 or response.status >= 500
        raise SecretError(f"the container answered {response.status} when asked for keys", passing=passing)
    try:
        return json.loads(body)
    except ValueError:
        raise SecretError("the container's answer is not JSON") from None


def _is_near(host: str) -> bool:
    """Return whether a host is loopback or link-local: keys are requested from nowhere else."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_link_local
