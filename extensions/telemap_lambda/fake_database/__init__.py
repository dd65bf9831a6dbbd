"""A built-in remote-write database, to try telemap without a real one, and to test against misbehaving ones."""

from __future__ import annotations

from telemap_lambda.fake_database.behaviour import Receiving
from telemap_lambda.fake_database.server import FakeDatabase

__all__ = ["FakeDatabase", "Receiving"]
