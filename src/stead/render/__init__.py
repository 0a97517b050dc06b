"""A backend as text for a target: pure, the same bytes for the same description."""
