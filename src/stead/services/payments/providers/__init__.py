"""Providers: who moves the money. Each is one file that fits the port in `provider.py`."""
