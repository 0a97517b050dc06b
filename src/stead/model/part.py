"""The name of what a process gets of a shared server: a database and a role, a user of Redis."""

import hashlib

LONGEST = 63  # bytes of a name in PostgreSQL


def part_name(backend: str, owner: str) -> str:
    """Return the name of a process's part: the same at every start, and no other backend's on a shared server."""
    name = f"{backend}_{owner}".replace("-", "_")
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
