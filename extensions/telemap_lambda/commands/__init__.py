"""The Lambda-specific commands of `telemap`."""
