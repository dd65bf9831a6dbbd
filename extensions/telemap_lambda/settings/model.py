"""The extension's settings: one row for each, with its variable, kind, default and meaning."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypeVar

from telemap_lambda.log import LEVELS
from telemap_lambda.settings.gateway_url import GATEWAY_URL
from telemap_lambda.settings.grouping import GROUPING
from telemap_lambda.settings.record_target import RECORD_TARGET
from telemap_lambda.settings.variables import choice, milliseconds, text, truth, whole

if TYPE_CHECKING:
    from telemap_lambda.settings.gateway_url import GatewayAddress
    from telemap_lambda.settings.variables import Kind

T = TypeVar("T")

Delivery: TypeAlias = Literal["replace", "delta"]
OnShutdown: TypeAlias = Literal["keep", "delete"]
FlushMode: TypeAlias = Literal["invoke", "end", "adaptive"]

DELIVERIES: dict[str, Delivery] = {"replace": "replace", "delta": "delta"}
ON_SHUTDOWN: dict[str, OnShutdown] = {"keep": "keep", "delete": "delete"}
FLUSH_MODES: dict[str, FlushMode] = {"invoke": "invoke", "end": "end", "adaptive": "adaptive"}


class Setting(NamedTuple):
    """One setting.

    Attributes:
        name: of its environment variable.
        field: of `Settings`.
        kind: what it holds.
        words: what it means, in Markdown.
    """

    name: str
    field: str
    kind: Kind[Any]
    words: str


class Fault(NamedTuple):
    """A variable that cannot be used.

    Attributes:
        variable: its name.
        problem: what is wrong with it.
        instead: what happens instead.
    """

    variable: str
    problem: str
    instead: str

    @property
    def cause(self) -> str:
        """Return variable and problem, for where nothing happens instead."""
        return f"{self.variable}: {self.problem}"

    def __str__(self) -> str:
        return f"{self.cause}; {self.instead}"


def _setting(name: str, kind: Kind[T], words: str) -> T:
    """Return a field of `Settings` that is read from a variable."""
    declared: T = field(default=kind.default, metadata={"name": name, "kind": kind, "words": words})
    return declared


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; times are in seconds, and text that is not set is empty.

    Attributes:
        faults: variables that cannot be used.
        warnings: what can be used but is probably a mistake, a line each.
    """

    gateway: GatewayAddress | None = _setting(
        "GATEWAY",
        GATEWAY_URL,
        "URL of the gateway. `http://` is added if there is no scheme, a path prefix is kept, and `user:password@` is"
        " basic authentication and never printed (write `@`, `:`, `/` and `%` in them as `%40`, `%3A`, `%2F`, `%25`). A"
        " path that ends in `/api/v1/import/prometheus` is [VictoriaMetrics' import](#gateways). Without a gateway,"
        " telemap subscribes to nothing and pushes nothing, and says so once",
    )
    auth_secret: str = _setting(
        "AUTH_SECRET",
        text(),
        "ARN or name of a Secrets Manager secret: a JSON object with the keys `username` and `password`, for basic"
        " authentication in UTF-8. The function's role needs `secretsmanager:GetSecretValue` for it. telemap reads it"
        " at the start, and again when the gateway answers 401 or 403, at most once in 5 minutes; then it repeats the"
        " push at once",
    )
    auth_token_secret: str = _setting(
        "TELEMAP_AUTH_TOKEN_SECRET",
        text(),
        "ARN or name of a secret whose whole string, without a line feed at its end, is sent as a bearer token. Read"
        " like `AUTH_SECRET`. If both are set, the token is sent",
    )
    dispatch_min_batch_size: int = _setting(
        "DISPATCH_MIN_BATCH_SIZE",
        whole(0),
        "push at an invocation only if more telemetry events (not posts) than this have arrived since the last push."
        " Shutdown always pushes",
    )
    mapping_file: str = _setting(
        "MAPPING_FILE",
        text(unset="`telemap:default`", exact=True),
        "path of a mapping. A relative path is looked up under `/var/task`, then `/opt`, then the working directory."
        " `telemap:NAME` is a mapping that ships with telemap. A plan that [`telemap compile`](commands.md) put"
        " beside the mapping is used while it fits",
    )
    delivery: Delivery = _setting(
        "TELEMAP_DELIVERY",
        choice(DELIVERIES, "replace"),
        "`replace`: each push replaces the whole group. `delta`: each push adds what was counted since the last"
        " acknowledged push, for gateways that add up",
    )
    on_shutdown: OnShutdown = _setting(
        "TELEMAP_ON_SHUTDOWN",
        choice(ON_SHUTDOWN, "keep"),
        "`keep` the group for the next scrape, or `delete` it after the last push (what was not scraped by then is"
        " lost). Only where each process has a group: `delete` cannot be used with `delta` or VictoriaMetrics",
    )
    flush: FlushMode = _setting(
        "TELEMAP_FLUSH",
        choice(FLUSH_MODES, "invoke"),
        "when to push. `invoke`: while the function runs, what arrived before. `end`: after the function is done and"
        " before the sandbox freezes, so that its numbers are there at once; each invocation that pushes takes some"
        " 30 ms longer, because Lambda holds telemetry back for 25 ms. `adaptive`: `end` while invocations are more"
        " than 10 s apart on average, otherwise `invoke`",
    )
    push_interval: float = _setting(
        "TELEMAP_PUSH_INTERVAL_MS",
        milliseconds(1000),
        "no push at an invocation sooner than this after the last acknowledged one; `0` pushes at each. Shutdown always"
        " pushes",
    )
    flush_interval: float = _setting(
        "TELEMAP_FLUSH_INTERVAL_MS", milliseconds(10_000, least=1), "how often to push on managed instances"
    )
    hold: float = _setting(
        "TELEMAP_HOLD_MS",
        milliseconds(200),
        "the longest that a push may hold a sandbox after its function is done; with `0`, invocations never wait for a"
        " push. With `TELEMAP_FLUSH=end`, telemap waits for the telemetry that reports the function's end; if that"
        " is lost, until 100 ms before the function's deadline, once",
    )
    push_timeout: float = _setting(
        "TELEMAP_PUSH_TIMEOUT_MS",
        milliseconds(2000, least=1),
        "for one whole push: connecting, sending, and the answer, however slowly it arrives. It does not bound the DNS"
        " lookup of the gateway's name",
    )
    job: str = _setting(
        "TELEMAP_JOB",
        text(unset="the function's name", exact=True),
        "`job` in the grouping key. `instance` is a random id of the process, and absent with `delta`",
    )
    grouping: tuple[tuple[str, str], ...] = _setting(
        "TELEMAP_GROUPING",
        GROUPING,
        "more labels for the grouping key: `team=orders,stage=${env:STAGE:-dev}`. `job` and `instance` cannot be set"
        " here. `${env:NAME}` and `${env:NAME:-default}` work as in a mapping, but not with variables that hold AWS"
        " credentials. A label with an empty value is left out, and so is one that the metrics have themselves; the log"
        " says which",
    )
    ca_file: str = _setting(
        "TELEMAP_CA_FILE",
        text(unset="the system's"),
        "path of the certificate authorities (PEM) to trust for https, instead of the system's. The gateway's"
        " certificate is always verified; that cannot be turned off",
    )
    client_cert: str = _setting(
        "TELEMAP_CLIENT_CERT", text(), "path of a client certificate (PEM), for gateways that ask for one"
    )
    client_key: str = _setting(
        "TELEMAP_CLIENT_KEY",
        text(),
        "path of its key (PEM, without a passphrase). Not needed if the certificate's file holds it",
    )
    compress: bool = _setting(
        "TELEMAP_COMPRESSION",
        choice({"none": False, "gzip": True}, "none"),
        "`gzip` compresses pushes. The Pushgateway accepts that from 1.5.0; prom-aggregation-gateway does not",
    )
    max_pending_bytes: int = _setting(
        "TELEMAP_MAX_PENDING_BYTES",
        whole(8 * 1024 * 1024, least=1),
        "telemetry held before it is applied. Beyond it the oldest log events are dropped first and platform events"
        " last; all are counted",
    )
    log_level: str = _setting(
        "TELEMAP_LOG_LEVEL",
        choice({level: level for level in LEVELS}, "warning"),
        "`debug`, `info`, `warning` or `error`; one JSON object per line on standard error",
    )
    strict: bool = _setting(
        "TELEMAP_STRICT",
        truth(default=False),
        "`true`: a mapping or setting that cannot be used fails the extension's start, and so the function",
    )
    self_metrics: bool = _setting(
        "TELEMAP_SELF_METRICS",
        truth(default=True),
        "`false`: of telemap's own metrics, push `telemap_mapping_info` only",
    )
    record: str = _setting(
        "TELEMAP_RECORD",
        RECORD_TARGET,
        "[record](#record) the telemetry that arrives: to the `log`, or to a file, given by its path",
    )
    record_max_bytes: int = _setting(
        "TELEMAP_RECORD_MAX_BYTES",
        whole(1024 * 1024, least=1),
        "most bytes that a process records to the log, or that the file may hold; then recording ends, and the log says"
        " so once",
    )
    record_logs: bool = _setting(
        "TELEMAP_RECORD_LOGS", truth(default=False), "`true`: recorded events keep log text, tenants and account ids"
    )
    faults: tuple[Fault, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def gateway_is_faulty(self) -> bool:
        """Return whether a gateway was named that cannot be used."""
        return any(fault.variable == "GATEWAY" for fault in self.faults)


SETTINGS = tuple(
    Setting(declared.metadata["name"], declared.name, declared.metadata["kind"], declared.metadata["words"])
    for declared in fields(Settings)
    if declared.metadata
)
"""All settings, in the order of the documentation."""
