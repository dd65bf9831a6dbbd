"""The extension's settings, one row each: environment variable, kind, default and meaning."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypeVar

from telemap.push.address import PUSHGATEWAY, REMOTE_WRITE, api_of
from telemap_lambda.log import LEVELS
from telemap_lambda.settings.database import ROLE_ARN, TENANT
from telemap_lambda.settings.gateway_url import GATEWAY_URL
from telemap_lambda.settings.grouping import GROUPING
from telemap_lambda.settings.record_target import RECORD_TARGET
from telemap_lambda.settings.variables import choice, milliseconds, text, truth, whole

if TYPE_CHECKING:
    from telemap.push.address import Api
    from telemap_lambda.settings.gateway_url import GatewayAddress
    from telemap_lambda.settings.variables import Kind

T = TypeVar("T")

Delivery: TypeAlias = Literal["replace", "delta", "remote-write"]
Auth: TypeAlias = Literal["none", "sigv4"]
OnShutdown: TypeAlias = Literal["keep", "delete"]
FlushMode: TypeAlias = Literal["invoke", "end", "adaptive"]

DELIVERIES: dict[str, Delivery] = {"replace": "replace", "delta": "delta", "remote-write": "remote-write"}
AUTHS: dict[str, Auth] = {"none": "none", "sigv4": "sigv4"}
ON_SHUTDOWN: dict[str, OnShutdown] = {"keep": "keep", "delete": "delete"}
FLUSH_MODES: dict[str, FlushMode] = {"invoke": "invoke", "end": "end", "adaptive": "adaptive"}


class Setting(NamedTuple):
    """One setting.

    Attributes:
        name: the environment variable.
        field: the field of `Settings`.
        kind: how to read and show the value.
        words: the description, in Markdown.
    """

    name: str
    field: str
    kind: Kind[Any]
    words: str


class Fault(NamedTuple):
    """A variable that cannot be used.

    Attributes:
        variable: the name of the variable.
        problem: what is wrong with its value.
        instead: what telemap does instead.
    """

    variable: str
    problem: str
    instead: str

    @property
    def cause(self) -> str:
        """Return the variable and the problem, without the fallback."""
        return f"{self.variable}: {self.problem}"

    def __str__(self) -> str:
        return f"{self.cause}; {self.instead}"


def _setting(name: str, kind: Kind[T], words: str) -> T:
    """Declare a field of `Settings` that is read from an environment variable."""
    declared: T = field(default=kind.default, metadata={"name": name, "kind": kind, "words": words})
    return declared


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Times are in seconds; unset text is empty.

    Attributes:
        region: the AWS region that is signed for.
        faults: variables that cannot be used.
        warnings: probable mistakes, one line each.
    """

    gateway: GatewayAddress | None = _setting(
        "GATEWAY",
        GATEWAY_URL,
        "URL of the gateway. Without a scheme, `http://` is added. A path prefix is kept. `user:password@` is basic"
        " authentication and is never printed (write `@`, `:`, `/` and `%` in it as `%40`, `%3A`, `%2F`, `%25`). A"
        " path that ends in `/api/v1/import/prometheus` is [VictoriaMetrics' import API](#gateways); one that ends in"
        " `/api/v1/write` or the like is [remote write](../how-to/where-to-send-metrics.md#remote-write). Without"
        " `GATEWAY`, telemap subscribes to and pushes nothing, and logs this once",
    )
    auth_secret: str = _setting(
        "AUTH_SECRET",
        text(),
        "ARN or name of a Secrets Manager secret, a JSON object with the keys `username` and `password`: basic"
        " authentication, in UTF-8. The function's role needs `secretsmanager:GetSecretValue` for it. The secret is"
        " read at the start, and again when the gateway answers 401 or 403, at most once in 5 minutes; the push is"
        " then repeated at once",
    )
    auth_token_secret: str = _setting(
        "TELEMAP_AUTH_TOKEN_SECRET",
        text(),
        "ARN or name of a secret whose whole string, without a trailing line feed, is sent as a bearer token. It is"
        " read like `AUTH_SECRET`, and wins if both are set",
    )
    auth: Auth = _setting(
        "TELEMAP_AUTH",
        choice(AUTHS, "none", unset="by the host of `GATEWAY`"),
        "`sigv4`: sign each push as Amazon Managed Prometheus asks, with the keys of the function's role; the default"
        " for `aps-workspaces.REGION.amazonaws.com`, also of an interface endpoint. The region is the host's, or"
        " `AWS_REGION`. `none` does not sign",
    )
    role_arn: str = _setting(
        "TELEMAP_ROLE_ARN",
        ROLE_ARN,
        "ARN of a role to assume before signing, for a workspace in another account. The function's role needs"
        " `sts:AssumeRole` for it",
    )
    tenant: str = _setting(
        "TELEMAP_TENANT",
        TENANT,
        "with `remote-write`: the tenant, sent as `X-Scope-OrgID`, as Mimir and Cortex expect it; as `THANOS-TENANT`"
        " where the path of `GATEWAY` ends in `/api/v1/receive`",
    )
    dispatch_min_batch_size: int = _setting(
        "DISPATCH_MIN_BATCH_SIZE",
        whole(0),
        "during invocations, push only if more than this many telemetry events (not posts) have arrived since the"
        " last push. Shutdown always pushes",
    )
    mapping_file: str = _setting(
        "MAPPING_FILE",
        text(unset="`telemap:default`", exact=True),
        "path of a mapping. A relative path is looked up in `/var/task`, then `/opt`, then the working directory."
        " `telemap:NAME` is a shipped mapping. If [`telemap compile`](commands.md#telemap-compile-mapping) has put a"
        " plan next to the mapping, it is used as long as it is up to date",
    )
    delivery: Delivery = _setting(
        "TELEMAP_DELIVERY",
        choice(DELIVERIES, "replace", unset="by the path of `GATEWAY`"),
        "`remote-write`: each push writes samples into a time-series database, and is the default where the path of"
        " `GATEWAY` ends in `/api/v1/write`, `/api/v1/push`, `/api/prom/push`, `/api/v1/receive` or"
        " `/api/v1/remote_write`. `replace`, the default elsewhere: each push replaces the whole group. `delta`: each"
        " push adds what has been counted since the last acknowledged one, for aggregating gateways",
    )
    steps: int = _setting(
        "TELEMAP_STEPS",
        whole(10, least=1, most=50),
        "with `remote-write` and VictoriaMetrics: how often the value before a change is written again, right before"
        " the new one, where a series is new or has been quiet for a minute; elsewhere a fifth of it. With more,"
        " `increase()` is closer, and there are more samples",
    )
    on_shutdown: OnShutdown = _setting(
        "TELEMAP_ON_SHUTDOWN",
        choice(ON_SHUTDOWN, "keep"),
        "`keep` the group for the next scrape, or `delete` it after the last push (what has not been scraped by then"
        " is lost). With `remote-write`, `delete` writes stale markers, and loses nothing. It is invalid with `delta`"
        " and with VictoriaMetrics' import",
    )
    flush: FlushMode = _setting(
        "TELEMAP_FLUSH",
        choice(FLUSH_MODES, "invoke"),
        "when to push. `invoke`: while the function runs, everything that has arrived by then. `end`: after the"
        " function is done, before the sandbox is released; its metrics are available at once, but each invocation"
        " that pushes takes about 30 ms longer, because Lambda buffers telemetry for 25 ms. `adaptive`: `end` while"
        " invocations are more than 10 s apart on average, otherwise `invoke`",
    )
    push_interval: float = _setting(
        "TELEMAP_PUSH_INTERVAL_MS",
        milliseconds(1000),
        "during invocations, the minimum time between the last acknowledged push and the next; `0` pushes at each."
        " Shutdown always pushes",
    )
    flush_interval: float = _setting(
        "TELEMAP_FLUSH_INTERVAL_MS", milliseconds(10_000, least=1), "interval of pushes on managed instances"
    )
    hold: float = _setting(
        "TELEMAP_HOLD_MS",
        milliseconds(200),
        "maximum time that a push may hold a sandbox after its function is done; with `0`, invocations never wait"
        " for a push. With `end`, telemap also waits for the telemetry that reports the end of the function; if"
        " that is lost, it waits until 100 ms before the function's deadline, once",
    )
    push_timeout: float = _setting(
        "TELEMAP_PUSH_TIMEOUT_MS",
        milliseconds(2000, least=1),
        "timeout of a push as a whole: connecting, sending and receiving the answer, however slowly it arrives. It"
        " does not cover name resolution",
    )
    job: str = _setting(
        "TELEMAP_JOB",
        text(unset="the function's name", exact=True),
        "`job` in the grouping key, or the label. `instance` is a random id of the process, and is omitted in `delta`",
    )
    grouping: tuple[tuple[str, str], ...] = _setting(
        "TELEMAP_GROUPING",
        GROUPING,
        "more labels of the grouping key: `team=orders,stage=${env:STAGE:-dev}`. `job` and `instance` cannot be set"
        " here. `${env:NAME}` and `${env:NAME:-default}` work as in a mapping; variables with AWS credentials are"
        " refused. Empty labels are omitted, and so are labels that the metrics already have, with a log message",
    )
    ca_file: str = _setting(
        "TELEMAP_CA_FILE",
        text(unset="the system's"),
        "path of the certificate authorities (PEM) that https trusts instead of the system's. A gateway's"
        " certificate is always verified",
    )
    client_cert: str = _setting(
        "TELEMAP_CLIENT_CERT", text(), "path of a client certificate (PEM), for gateways that require one"
    )
    client_key: str = _setting(
        "TELEMAP_CLIENT_KEY",
        text(),
        "path of its key (PEM, without a passphrase); not needed if the certificate's file contains it",
    )
    compress: bool = _setting(
        "TELEMAP_COMPRESSION",
        choice({"none": False, "gzip": True}, "none"),
        "`gzip` compresses pushes. The Pushgateway accepts this since 1.5.0, prom-aggregation-gateway does not, and"
        " it is invalid with `remote-write`",
    )
    max_pending_bytes: int = _setting(
        "TELEMAP_MAX_PENDING_BYTES",
        whole(8 * 1024 * 1024, least=1),
        "maximum size of telemetry waiting to be applied. Beyond it, the oldest log events are dropped first,"
        " platform events last; all are counted",
    )
    log_level: str = _setting(
        "TELEMAP_LOG_LEVEL",
        choice({level: level for level in LEVELS}, "warning"),
        "`debug`, `info`, `warning` or `error`. The log is one JSON object per line on standard error",
    )
    strict: bool = _setting(
        "TELEMAP_STRICT",
        truth(default=False),
        "`true`: an invalid mapping or setting fails the extension's start, and with it the function",
    )
    self_metrics: bool = _setting(
        "TELEMAP_SELF_METRICS",
        truth(default=True),
        "`false`: of [telemap's own metrics](self-metrics.md), push only `telemap_mapping_info`",
    )
    record: str = _setting(
        "TELEMAP_RECORD",
        RECORD_TARGET,
        "[record](#record) the telemetry that arrives: `log`, or the path of a file",
    )
    record_max_bytes: int = _setting(
        "TELEMAP_RECORD_MAX_BYTES",
        whole(1024 * 1024, least=1),
        "maximum size of what a process writes to the log, or of the file. Recording then ends, with one log message",
    )
    record_logs: bool = _setting(
        "TELEMAP_RECORD_LOGS", truth(default=False), "`true`: recorded events keep log text, tenants and account ids"
    )
    region: str = ""
    faults: tuple[Fault, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def api(self) -> Api:
        """Return how the gateway is spoken to: by the end of its path, but for remote write to any path."""
        if self.delivery == "remote-write":
            return REMOTE_WRITE
        return api_of(self.gateway.url) if self.gateway else PUSHGATEWAY

    @property
    def gateway_is_faulty(self) -> bool:
        """Return whether GATEWAY is set but cannot be used."""
        return any(fault.variable == "GATEWAY" for fault in self.faults)


SETTINGS = tuple(
    Setting(declared.metadata["name"], declared.name, declared.metadata["kind"], declared.metadata["words"])
    for declared in fields(Settings)
    if declared.metadata
)
"""All settings, in the order in which the documentation lists them."""
