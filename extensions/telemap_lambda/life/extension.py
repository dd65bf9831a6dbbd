"""Assemble the extension after registration."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, NamedTuple

from telemap.label_text import clean
from telemap.patterns import matches
from telemap.push.url import split_url
from telemap.runtime.regexes import BATCH_SECONDS
from telemap.store import Store
from telemap.store.own_metrics import OWN_LABELS, OwnMetrics
from telemap.version import VERSION
from telemap_lambda.barrier import report_threads
from telemap_lambda.delivery.endpoints import Endpoints
from telemap_lambda.delivery.flush import Flush
from telemap_lambda.lambda_api import LambdaApi, LambdaApiError
from telemap_lambda.life.loop import Loop
from telemap_lambda.life.mapping_choice import choose
from telemap_lambda.settings.model import Fault
from telemap_lambda.settings.reading import read_settings
from telemap_lambda.telemetry.inbox import Inbox
from telemap_lambda.telemetry.listener import Listener
from telemap_lambda.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.plan import Plan
    from telemap_lambda.life.mapping_choice import Chosen
    from telemap_lambda.log import Log
    from telemap_lambda.recording.recorder import Recorder
    from telemap_lambda.settings.gateway_url import GatewayAddress
    from telemap_lambda.settings.model import Settings

_SNAP_START = "snap-start"

_LOG_CATEGORIES = ("function", "extension")
"""Telemetry categories to subscribe to only when a source names them."""


def _listen(inbox: Inbox) -> Listener:
    return Listener(inbox.put_telemetry, inbox.arrivals, inbox.has_room)


class Surroundings(NamedTuple):
    """What a life depends on besides Lambda's API. The defaults are the real ones; a simulation has its own.

    Attributes:
        world: clock, threads and randomness.
        endpoints: the gateway, and the sources of its credentials.
        listen: starts the telemetry listener, which fills the inbox.
    """

    world: World = World()
    endpoints: Endpoints = Endpoints()
    listen: Callable[[Inbox], Listener] = _listen


REAL = Surroundings()


def run(api: LambdaApi, log: Log) -> int | None:
    """Load the mapping, listen, subscribe, and run.

    Returns:
        The exit code; None if all that is left is to wait for SHUTDOWN.
    """
    report_threads(log)
    settings = read_settings(os.environ)
    log.level = settings.log_level
    grouping = _grouping(settings, api.function_name, REAL.world)
    chosen = choose(settings.mapping_file, grouping, log.debug, to_gateway=settings.delivery == "replace")
    added, refused = _added_grouping(settings, chosen.plan)
    if not _accept(api, log, settings, (*settings.faults, *refused), chosen):
        return 1
    grouping |= added
    if settings.gateway is None:
        if settings.record:
            log.warning("no usable GATEWAY: telemetry is recorded, but nothing is pushed")
            return _record_alone(api, log, settings, chosen.plan)
        if not settings.gateway_is_faulty:
            log.warning("GATEWAY is not set: no telemetry is collected or pushed")
        return None
    _warn_of_plain_credentials(settings, settings.gateway, log)
    snap_start = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == _SNAP_START
    life = assemble(api, log, settings, chosen, grouping, snap_start=snap_start)
    _collect_garbage()
    code = life.loop.run()
    life.listener.finish()
    return code


def _collect_garbage() -> None:
    """Collect garbage from now on, without looking at what the start has made, which stays."""
    gc.freeze()
    gc.enable()


def _accept(api: LambdaApi, log: Log, settings: Settings, refused: tuple[Fault, ...], chosen: Chosen) -> bool:
    """Log invalid settings and mapping faults, and return whether to continue without them."""
    for line in (*refused, *settings.warnings):
        log.warning(str(line))
    instead = "TELEMAP_STRICT is on" if settings.strict else "using telemap:default instead"
    for fault in chosen.faults:
        log.error(*f"the mapping cannot be used, {instead}: {fault}".split("\n"))  # a drawing may span several lines
    causes = (*(fault.cause for fault in refused), *chosen.faults)
    if not (causes and settings.strict):
        return True
    lines = f"TELEMAP_STRICT is on, and this cannot be used: {causes[0]}".split("\n")
    api.report_init_error("\n".join(map(log.shown, lines)))
    return False


class Life(NamedTuple):
    """A life, ready to run.

    Attributes:
        loop: the main loop.
        inbox: the queue of messages.
        store: the metrics.
        listener: the telemetry listener, already running.
    """

    loop: Loop
    inbox: Inbox
    store: Store
    listener: Listener


def assemble(
    api: LambdaApi,
    log: Log,
    settings: Settings,
    chosen: Chosen,
    grouping: dict[str, str],
    *,
    snap_start: bool,
    surroundings: Surroundings = REAL,
) -> Life:
    """Assemble a life and subscribe to its telemetry.

    Args:
        api: Lambda's API, after registration.
        log: the log.
        settings: the settings, with a gateway.
        chosen: the mapping.
        grouping: the grouping key.
        snap_start: whether this process may be snapshotted and restored before its first invocation.
        surroundings: what the life depends on.
    """
    world, endpoints, listen = surroundings
    own = OwnMetrics(chosen.plan, version=VERSION, fallback=bool(chosen.faults), info_only=not settings.self_metrics)
    store = Store(chosen.plan, instance=grouping.get("instance"), warn=log.warning, own=own, now=world.monotonic)
    store.regex_budget.wall_seconds = max(settings.hold / 2, BATCH_SECONDS)
    inbox = Inbox(settings.max_pending_bytes, world)
    listener = listen(inbox)
    wanted = categories(chosen.plan)
    recorder, comes = _recording(settings, wanted, log)
    subscribed = _subscribe(api, log, listener, comes)
    flush = Flush(settings, grouping, store, own, inbox.put, log, world, endpoints)
    shown = ", ".join(f"{name}={value!r}" for name, value in grouping.items())
    stays = settings.api.has_groups and "instance" in grouping and settings.on_shutdown == "keep"
    log.info(
        f"mapping {chosen.plan.name}, {len(chosen.plan.families)} metrics; pushed as {shown}"
        + ("; the group stays on the gateway after the process ends, until 'telemap sweep' deletes it" if stays else "")
    )
    loop = Loop(
        api=api,
        store=store,
        flush=flush,
        inbox=inbox,
        settings=settings,
        log=log,
        world=world,
        subscribed=subscribed,
        snap_start=snap_start,
        recorder=recorder,
    )
    return Life(loop, inbox, store, listener)


def _recording(settings: Settings, wanted: list[str], log: Log) -> tuple[Recorder | None, list[str]]:
    """Return the recorder, if any, and the telemetry categories to subscribe to."""
    if not settings.record:
        return None, wanted
    from telemap_lambda.recording.recorder import CATEGORIES, make_recorder  # noqa: PLC0415 - only when recording

    return make_recorder(settings, wanted, log), list(dict.fromkeys((*wanted, *CATEGORIES)))


def _record_alone(api: LambdaApi, log: Log, settings: Settings, plan: Plan) -> int:
    from telemap_lambda.life.recording_loop import RecordingLife  # noqa: PLC0415 - only when recording

    world = REAL.world
    inbox = Inbox(settings.max_pending_bytes, world)
    listener = REAL.listen(inbox)
    recorder, comes = _recording(settings, [], log)
    _subscribe(api, log, listener, comes)
    _collect_garbage()
    code = RecordingLife(api, inbox, Store(plan), log, world, recorder).run()
    listener.finish()
    return code


def _grouping(settings: Settings, function_name: str, world: World) -> dict[str, str]:
    """Return the labels of this process; no `instance` for deltas, so that the gateway adds processes up."""
    grouping = {"job": clean(settings.job or function_name or "telemap")}
    if settings.delivery != "delta":
        grouping["instance"] = world.random_id()
    return grouping


def _added_grouping(settings: Settings, plan: Plan) -> tuple[dict[str, str], list[Fault]]:
    """Return the labels of TELEMAP_GROUPING that no metric uses, and a fault for each of the others.

    A gateway would silently overwrite the metric's label, and reject samples whose labels then collide.
    """
    taken = {name for shape in plan.families for name in shape.label_names} | OWN_LABELS | {"le", "quantile"}
    added = {name: value for name, value in settings.grouping if name not in taken}
    refused = [
        Fault(
            "TELEMAP_GROUPING", f"{name!r} is a label of the metrics themselves", "it is left out, choose another name"
        )
        for name, _ in settings.grouping
        if name in taken
    ]
    return added, refused


def categories(plan: Plan) -> list[str]:
    """Return the telemetry categories that a plan needs: `platform`, and those that a source names.

    `*` matches whatever arrives but subscribes to nothing. A category that `drop` covers entirely is left out.
    """
    named = [text for patterns in (plan.exact, *plan.patterned) for text in patterns]
    wanted = [category for category in _LOG_CATEGORIES if any(text.startswith(category) for text in named)]
    dropped = [category for category in wanted if any(matches(text, category) for text in plan.dropped_whole)]
    return ["platform", *(category for category in wanted if category not in dropped)]


def _subscribe(api: LambdaApi, log: Log, listener: Listener, types: list[str]) -> bool:
    """Subscribe; if Lambda refuses, log it and continue without telemetry."""
    try:
        if api.subscribe(listener.port, listener.path, types):
            return True
    except LambdaApiError as error:
        log.error(f"Lambda refused the subscription, so no telemetry will arrive: {error}")
        return False
    log.warning("this environment has no Telemetry API (202), so no telemetry will arrive")
    return False


def _warn_of_plain_credentials(settings: Settings, gateway: GatewayAddress, log: Log) -> None:
    parts = split_url(gateway.url)
    local = parts.hostname in {"localhost", "::1"} or str(parts.hostname).startswith("127.")
    credentials = settings.auth_secret or settings.auth_token_secret or gateway.username or settings.auth == "sigv4"
    if parts.scheme == "http" and not local and credentials:
        log.warning(f"credentials go to {parts.hostname} over plain http, where others can read them: use https")
