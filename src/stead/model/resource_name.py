"""The name of a process's part of a shared server: a database and a role, a user of Redis."""

import hashlib

from stead.model.resource import Resource

LONGEST = 63  # bytes of a name in PostgreSQL


def part_name(backend: str, owner: str, resource: Resource) -> str:
    """Return the name of a process's part: the same in every target, and no other backend's on a shared server.

    A second resource of one kind has its setting in its name.
    """
    second = "" if resource.setting == type(resource).setting else f"_{resource.setting.lower()}"
    name = f"{backend}_{owner}{second}".replace("-", "_")
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
