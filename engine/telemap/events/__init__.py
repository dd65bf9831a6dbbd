"""What telemetry events look like."""
