"""The Lambda side of telemap: the extension, its secrets and a sandbox to run it in."""
