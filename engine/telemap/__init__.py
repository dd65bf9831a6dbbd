"""AWS Lambda telemetry becomes Prometheus metrics, by a YAML mapping.

    import telemap

    mapping = telemap.load("telemap:default")        # read and check
    plan = telemap.compile(mapping)                  # generate what runs
    store = telemap.apply(plan, events)              # count and measure
    print(telemap.render(store))                     # Prometheus's text format

A `Store` is also a prometheus_client collector: `prometheus_client.REGISTRY.register(store)`.
"""

from __future__ import annotations

from telemap.apply import apply
from telemap.compiler import compile  # noqa: A004 - the public verb, as in `re.compile`
from telemap.decode import decode
from telemap.errors import DecodeError, MappingError, PushError, TelemapError
from telemap.exposition import render
from telemap.load import load, loads
from telemap.model import Mapping
from telemap.plan import Plan
from telemap.problem import Problem
from telemap.store import Store

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
