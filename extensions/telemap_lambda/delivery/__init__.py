"""Delivery to the gateway: when and how to push, and the credentials to use."""
