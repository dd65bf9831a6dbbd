"""An embedded gateway: for trying telemap where no Pushgateway is installed, and for tests with one that misbehaves."""

from __future__ import annotations

from telemap_lambda.fake_gateway.behaviour import Behaviour
from telemap_lambda.fake_gateway.requests import GatewayRequest
from telemap_lambda.fake_gateway.server import FakeGateway

__all__ = ["Behaviour", "FakeGateway", "GatewayRequest"]
