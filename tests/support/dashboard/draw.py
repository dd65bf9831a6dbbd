"""Draw the dashboard's pictures from real data: `python -m dashboard.draw`, in the folder of the tests.

The sandbox plays a shop's functions, with the real extension in each, to a Pushgateway that a Prometheus scrapes; then
each panel is drawn from what Prometheus answers to the panel's own expressions.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from counting.page import SCRAPE, scrape_config
from dashboard.asking import Span
from dashboard.board import panels
from dashboard.feeding import Feed
from dashboard.picture import draw, sections
from servers.process import ServerMissingError
from servers.prometheus import Prometheus
from servers.pushgateway import Pushgateway

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
SHOPS = "orders|payments|thumbnails"
"""What is shown of functions; the others are there for telemap's own trouble."""

BARS = 30
"""So many fit into a panel, with room between them."""


def main() -> int:
    """Play, ask, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=120, help="how long the sandboxes are played; 120")
    parser.add_argument("--seed", type=int, default=7, help="draws what they do; 7")
    parser.add_argument("--folder", type=Path, default=PICTURES, help="where the pictures go; docs/pictures")
    arguments = parser.parse_args()
    try:
        pictures = _pictures(arguments.seconds, arguments.seed)
    except ServerMissingError as missing:
        print(f"{missing}: run .ci/servers", file=sys.stderr)
        return 2
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, text in pictures.items():
        path = arguments.folder / name
        path.write_text(text, encoding="utf-8")
        print(path)
    return 0


def _pictures(seconds: int, seed: int) -> dict[str, str]:
    with Pushgateway() as gateway:
        config = scrape_config(gateway.url.removeprefix("http://")).replace(SCRAPE, "1s")
        with Prometheus(config) as prometheus, Feed(gateway.url, seed=seed) as feed:
            start = int(prometheus.await_scrape(0))
            feed.play_everything()
            feed.play_for(seconds)
            end = prometheus.await_scrape(time.time())
            step = max(1, round((end - start) / BARS))
            span = Span(start - start % step, int(end) - int(end) % step + step, step)
            prometheus.await_scrape(span.end)
            top, functions, memory, itself = sections(panels())
            return {
                "dashboard.svg": draw(
                    [*top, *functions, *memory], prometheus.api, span, "Dashboard: Lambda functions", job=SHOPS
                ),
                "dashboard-telemap.svg": draw(itself, prometheus.api, span, "Dashboard: telemap itself"),
            }


if __name__ == "__main__":
    sys.exit(main())
