"""The shelf: one folder a service, all of one shape."""
