"""A gateway in a separate process that accepts every push: it checks credentials, reads the body, and answers 200.

It does nothing else, so that the measurement covers only the client.
"""

from __future__ import annotations

import contextlib
import ssl
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from telemap_lambda.fake_gateway.access import Access
from telemap_lambda.local_server import Answer, LocalHandler, LocalServer

if TYPE_CHECKING:
    from collections.abc import Iterator

USERNAME, PASSWORD = "bench", "not-a-secret"
_ACCESS = Access.basic(USERNAME, PASSWORD)


@contextlib.contextmanager
def gateway_process(certificate: Path | None = None, key: Path | None = None) -> Iterator[str]:
    """Run a gateway for the duration of a context, and return its URL.

    Args:
        certificate: the certificate for https; None for http.
        key: the key of the certificate.
    """
    files = [str(file) for file in (certificate, key) if file]
    command = [sys.executable, str(Path(__file__).resolve()), *files]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        try:
            yield process.stdout.readline().strip()
        finally:
            process.communicate()  # the end of its input ends it


class _Handler(LocalHandler):
    def answer(self, body: bytes) -> None:
        allowed = _ACCESS.allows(self.headers.get("Authorization", ""))
        self.respond(Answer(200 if allowed and body else 401))


def _main(certificate: str | None = None, key: str | None = None) -> None:
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
    server = LocalServer(_Handler, tls=tls)
    server.start()
    print(f"{'https' if tls else 'http'}://{server.address}", flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    _main(*sys.argv[1:])
