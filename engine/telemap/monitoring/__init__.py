"""Generate Prometheus recording rules and a Grafana dashboard for a mapping's own metrics."""
