"""A backend's gateway: an Envoy configured from the description, and the keeper beside it."""
