"""What people look at, made from a mapping: Prometheus recording rules and a Grafana dashboard for its own metrics."""
