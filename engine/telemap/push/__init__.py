"""Push expositions to a gateway: the Prometheus Pushgateway, VictoriaMetrics, gateways that add up.

The API of the Pushgateway: https://github.com/prometheus/pushgateway#api. This is the only package that speaks HTTP to
a gateway; nothing of an HTTP client is imported before the first `Gateway` is made.
"""

from __future__ import annotations

from telemap.errors import PushError
from telemap.push.address import api_of, grouping_path
from telemap.push.credentials import Basic, Bearer, Credentials, Tls
from telemap.push.gateway import Gateway

__all__ = ["Basic", "Bearer", "Credentials", "Gateway", "PushError", "Tls", "api_of", "grouping_path"]
