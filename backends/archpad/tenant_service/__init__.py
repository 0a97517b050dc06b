"""Tenants: who they are, what workspaces they have, and who belongs to them."""
