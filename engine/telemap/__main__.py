"""Run the command `telemap` as `python -m telemap`."""

from __future__ import annotations

import sys

from telemap.cli import main

sys.exit(main())
