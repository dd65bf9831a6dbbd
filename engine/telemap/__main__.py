"""`python -m telemap` is the command `telemap`."""

from __future__ import annotations

import sys

from telemap.cli import main

sys.exit(main())
