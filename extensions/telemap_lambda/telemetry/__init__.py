"""Receive, decode and join telemetry from Lambda, and track invocations by it."""
