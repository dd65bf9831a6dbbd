"""Telemetry from Lambda: received, decoded, joined, and counted by invocation."""
