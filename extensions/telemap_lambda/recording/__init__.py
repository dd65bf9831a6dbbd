"""Recordings of telemetry, with log text removed unless it is asked for."""
