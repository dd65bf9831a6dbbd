"""Logs of AWS's runtime in both log formats, as counted by the extension."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from extension.expositions import samples, value
from extension.lives import event, invocation
from extension.outcomes import assert_a_good_life
from servers.awslambdaric import records

from telemap_lambda.sandbox import Recording

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap_lambda.fake_gateway import FakeGateway
    from telemap_lambda.sandbox import SandboxResult

FUNCTION = Path(__file__).parent / "functions_for_tests" / "orders.py"
MAPPING = """
version: 1
include: [telemap:platform, telemap:logs]
metrics:
  taken_total:
    type: counter
    help: Orders that were taken, from the text of the line or from its message in JSON.
    from: function
    parse: {regex: 'order (?P<what>taken)'}
"""
ORDERS: list[dict[str, Any]] = [
    {"order": 1},
    {"order": 2, "large": True},
    {"order": 3, "missing": "boxes"},
    {"order": 4},
]


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_an_uncaught_error_and_levels_are_counted(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway, tmp_path: Path, log_format: str
) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING)
    start, done, report = invocation("a")
    logged = [event("function") | {"record": record} for record in records(FUNCTION, ORDERS, log_format=log_format)]
    recording = Recording.from_events([event("platform.initStart"), start, *logged, done, report])
    result = play(recording, {"GATEWAY": embedded_gateway.url, "MAPPING_FILE": str(mapping)})
    shown = embedded_gateway.text()
    levels = {
        dict(key[1])["level"]: count for key, count in samples(shown).items() if key[0].endswith("log_lines_total")
    }

    assert_a_good_life(result)
    assert value(shown, "aws_lambda_uncaught_errors_total", error_type="OutOfStockError") == 1
    assert {level: count for level, count in levels.items() if count} == {"info": 3, "warn": 1, "error": 1}
    assert value(shown, "taken_total") == 3
    assert value(shown, "aws_lambda_invocations_total", status="success") == 1
