"""A backend on this machine: the only code that starts processes."""
