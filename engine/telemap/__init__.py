"""AWS Lambda telemetry becomes Prometheus metrics, by a YAML mapping."""
