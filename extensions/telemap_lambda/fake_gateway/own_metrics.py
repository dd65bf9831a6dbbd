"""The metrics of a Pushgateway's own process, against which it checks what is pushed.

The names and types are those that Pushgateway 1.5.1 serves on Linux; a test compares the answers of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap_lambda.fake_gateway.exposition import ExpositionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemap_lambda.fake_gateway.exposition import Family

_GAUGES = (
    *("go_goroutines", "go_info", "go_threads", "pushgateway_build_info"),
    *("go_memstats_alloc_bytes", "go_memstats_buck_hash_sys_bytes", "go_memstats_gc_sys_bytes"),
    *("go_memstats_heap_alloc_bytes", "go_memstats_heap_idle_bytes", "go_memstats_heap_inuse_bytes"),
    *("go_memstats_heap_objects", "go_memstats_heap_released_bytes", "go_memstats_heap_sys_bytes"),
    *("go_memstats_last_gc_time_seconds", "go_memstats_mcache_inuse_bytes", "go_memstats_mcache_sys_bytes"),
    *("go_memstats_mspan_inuse_bytes", "go_memstats_mspan_sys_bytes", "go_memstats_next_gc_bytes"),
    *("go_memstats_other_sys_bytes", "go_memstats_stack_inuse_bytes", "go_memstats_stack_sys_bytes"),
    *("go_memstats_sys_bytes", "process_max_fds", "process_open_fds", "process_resident_memory_bytes"),
    *("process_start_time_seconds", "process_virtual_memory_bytes", "process_virtual_memory_max_bytes"),
)
_COUNTERS = (
    *("go_memstats_alloc_bytes_total", "go_memstats_frees_total", "go_memstats_lookups_total"),
    *("go_memstats_mallocs_total", "process_cpu_seconds_total", "pushgateway_http_requests_total"),
)
_SUMMARIES = (
    *("go_gc_duration_seconds", "pushgateway_http_push_duration_seconds", "pushgateway_http_push_size_bytes"),
)

TYPES: Mapping[str, str] = {
    **dict.fromkeys(_GAUGES, "gauge"),
    **dict.fromkeys(_COUNTERS, "counter"),
    **dict.fromkeys(_SUMMARIES, "summary"),
}
"""The type of each, by name."""

_STRICT_HELP = {
    "pushgateway_http_requests_total": "Total HTTP requests processed by the Pushgateway, excluding scrapes.",
    "pushgateway_http_push_duration_seconds": "HTTP request duration for pushes to the Pushgateway.",
    "pushgateway_http_push_size_bytes": "HTTP request size for pushes to the Pushgateway.",
}
"""Help texts that a push must have; those of the others are replaced by the gateway's own."""


def check_own(family: Family) -> None:
    """Refuse a family that has the name of one of the gateway's own, and another type or help.

    Raises:
        ExpositionError: it has.
    """
    own = TYPES.get(family.name, family.type)
    if family.type != own:
        message = f"gathered metric family {family.name} has type {family.type.upper()} but should have {own.upper()}"
        raise ExpositionError(message)
    text = _STRICT_HELP.get(family.name, family.help)
    if (family.help or "") != (text or ""):
        message = f'gathered metric family {family.name} has help "{family.help or ""}" but should have "{text}"'
        raise ExpositionError(message)
