"""The commands of `telemap` that know Lambda."""
