"""The real Prometheus Pushgateway, for a test."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import NamedTuple, Self

from patience import PATIENCE_SECONDS
from servers.process import ServerProcess, find_program, free_port, local_session


class Credentials(NamedTuple):
    """A user and password for basic authentication."""

    username: str
    password: str


CREDENTIALS = Credentials("lambda", "open sesame")
# The password of CREDENTIALS by bcrypt, of the lowest cost: each push of a test is checked against it.
PASSWORD_HASH = "$2b$04$x99oGET6fw8woe3qavP8mONYQdJudwVUqw056O7c1XXA5WodSFIzq"  # noqa: S105 - for tests only
USERS = f"basic_auth_users:\n  {CREDENTIALS.username}: {PASSWORD_HASH}\n"


class ServerTls(NamedTuple):
    """TLS of a server, as files in PEM.

    Attributes:
        certificate: the server's own.
        key: its key.
        authority: who signed it.
        client: a certificate and key that the server asks its clients for, by the same authority; None for none.
    """

    certificate: Path
    key: Path
    authority: Path
    client: tuple[Path, Path] | None = None

    @property
    def web_config(self) -> str:
        """The part of Prometheus's web configuration that says so."""
        lines = ["tls_server_config:", f"  cert_file: {self.certificate}", f"  key_file: {self.key}"]
        if self.client:
            lines += ["  client_auth_type: RequireAndVerifyClientCert", f"  client_ca_file: {self.authority}"]
        return "\n".join(lines) + "\n"


class Pushgateway:
    """A Pushgateway on 127.0.0.1 that remembers nothing beyond its `with` block.

    Args:
        port: where it listens; a free port when left out.
        authenticated: whether it asks for `CREDENTIALS`.
        tls: how it serves https; None for http.

    Raises:
        ServerMissingError: there is no `prometheus-pushgateway` on this machine.
    """

    def __init__(self, *, port: int | None = None, authenticated: bool = False, tls: ServerTls | None = None) -> None:
        self._program = find_program("prometheus-pushgateway")
        self._address = f"127.0.0.1:{port or free_port()}"
        self._authenticated = authenticated
        self._tls = tls
        self._resources = contextlib.ExitStack()
        self.url = f"{'https' if tls else 'http'}://{self._address}"

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as resources:
            options = [f"--web.listen-address={self._address}", "--persistence.file="]
            if self._authenticated or self._tls:
                folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="pushgateway-")))
                web_config = folder / "web.yaml"
                users = USERS if self._authenticated else ""
                web_config.write_text(users + (self._tls.web_config if self._tls else ""))
                options.append(f"--web.config.file={web_config}")
            # Where it serves https it answers plain http too, with 400: that will do to tell that it is up.
            ready_url = f"http://{self._address}/-/ready"
            resources.enter_context(ServerProcess([self._program, *options], ready_url=ready_url))
            self._resources = resources.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def metrics(self) -> str:
        """Return what Prometheus would scrape now, in the text format."""
        with local_session() as session:
            if self._tls:
                session.verify = str(self._tls.authority)
                if self._tls.client:
                    certificate, key = self._tls.client
                    session.cert = (str(certificate), str(key))
            auth = (CREDENTIALS.username, CREDENTIALS.password) if self._authenticated else None
            answer = session.get(f"{self.url}/metrics", auth=auth, timeout=PATIENCE_SECONDS)
            answer.raise_for_status()
            return answer.text
