"""Delivery to the gateway: when to push, how, and with which credentials."""
