"""A built-in database that receives remote write, to try telemap without one, and to test with one that misbehaves."""

from __future__ import annotations

from telemap_lambda.fake_database.behaviour import Receiving
from telemap_lambda.fake_database.server import FakeDatabase

__all__ = ["FakeDatabase", "Receiving"]
