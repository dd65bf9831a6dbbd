"""Replace, update or delete a group on a gateway."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from telemap.environment import environment
from telemap.errors import PushError
from telemap.push.address import Origin, api_of
from telemap.push.credentials import SYSTEM, Basic, Bearer
from telemap.push.retry_after import seconds_until
from telemap.terminal_text import terminal_text
from telemap.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from telemap.push.address import Api
    from telemap.push.connection import Answer, Connection
    from telemap.push.credentials import Credentials, Tls
    from telemap.push.proxy import Proxy
    from telemap.push.redaction import Redaction
    from telemap.push.secret_texts import SecretTexts

_ANSWER_BYTES = 64 * 1024
"""Most bytes to read of the response to a push."""

_READ_BYTES = 256 * 1024 * 1024
"""Most bytes to read of the response to a GET."""

_QUOTED_CHARACTERS = 300
"""Most characters of a response to quote in an error."""

_GZIP = 31
"""zlib's `wbits` for a gzip header and the largest window."""

_REDIRECTIONS = frozenset({301, 302, 303, 307, 308})


class Gateway:
    """A group on a gateway, with a persistent connection.

    Args:
        url: the gateway's URL, optionally with a path prefix, or the URL of VictoriaMetrics' import API.
        grouping: the grouping key: `job` and any other labels.
        timeout: seconds for a whole exchange: connecting, sending, and receiving.
        tls: certificates for https.
        compress: whether to compress pushes with gzip.
        connection: the connection; TCP by default.
        api: the gateway's API; by default, chosen by the URL.
        headers: extra headers for each request.

    Attributes:
        credentials: sent with each request, if any.

    Raises:
        ValueError: the URL is invalid.
    """

    def __init__(
        self,
        url: str,
        grouping: Mapping[str, str],
        *,
        timeout: float,
        tls: Tls = SYSTEM,
        compress: bool = False,
        connection: Connection | None = None,
        api: Api | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        from telemap.push.connection import Connection as TcpConnection  # noqa: PLC0415 - HTTP client, slow to import
        from telemap.push.proxy import proxy_for  # noqa: PLC0415 - as above

        origin = Origin.of(url)
        self.credentials: Credentials | None = None
        self._api = api or api_of(url)
        self._prefix = origin.prefix
        self._authority = origin.authority
        self._headers = f"User-Agent: telemap/{VERSION}\r\n" + _lines(headers or {})
        self._proxy: Proxy | None = None
        self._proxy_error = ""
        self._redaction: tuple[SecretTexts, Redaction] | None = None
        try:
            self._proxy = proxy_for(origin, environment())
        except ValueError:  # the error may hold the proxy's password
            self._proxy_error = "the proxy in the environment cannot be used: it is not an http:// URL"
        self._connection = connection or TcpConnection(origin, tls, self._proxy, timeout)
        self._compress = compress
        self._grouping: Mapping[str, str] = dict(grouping)
        self._target = self._prefix + self._api.target(grouping) or "/"

    def regroup(self, grouping: Mapping[str, str]) -> None:
        """Switch to another group, over the same connection."""
        if grouping != self._grouping:
            self._grouping = dict(grouping)
            self._target = self._prefix + self._api.target(grouping) or "/"

    def put(self, text: str) -> int:
        """Replace the whole group, or import the exposition if the gateway has no groups.

        Returns:
            The gateway's HTTP status, 200 to 299.

        Raises:
            PushError: the push was not acknowledged.
        """
        return self._push(self._api.replaces, _encoded(text), repeatable=True)

    def post(self, text: str) -> int:
        """Replace the families of an exposition in the group; aggregating gateways add them. Never sent twice.

        Returns:
            The gateway's HTTP status, 200 to 299.

        Raises:
            PushError: the push was not acknowledged.
        """
        return self._push("POST", _encoded(text), repeatable=self._api.repeatable)

    def write(self, body: bytes) -> int:
        """Send samples with timestamps; the same bytes may arrive twice.

        Returns:
            The HTTP status, 200 to 299.

        Raises:
            PushError: the push was not acknowledged.
        """
        return self._push("POST", body, repeatable=True)

    def delete(self) -> int:
        """Delete the group.

        Returns:
            The gateway's HTTP status, 200 to 299.

        Raises:
            PushError: the request was not acknowledged, or there are no groups.
        """
        if not self._api.has_groups:
            raise PushError(f"{self._api.name} has no groups to delete", sent=False)
        return self._ask("DELETE", self._target, "", b"", repeatable=True, most=_ANSWER_BYTES).status

    def get(self, path: str) -> bytes:
        """Read from the gateway, for instance `/api/v1/metrics`.

        Args:
            path: encoded, relative to the gateway's URL.

        Raises:
            PushError: there was no response, an error, or an incomplete response.
        """
        answer = self._ask("GET", self._prefix + path, "", b"", repeatable=True, most=_READ_BYTES)
        if not answer.complete:
            raise PushError("the gateway's answer is incomplete", status=answer.status, sent=True)
        return answer.body

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _push(self, method: str, body: bytes, *, repeatable: bool) -> int:
        headers = self._api.headers
        if self._compress:
            body = zlib.compress(body, wbits=_GZIP)
            headers += "Content-Encoding: gzip\r\n"
        return self._ask(method, self._target, headers, body, repeatable=repeatable, most=_ANSWER_BYTES).status

    def _ask(self, method: str, target: str, headers: str, body: bytes, *, repeatable: bool, most: int) -> Answer:
        from telemap.push.connection import Request  # noqa: PLC0415 - already imported

        if self._proxy_error:
            raise PushError(self._proxy_error, sent=False)
        headers += self._headers + self._authorization(method, target, body)
        answer = self._connection.exchange(Request(method, target, headers, body, repeatable, most))
        if not 200 <= answer.status < 300:
            retry_after = seconds_until(answer.retry_after)
            error = PushError(self._refusal(answer), status=answer.status, sent=True, retry_after=retry_after)
            error.repeated = answer.repeated
            raise error
        return answer

    def _authorization(self, method: str, target: str, body: bytes) -> str:
        credentials = self.credentials
        if credentials is None:
            return ""
        if isinstance(credentials, Basic | Bearer):
            return f"Authorization: {credentials.header}\r\n"
        return _lines(credentials.sign(method, self._authority, target, body))

    def _refusal(self, answer: Answer) -> str:
        """Return the error for a response; for a redirect, show only the host, since the rest may contain secrets."""
        if answer.status in _REDIRECTIONS and answer.location is not None:
            host = self._quoted(_host(answer.location) or "another path", cut=False)
            return f"the gateway redirects to {host}, which telemap does not follow: set GATEWAY to the final URL"
        text = self._quoted(answer.body.decode(errors="replace"), cut=not answer.complete)
        return f"the gateway answered {answer.status}" + (f": {text}" if text else "")

    def _quoted(self, text: str, *, cut: bool) -> str:
        """Return text from a gateway or proxy on one line, shortened and redacted.

        Secrets are removed last, because shortening and cleaning may join the pieces of one.
        """
        from telemap.push.redaction import Redaction  # noqa: PLC0415 - only needed for errors
        from telemap.push.secret_texts import texts_in, texts_of  # noqa: PLC0415 - as above

        ours = texts_of([self.credentials, self._proxy.credentials if self._proxy else None])
        if self.credentials and not isinstance(self.credentials, Basic | Bearer):
            ours = ours._replace(passwords=ours.passwords | {self.credentials.signature})
        if self._redaction is None or self._redaction[0] != ours:
            around = texts_in(environment())
            secrets = (*ours.passwords, *ours.names, *around.passwords, *around.names)
            self._redaction = ours, Redaction(secrets)
        line = " ".join(text.split())
        is_long = len(line) > _QUOTED_CHARACTERS
        redacted = self._redaction[1](terminal_text(line[:_QUOTED_CHARACTERS]), cut=cut or is_long)
        return redacted + ("..." if is_long else "")


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")  # file names may contain lone surrogates


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def _host(url: str) -> str | None:
    from urllib.parse import urlsplit  # noqa: PLC0415 - only needed for errors

    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
