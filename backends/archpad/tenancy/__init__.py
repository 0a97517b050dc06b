"""Tenancy: what keeps one tenant's rows from another, shared by the services that hold such rows."""
