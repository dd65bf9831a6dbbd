"""The shape of telemetry events."""
