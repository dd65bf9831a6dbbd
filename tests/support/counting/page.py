"""The queries of `docs/how-to/query.md`, as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "query.md"
WINDOW = "5m"
LOOKBACK = "1h"
STEP = "15s"
"""The durations of the page: of the window, of how far to look back before it, of the scrape interval."""

SCRAPE = "200ms"
METRIC = "aws_lambda_invocations_total"


def blocks(language: str) -> dict[str, str]:
    """Return the page's code blocks of a language by name: `<!-- query: NAME -->` stands before each."""
    pattern = rf"<!-- query: (\S+) -->\n```{language}\n(.*?)```"
    return dict(re.findall(pattern, PAGE.read_text(encoding="utf-8"), re.DOTALL))


def count_blocks(language: str) -> int:
    """Count the page's code blocks of a language, with a name or without."""
    return PAGE.read_text(encoding="utf-8").count(f"```{language}\n")


def wrong_queries() -> list[str]:
    """Return the queries that the page warns of."""
    forms = re.findall(r"^\| `(sum.*?)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"\bx\b", METRIC, form) for form in forms]


def query(name: str, *, window: float, lookback: float = 120.0) -> str:
    """Return a query of the page, for a window of so many seconds."""
    return fitted(blocks("promql")[name], window=window, lookback=lookback)


def fitted(expression: str, *, window: float, lookback: float = 120.0, step: float = 1.0) -> str:
    """Put durations, in seconds, in place of those of the page, and Grafana's variables."""
    text = re.sub(r"\$__(range|interval)\b", WINDOW, expression)
    durations = {WINDOW: window, LOOKBACK: lookback, STEP: step, "299s": window - 0.001}
    found = "|".join(durations)
    return re.sub(rf"\b({found})\b", lambda match: f"{round(durations[match[0]] * 1000)}ms", text)


def scrape_config(target: str) -> str:
    """Return the page's configuration of Prometheus, to scrape one target several times a second."""
    text = blocks("yaml")["scrape-config"].replace("pushgateway.example:9091", target)
    return text.replace(f"scrape_interval: {STEP}", f"scrape_interval: {SCRAPE}\n    scrape_timeout: {SCRAPE}")
