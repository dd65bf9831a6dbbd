"""The metrics of `inputs/twelve.yaml`, written by hand with prometheus_client and cached children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_BYTES = (64, 256, 1024, 4096, 16384, 65536, 262144, 1048576)
_MIB = 1048576
_STATUSES = frozenset({"success", "failure", "error", "timeout"})
_FAILURES = frozenset({"failure", "error", "timeout"})


class ByHand:
    """Twelve metrics, and the code that updates them.

    Attributes:
        registry: the registry of the metrics.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._make_families()
        self._children: dict[tuple[str, ...], Any] = {}
        self._readers: dict[str, Callable[[Any], None]] = {
            "platform.start": self._read_start,
            "platform.runtimeDone": self._read_done,
            "platform.report": self._read_report,
            "function": self._read_log,
        }

    def _make_families(self) -> None:
        r = self.registry
        self._started = Counter("shop_started_total", "Started.", ["version"], registry=r)
        self._invocations = Counter("shop_invocations_total", "Finished.", ["status", "cold_start"], registry=r)
        self._duration = Histogram("shop_duration_seconds", "Duration.", registry=r, buckets=_SECONDS)
        self._billed = Summary("shop_billed_duration_seconds", "Billed.", registry=r)
        self._memory = Gauge("shop_max_memory_used_bytes", "Memory.", registry=r)
        self._init = Summary("shop_init_duration_seconds", "Init.", registry=r)
        self._response = Histogram("shop_response_bytes", "Response.", ["status"], registry=r, buckets=_BYTES)
        self._phase = Summary("shop_phase_seconds", "Phases.", ["phase"], registry=r)
        self._failures = Counter("shop_failures_total", "Failures.", ["error_type"], registry=r)
        self._lines = Counter("shop_log_lines_total", "Lines.", ["level"], registry=r)
        self._orders = Counter("shop_orders_total", "Orders.", ["currency"], registry=r)
        self._requests = Histogram("shop_request_seconds", "Requests.", ["route"], registry=r, buckets=_SECONDS)

    def apply(self, events: Iterable[Any]) -> None:
        """Apply a batch; an invalid event does not affect the others."""
        readers = self._readers
        for event in events:
            try:
                reader = readers.get(event["type"])
                if reader is not None:
                    reader(event["record"])
            except (KeyError, TypeError, ValueError):
                continue

    def _child(self, family: Any, name: str, *labels: str) -> Any:
        key = (name, *labels)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = family.labels(*labels)
        return child

    def _read_start(self, record: Any) -> None:
        self._child(self._started, "started", record["version"]).inc()

    def _read_report(self, record: Any) -> None:
        metrics = record["metrics"]
        status = record.get("status", "")
        status = status if status in _STATUSES else "other"
        cold = "true" if "initDurationMs" in metrics else "false"
        self._child(self._invocations, "invocations", status, cold).inc()
        if "durationMs" in metrics:
            self._duration.observe(metrics["durationMs"] / 1000)
        if "billedDurationMs" in metrics:
            self._billed.observe(metrics["billedDurationMs"] / 1000)
        if "maxMemoryUsedMB" in metrics:
            self._memory.set(metrics["maxMemoryUsedMB"] * _MIB)
        if "initDurationMs" in metrics:
            self._init.observe(metrics["initDurationMs"] / 1000)

    def _read_done(self, record: Any) -> None:
        status = record.get("status", "")
        produced = record.get("metrics", {}).get("producedBytes")
        if produced is not None:
            self._child(self._response, "response", status).observe(produced)
        for span in record.get("spans", ()):
            self._child(self._phase, "phase", span["name"]).observe(span["durationMs"] / 1000)
        if status in _FAILURES:
            self._child(self._failures, "failures", record.get("errorType", "unknown")).inc()

    def _read_log(self, record: Any) -> None:
        if not isinstance(record, dict):
            return
        self._child(self._lines, "lines", record.get("level", "").lower()).inc()
        if record.get("event") == "order_placed":
            self._child(self._orders, "orders", record.get("currency", "")).inc(record.get("items", 1))
        if "latency_ms" in record:
            self._child(self._requests, "requests", record.get("route", "")).observe(record["latency_ms"] / 1000)
