"""Redis on this machine: one server in a folder, and a user with keys of its own for each service."""

from stead.run.redis.create import create_user, erase_keys
from stead.run.redis.program import RedisError, binary, client
from stead.run.redis.server import Server

__all__ = ["RedisError", "Server", "binary", "client", "create_user", "erase_keys"]
