"""The version of telemap."""

VERSION = "0.1.0"
