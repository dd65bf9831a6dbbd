"""The extension's settings: what each means, and what stands where nothing is set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from typing import TypeAlias

    from telemap_lambda.settings.gateway_url import GatewayAddress

    Delivery: TypeAlias = Literal["replace", "delta"]
    OnShutdown: TypeAlias = Literal["keep", "delete"]
    FlushMode: TypeAlias = Literal["invoke", "end", "adaptive"]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; times are in seconds.

    Attributes:
        gateway: None when there is none to push to.
        auth_secret: ARN or name of the secret with user name and password for the gateway; empty for none.
        auth_token_secret: ARN or name of the secret with a bearer token instead; empty for none.
        dispatch_min_batch_size: push at an invocation only when more events than this have come.
        mapping_file: empty for the shipped default.
        delivery: whether a push replaces the group, or holds what was added since the last one.
        on_shutdown: what becomes of the group after the last push.
        flush: when to push.
        push_interval: no push at an invocation sooner than this after the last acknowledged one.
        flush_interval: the timer on managed instances.
        hold: the most that a push may keep a sandbox after its function is done.
        push_timeout: connecting, sending and answer of one push.
        job: value of the grouping key's `job`; empty for the function's name.
        grouping: more labels of the grouping key, beside `job` and `instance`.
        ca_file: authorities to trust, in PEM; empty for the system's.
        client_cert: our own certificate; empty for none.
        client_key: its key; empty when it is in the same file.
        compress: whether pushes are sent in gzip.
        max_pending_bytes: telemetry held before it is applied.
        record: where the events that come are recorded: `log`, or the path of a file; empty for nowhere.
        record_max_bytes: most that one recording may hold.
        record_logs: whether recorded events keep their log text.
        strict: whether a mapping or a setting that cannot be used fails the start.
        faults: what could not be used, a line each.
        warnings: what can be used and may not be what was meant, a line each.
    """

    gateway: GatewayAddress | None = None
    auth_secret: str = ""
    auth_token_secret: str = ""
    dispatch_min_batch_size: int = 0
    mapping_file: str = ""
    delivery: Delivery = "replace"
    on_shutdown: OnShutdown = "keep"
    flush: FlushMode = "invoke"
    push_interval: float = 1.0
    flush_interval: float = 10.0
    hold: float = 0.2
    push_timeout: float = 2.0
    job: str = ""
    grouping: tuple[tuple[str, str], ...] = ()
    ca_file: str = ""
    client_cert: str = ""
    client_key: str = ""
    compress: bool = False
    max_pending_bytes: int = 8 * 1024 * 1024
    record: str = ""
    record_max_bytes: int = 1024 * 1024
    record_logs: bool = False
    log_level: str = "warning"
    strict: bool = False
    self_metrics: bool = True
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def gateway_is_faulty(self) -> bool:
        """Tell whether a gateway was named that cannot be used."""
        return any(fault.startswith("GATEWAY:") for fault in self.faults)
