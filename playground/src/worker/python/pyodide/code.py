"""Nothing: the worker runs no Python code that is given as text."""
