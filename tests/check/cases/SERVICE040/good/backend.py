"""A module and a package that no process could import."""

from stead import Backend, Service

backend = Backend("shop", services=[Service("orders", app="orders:create")])
