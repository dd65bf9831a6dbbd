"""The Lambda side of telemap: the extension, and a sandbox to run it in."""
