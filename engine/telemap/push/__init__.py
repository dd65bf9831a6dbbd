"""Push expositions to a gateway: the Prometheus Pushgateway, VictoriaMetrics, or an aggregating gateway.

Pushgateway API: https://github.com/prometheus/pushgateway#api. The first `Gateway` imports the HTTP client.
"""

from __future__ import annotations

from telemap.errors import PushError
from telemap.push.address import api_of, grouping_path
from telemap.push.credentials import Basic, Bearer, Credentials, Tls
from telemap.push.gateway import Gateway

__all__ = ["Basic", "Bearer", "Credentials", "Gateway", "PushError", "Tls", "api_of", "grouping_path"]
