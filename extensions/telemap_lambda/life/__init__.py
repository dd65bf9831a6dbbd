"""The extension's life in a sandbox: start, the loop over invocations, shutdown."""
