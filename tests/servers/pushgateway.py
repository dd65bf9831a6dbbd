"""The real Prometheus Pushgateway, for a test."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import NamedTuple, Self

from servers.process import ServerProcess, find_program, free_port, local_session


class Credentials(NamedTuple):
    """A user and password for basic authentication."""

    username: str
    password: str


CREDENTIALS = Credentials("lambda", "open sesame")
# The password of CREDENTIALS by bcrypt, of the lowest cost: each push of a test is checked against it.
PASSWORD_HASH = "$2b$04$x99oGET6fw8woe3qavP8mONYQdJudwVUqw056O7c1XXA5WodSFIzq"  # noqa: S105 - for tests only
WEB_CONFIG = f"basic_auth_users:\n  {CREDENTIALS.username}: {PASSWORD_HASH}\n"


class Pushgateway:
    """A Pushgateway on 127.0.0.1 that remembers nothing beyond its `with` block.

    Args:
        port: where it listens; a free port when left out.
        authenticated: whether it asks for `CREDENTIALS`.

    Raises:
        ServerMissingError: there is no `prometheus-pushgateway` on this machine.
    """

    def __init__(self, *, port: int | None = None, authenticated: bool = False) -> None:
        self._program = find_program("prometheus-pushgateway")
        self._address = f"127.0.0.1:{port or free_port()}"
        self._authenticated = authenticated
        self._resources = contextlib.ExitStack()
        self.url = f"http://{self._address}"

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as resources:
            options = [f"--web.listen-address={self._address}", "--persistence.file="]
            if self._authenticated:
                folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="pushgateway-")))
                web_config = folder / "web.yaml"
                web_config.write_text(WEB_CONFIG)
                options.append(f"--web.config.file={web_config}")
            resources.enter_context(
                ServerProcess([self._program, *options], ready_url=f"{self.url}/-/ready"),
            )
            self._resources = resources.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def metrics(self) -> str:
        """Return what Prometheus would scrape now, in the text format."""
        with local_session() as session:
            auth = (CREDENTIALS.username, CREDENTIALS.password) if self._authenticated else None
            answer = session.get(f"{self.url}/metrics", auth=auth, timeout=10)
            answer.raise_for_status()
            return answer.text
