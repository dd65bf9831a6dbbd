"""Reading YAML nodes as what a field wants, with every problem collected on the way."""
