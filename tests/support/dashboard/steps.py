"""The shipped rules and dashboard for samples that are written as steps, made from those for a gateway.

`cd tests/support && python -m dashboard.steps` writes them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from telemap.monitoring.counting import Delivery, Window

DEPLOY = Path(__file__).parents[3] / "deploy"
RULES = DEPLOY / "prometheus" / "telemap.rules.yaml"
DASHBOARD = DEPLOY / "grafana" / "telemap.json"
STEP_RULES = RULES.with_name("telemap.rules.remote-write.yaml")
STEP_DASHBOARD = DASHBOARD.with_name("telemap.remote-write.json")

_HEAD = """\
# What functions and telemap did, minute by minute, where telemap writes by remote write or VictoriaMetrics' import.
# The records are those of telemap.rules.yaml, so that telemap.alerts.yaml works with either.
# Made from it: cd tests/support && python -m dashboard.steps
"""
_COUNT = re.compile(
    r"last_over_time\((?P<selector>\w+(?:\{[^}]*\})?)\[(?P<length>[^\]]+)\](?: offset (?P<offset>\S+))?\)\s*"
    r"- \(\s*last_over_time\((?P=selector)\[1h\] offset (?P<before>\S+)\)\s*"
    r"or\s*0 \* last_over_time\((?P=selector)\[(?P=length)\](?: offset (?P=offset))?\)\s*\)"
)
_PUSHED = re.compile(
    r"\n  unless on \(job, instance\)\n"
    r"    time\(\) - last_over_time\(push_time_seconds\{[^}]*\}\[5m\]\) > (?P<seconds>\d+)"
)
"""What leaves out groups by the time of their last push; without groups, samples themselves tell that time."""


def stepped(expression: str, indent: str = "    ") -> str:
    """Return a query whose counts are those of steps."""

    def steps(found: re.Match[str]) -> str:
        window = Window(found["length"], found["offset"] or "", found["before"])
        return Delivery.REMOTE_WRITE.row.count_in(found["selector"], window).replace("\n  ", f"\n{indent[2:]}")

    pushed = _PUSHED.search(expression)
    if pushed:
        minutes = int(pushed["seconds"]) // 60
        expression = _PUSHED.sub("", expression).replace("[5m]", f"[{minutes}m]")
    return _COUNT.sub(steps, expression)


def step_rules() -> str:
    """Return the recording rules for steps."""
    body = RULES.read_text(encoding="utf-8").partition("groups:")
    return _HEAD + body[1] + stepped(body[2], indent=" " * 14)


def step_dashboard() -> str:
    """Return the dashboard for steps."""
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    board |= {"title": f"{board['title']}, remote write", "uid": f"{board['uid']}-remote-write"}
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            target["expr"] = stepped(target["expr"])
    return json.dumps(board, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write both files."""
    STEP_RULES.write_text(step_rules(), encoding="utf-8")
    STEP_DASHBOARD.write_text(step_dashboard(), encoding="utf-8")


if __name__ == "__main__":
    main()
