"""`telemap playground` as a process, and requests to it, also such as no browser sends."""
