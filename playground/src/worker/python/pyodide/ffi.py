"""Nothing: the engine uses no JavaScript."""
