"""The library of Python services: boundary, health, errors, database, outbox, clients."""
