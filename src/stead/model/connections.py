"""The connection limit of a role in a shared PostgreSQL, so that no service uses up the connections of others."""

from stead.model.backend import Process

POOL_SETTING = "DATABASE_POOL"
POOL = 8  # connections of a process made with the kit, where that setting has no value
GENERATIONS = 2  # during a rollout the old version and the new one run side by side
SPARE = 8  # migrations, a backup, a person with psql


def connection_limit(replicas: int, pool: int = POOL) -> int:
    """Return the limit of the role of a service that runs so often, each with a pool of so many connections."""
    return GENERATIONS * max(replicas, 1) * max(pool, 1) + SPARE


def pool_of(process: Process) -> int:
    """Return the declared pool size of a process; by default that of the kit."""
    declared = [each.default for each in process.declared if each.name == POOL_SETTING]
    return int(declared[0]) if declared and isinstance(declared[0], int) else POOL
