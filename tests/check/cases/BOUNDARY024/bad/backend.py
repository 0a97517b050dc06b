"""A backend of no services: what is looked at lies around it."""

from stead import Backend

backend = Backend("shop", services=[])
