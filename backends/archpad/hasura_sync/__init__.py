"""Keeps Hasura's metadata in step with the databases of the services."""
