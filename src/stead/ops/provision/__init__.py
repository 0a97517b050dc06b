"""Idempotent provisioning before services start: databases with their roles, and buckets."""
