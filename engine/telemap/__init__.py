"""Turn AWS Lambda telemetry into Prometheus metrics, by a YAML mapping.

    import telemap

    mapping = telemap.load("telemap:default")        # read and check
    plan = telemap.compile(mapping)                  # generate code
    store = telemap.apply(plan, events)              # count and measure
    print(telemap.render(store))                     # Prometheus's text format

A `Store` is also a prometheus_client collector: `prometheus_client.REGISTRY.register(store)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.apply import apply
from telemap.decode import decode
from telemap.errors import DecodeError, MappingError, PushError, TelemapError
from telemap.exposition import render
from telemap.load import load, loads
from telemap.plan import Plan
from telemap.store import Store

if TYPE_CHECKING:
    from telemap.compiler import compile  # noqa: A004 - the public verb, as in `re.compile`
    from telemap.model import Mapping
    from telemap.problem import Problem

__all__ = [
    "DecodeError",
    "Mapping",
    "MappingError",
    "Plan",
    "Problem",
    "PushError",
    "Store",
    "TelemapError",
    "apply",
    "compile",
    "decode",
    "load",
    "loads",
    "render",
]

_LATER = {"compile": "telemap.compiler", "Mapping": "telemap.model", "Problem": "telemap.problem"}
"""Names that are imported on first use: a start with a compiled plan does not need them."""


if not TYPE_CHECKING:  # a type checker would accept any name

    def __getattr__(name: str) -> Any:
        """Import a name on first use."""
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - only here

        found = globals()[name] = getattr(import_module(_LATER[name]), name)
        return found
