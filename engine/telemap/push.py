"""Push an exposition to a Prometheus Pushgateway.

The API: https://github.com/prometheus/pushgateway#api. This is the only module that speaks HTTP to a gateway.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth

from telemap.errors import PushError
from telemap.exposition import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSWER_BYTES = 64 * 1024
"""Most of an answer that is read."""

_WORDS = 300
"""Most characters of a gateway's answer that an error shows."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Basic authentication; the password is never shown."""

    username: str
    password: str = field(repr=False)


class Gateway:
    """A group on a Pushgateway, and one kept connection to it.

    Args:
        url: the gateway's URL, perhaps with a path prefix, without a slash at its end.
        grouping: the grouping key: `job` and any other labels.
        timeout: seconds for connecting, and for the answer.
    """

    def __init__(self, url: str, grouping: Mapping[str, str], *, timeout: float) -> None:
        self.credentials: Credentials | None = None
        self._url = url + grouping_path(grouping)
        self._timeout = timeout
        self._session = _session(url)
        self._proven = False

    def put(self, text: str) -> None:
        """Replace the whole group by an exposition.

        Raises:
            PushError: it was not acknowledged.
        """
        body = text.encode(errors="replace")  # a file's name may hold what has no UTF-8
        try:
            self._send(body)
        except requests.Timeout as error:
            raise PushError(f"the gateway did not answer within {self._timeout:g} s") from error
        except requests.RequestException as error:
            raise PushError(f"the gateway cannot be reached: {_reason(error)}") from error

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _send(self, body: bytes) -> None:
        """Send, and once more when a connection that had served before turns out to be dead: the sandbox was frozen."""
        try:
            self._exchange(body)
        except requests.ConnectionError as error:
            if not self._proven or isinstance(error, requests.Timeout):
                raise
            self._proven = False
            self._session.close()
            self._exchange(body)

    def _exchange(self, body: bytes) -> None:
        credentials = self.credentials
        deadline = time.monotonic() + self._timeout
        response = self._session.put(
            self._url,
            data=body,
            headers={"Content-Type": CONTENT_TYPE},
            auth=_basic(credentials) if credentials else None,
            timeout=self._timeout,
            allow_redirects=False,
            stream=True,
        )
        with response:
            answer = _read(response, deadline)
        self._proven = True
        if not 200 <= response.status_code < 300:
            raise PushError(_refusal(response, answer), status=response.status_code)


def _basic(credentials: Credentials) -> HTTPBasicAuth:
    """Authenticate in UTF-8 (RFC 7617); requests would take text for Latin-1."""
    return HTTPBasicAuth(credentials.username.encode(), credentials.password.encode())


def grouping_path(grouping: Mapping[str, str]) -> str:
    """Give the path of a group: `/metrics/job/J/label/value`.

    Values that are empty or hold a slash go in base64, as the gateway asks, and so do `.` and `..`, which would be
    taken for steps of the path; `job` comes first.
    """
    ordered = {"job": grouping["job"], **grouping}
    return "/metrics" + "".join(f"/{_segment(name, value)}" for name, value in ordered.items())


def _segment(name: str, value: str) -> str:
    if "/" not in value and value not in {"", ".", ".."}:
        return f"{name}/{quote(value, safe='')}"
    encoded = base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")
    return f"{name}@base64/{encoded or '='}"


class _Session(requests.Session):
    """A session that does not look where a redirection leads, not even to tell: what it says may be no URL."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - requests' own signature
        return None


def _session(url: str) -> requests.Session:
    """Make a session that takes nothing from its surroundings but proxies: no netrc, no certificates, no retries."""
    session = _Session()
    session.proxies = dict(requests.utils.get_environ_proxies(url))
    session.trust_env = False
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _read(response: requests.Response, deadline: float) -> bytes:
    """Read an answer, but not for longer than the deadline, nor more than anyone wants to see."""
    answer = b""
    for chunk in response.iter_content(4096):
        answer += chunk
        if len(answer) > _ANSWER_BYTES:
            break
        if time.monotonic() > deadline:
            raise requests.Timeout
    return answer


def _refusal(response: requests.Response, answer: bytes) -> str:
    """Say how the gateway refused; of a redirection only the host, since the rest may hold secrets."""
    if response.is_redirect:
        host = _host(response.headers["Location"]) or "another path"
        return f"the gateway redirects to {host}, and redirections are not followed: set GATEWAY to the final address"
    words = answer.decode(errors="replace").strip()[:_WORDS]
    return f"the gateway answered {response.status_code}" + (f": {words}" if words else "")


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _reason(error: requests.RequestException) -> str:
    """Give the cause of a failed connection, without the request's URL around it."""
    cause: BaseException = error
    while isinstance(inner := cause.__cause__ or cause.__context__, BaseException):
        cause = inner
    return str(cause) or type(cause).__name__
