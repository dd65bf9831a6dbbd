"""Write samples to a time-series database: Prometheus remote write 1.0 and VictoriaMetrics text import.

Unlike a gateway, a database keeps every sample. Counters are sent as steps: the value before a change is resent right
before the new one, so that no query loses an increment at the edge of its window.

https://prometheus.io/docs/specs/prw/remote_write_spec/
"""

from __future__ import annotations

from telemap.remote_write.feed import Feed
from telemap.remote_write.protobuf import Protobuf
from telemap.remote_write.request import WriteRequest
from telemap.remote_write.timed_text import TimedText

__all__ = ["Feed", "Protobuf", "TimedText", "WriteRequest"]
