"""Recordings of telemetry, without log text unless requested."""
