"""Payment providers. Each is one file that implements the port in `provider.py`."""
