"""A built-in gateway, to try telemap without a Pushgateway, and to test with one that misbehaves."""

from __future__ import annotations

from telemap_lambda.fake_gateway.behaviour import Behaviour
from telemap_lambda.fake_gateway.requests import GatewayRequest
from telemap_lambda.fake_gateway.server import FakeGateway

__all__ = ["Behaviour", "FakeGateway", "GatewayRequest"]
