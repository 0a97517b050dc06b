"""Read a description in a program of your own."""

from stead import load

backend = load("backends/rewards")
names = [service.name for service in backend.services]
