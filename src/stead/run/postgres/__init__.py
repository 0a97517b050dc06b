"""PostgreSQL on this machine: a cluster in a folder, and a database with a role of its own for each service.

The server comes from a wheel, so that a laptop runs the same database as production does, with nothing to install.
"""

from stead.run.postgres.cluster import Cluster
from stead.run.postgres.create import create_database, erase_database, in_database
from stead.run.postgres.program import PostgresError, binary

__all__ = ["Cluster", "PostgresError", "binary", "create_database", "erase_database", "in_database"]
