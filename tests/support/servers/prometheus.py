"""A real Prometheus, and what it answers to queries."""

from __future__ import annotations

import contextlib
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple, Self

from patience import PATIENCE_SECONDS
from prometheus_client.parser import text_string_to_metric_families
from servers.process import POLL_SECONDS, ServerError, ServerProcess, find_program, free_port, local_session

"""How long a scrape may be awaited."""


class Sample(NamedTuple):
    """A value of one series."""

    labels: dict[str, str]
    value: float


def scrape(url: str) -> list[Sample]:
    """Read what a target exposes, as Prometheus would; the metric's name is the label `__name__`, as in its answers."""
    with local_session() as session:
        answer = session.get(f"{url}/metrics", timeout=PATIENCE_SECONDS)
        answer.raise_for_status()
    return [
        Sample({"__name__": sample.name, **sample.labels}, sample.value)
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    ]


class QueryApi:
    """The query API that Prometheus and VictoriaMetrics share.

    Args:
        url: the server, without a slash at its end.
        parameters: sent with each query.
    """

    def __init__(self, url: str, parameters: dict[str, str] | None = None) -> None:
        self.url = url
        self._parameters = parameters or {}
        self._session = local_session()

    def query(self, expression: str, at: float | None = None) -> list[Sample]:
        """Evaluate an expression at a Unix time, now when left out.

        Raises:
            ServerError: it was refused.
        """
        result = self.evaluate(expression, at)
        return [Sample(series["metric"], float(series["value"][1])) for series in result]

    def evaluate(self, expression: str, at: float | None = None) -> list[dict[str, Any]]:
        """Evaluate an expression; give the answer's `result` as it is.

        Raises:
            ServerError: it was refused.
        """
        return self._get("query", {"query": expression, "time": f"{time.time() if at is None else at:.3f}"})

    def query_range(self, expression: str, start: float, end: float, *, step: float) -> list[Sample]:
        """Evaluate an expression at each step from one Unix time to another; give all values."""
        span = {"start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step}s"}
        result = self._get("query_range", {"query": expression, **span})
        return [Sample(series["metric"], float(value)) for series in result for _, value in series["values"]]

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _get(self, verb: str, parameters: dict[str, str]) -> list[dict[str, Any]]:
        url = f"{self.url}/api/v1/{verb}"
        answer = self._session.get(url, params={**self._parameters, **parameters}, timeout=PATIENCE_SECONDS)
        if answer.status_code != 200:
            message = f"{parameters['query']}\nis refused: {answer.text}"
            raise ServerError(message)
        result: list[dict[str, Any]] = answer.json()["data"]["result"]
        return result


class Prometheus:
    """A Prometheus on 127.0.0.1 that remembers nothing beyond its `with` block.

    It takes samples by remote write.

    Args:
        config: the text of its configuration file.
        unstable: whether it is Debian unstable's.

    Raises:
        ServerMissingError: there is no `prometheus` on this machine.
    """

    def __init__(self, config: str = "global: {}\n", *, unstable: bool = False) -> None:
        self._program = find_program("prometheus", unstable=unstable)
        self._config = config
        self._resources = contextlib.ExitStack()
        self._address = f"127.0.0.1:{free_port()}"
        self.api = QueryApi(f"http://{self._address}")

    @property
    def write_url(self) -> str:
        """What `GATEWAY` is set to for remote write."""
        return f"{self.api.url}/api/v1/write"

    def latest(self) -> list[Sample]:
        """Return the last sample of each series, of the last hour."""
        return self.api.query('last_over_time({__name__!=""}[1h])')

    def flush(self) -> None:
        """Do nothing: what was written is visible to queries at once."""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as resources:
            folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="prometheus-")))
            config = folder / "prometheus.yaml"
            config.write_text(self._config)
            command: list[str | Path] = [
                self._program,
                f"--config.file={config}",
                f"--web.listen-address={self._address}",
                f"--storage.tsdb.path={folder / 'data'}",
                "--web.enable-remote-write-receiver",
            ]
            resources.enter_context(ServerProcess(command, ready_url=f"{self.api.url}/-/ready", folder=folder))
            resources.callback(self.api.close)
            self._await_ready()
            self._resources = resources.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def scrapes(self, seconds: int = 60) -> list[tuple[float, bool]]:
        """List the latest scrapes: when each was made, and whether it succeeded."""
        values = [series["values"] for series in self.api.evaluate(f"up[{seconds}s]")]
        return sorted((float(at), value == "1") for series in values for at, value in series)

    def await_scrape(self, after: float, *, succeeded: bool = True) -> float:
        """Wait for a scrape that began after a Unix time, and tell when it began.

        Raises:
            ServerError: there was none for a long time.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for at, up in self.scrapes():
                if at > after and up == succeeded:
                    return at
            time.sleep(POLL_SECONDS)
        message = f"no scrape that {'succeeded' if succeeded else 'failed'} in {PATIENCE_SECONDS} s"
        raise ServerError(message)

    def _await_ready(self) -> None:
        """It answers before it is ready: 503, while it reads its storage."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with local_session() as session:
            while session.get(f"{self.api.url}/-/ready", timeout=PATIENCE_SECONDS).status_code != 200:
                if time.monotonic() > deadline:
                    raise ServerError("Prometheus does not become ready")
                time.sleep(POLL_SECONDS)
