"""The extension's settings, from environment variables."""
