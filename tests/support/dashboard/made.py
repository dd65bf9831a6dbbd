"""What dashboards and rules ask, as a database gets it: with values in place of Grafana's variables."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


def panel_queries(text: str, window: str = "5m") -> dict[str, list[str]]:
    """Return the queries of a dashboard's panels by the panel's title, with everything chosen in each variable.

    Args:
        text: the dashboard, as JSON.
        window: duration from one point to the next.
    """
    board = json.loads(text)
    chosen = {one["name"]: one["allValue"] for one in board["templating"]["list"] if "allValue" in one}
    values = {**chosen, "__interval": window, "__range": window}
    return {
        panel["title"]: [_filled(target["expr"], values) for target in panel.get("targets", ())]
        for panel in board["panels"]
    }


def variable_series(text: str) -> list[str]:
    """Return the selectors of the series that a dashboard's variables take their values from."""
    listed = json.loads(text)["templating"]["list"]
    queries = [one["definition"] for one in listed if one["type"] == "query"]
    return [query.removeprefix("label_values(").rpartition(",")[0] for query in queries]


def recorded(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name and expression of each recording rule of a file."""
    groups: list[dict[str, Any]] = yaml.safe_load(text)["groups"]
    for group in groups:
        for rule in group["rules"]:
            yield rule["record"], rule["expr"]


def _filled(expression: str, values: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda found: values[found[1] or found[2]], expression)
