"""Convert YAML nodes to values, and collect every problem."""
