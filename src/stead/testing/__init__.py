"""Stand-ins and harnesses for tests: a service in process, identities, published contracts."""
