"""What a trace says that a source made is what `apply` makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import telemap
from telemap.model import MetricType, Operation, Overflow
from telemap.resources import shipped_mappings
from telemap.tracing.outcomes import Stage
from telemap.tracing.tracer import Tracer
from unit.strategies import events as any_events
