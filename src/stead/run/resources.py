"""Where the resources of a backend come from on this machine: servers that this run starts, or one that is named."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from stead.model import Resource
from stead.model.connections import connection_limit
from stead.model.resource_name import part_name
from stead.run import bucket, database, keyspace
from stead.run.port import Ports
from stead.run.postgres import Cluster
from stead.run.provisioner import Provider
from stead.run.secrets import Secrets
from stead.run.state_directory import Folder
from stead.run.status import Board
from stead.run.supervised_process import Need, ProcessSpec

DATABASE_URL = "DATABASE_URL"
PARTS = {"postgres": "a database", "redis": "keys of its own", bucket.KIND: "a bucket"}


class Resources:
    """The resources of processes that are not given.

    needed  per process, by its name
    pools   per process, how many connections it holds at the most
    admin   the URL of a PostgreSQL that runs already; nothing for one of our own
    """

    def __init__(
        self, backend: str, needed: Mapping[str, Sequence[Resource]], admin: str, pools: Mapping[str, int]
    ) -> None:
        self._backend, self._needed, self._admin, self._pools = backend, needed, admin, pools
        self._providers: dict[str, Provider] = {}
        self._plans: list[ProcessSpec] = []

    def prepare(
        self, folder: Folder, ports: Ports, secrets: Secrets, board: Board, previous: "Resources | None" = None
    ) -> None:
        """Decide which servers to start; those of the previous plan continue."""
        kinds = {resource.kind for resources in self._needed.values() for resource in resources}
        for kind in kinds & set(previous._providers if previous else ()):
            assert previous
            self._providers[kind] = previous._providers[kind]
            self._plans += [plan for plan in previous._plans if plan.name == self._providers[kind].status.name]
        kinds -= set(self._providers)
        if "postgres" in kinds:
            self._providers["postgres"] = self._databases(folder, ports, secrets, board)
        if "redis" in kinds:
            from stead.run.redis import Server

            redis = Server(folder.path / "redis", port=ports.free())
            self._providers["redis"] = keyspace.embedded(self._backend, redis, secrets, board)
            self._plans.append(keyspace.server(redis))
        if bucket.KIND in kinds:
            from stead.run.s3 import Server as S3Server

            s3 = S3Server(folder.path / "s3", port=ports.free())
            self._providers[bucket.KIND] = bucket.embedded(self._backend, s3, secrets, board)
            self._plans.append(bucket.server(s3))

    def passwords(self, secrets: Secrets) -> list[str]:
        """Return the password of every part, generated if it is new."""
        parts = [(owner, each) for owner, resources in self._needed.items() for each in resources]
        return [secrets.password(each.kind, part_name(self._backend, owner, each)) for owner, each in parts]

    def plans(self, board: Board) -> Iterator[ProcessSpec]:
        """Yield the servers to start; every part is provisioned as soon as its server is ready."""
        for provider in self._providers.values():
            board.add(provider.status)
        for owner, resources in self._needed.items():
            for resource in resources:
                self._providers[resource.kind].ask_for(resource, owner)
        yield from self._plans

    def needs(self, owner: str) -> Iterator[Need]:
        """Yield the conditions that a process waits for."""
        for resource in self._needed.get(owner, ()):
            provider = self._providers[resource.kind]
            yield Need(provider.status.name, f"needs {PARTS[resource.kind]}", partial(provider.ready, resource))

    def url(self, resource: Resource) -> str:
        """Return the URL of a ready resource."""
        return self._providers[resource.kind].url(resource)

    async def renew(self, resource: Resource) -> None:
        """Give a part the password that it has now."""
        owner = next(name for name, needed in self._needed.items() if resource in needed)
        await self._providers[resource.kind].renew(resource, owner)

    async def erase(self, resource: Resource) -> None:
        """Delete the data of a part."""
        owner = next(name for name, needed in self._needed.items() if resource in needed)
        await self._providers[resource.kind].erase(resource, owner)

    def of(self, process: str) -> tuple[Resource, ...]:
        """Return the resources that a process gets here."""
        return tuple(self._needed.get(process, ()))

    def resource_name(self, resource: Resource) -> str:
        """Return the name of a part, which its role has as well."""
        owner = next(name for name, needed in self._needed.items() if resource in needed)
        return part_name(self._backend, owner, resource)

    def has(self, name: str) -> bool:
        """Return whether a server of that name is one of these."""
        return any(provider.status.name == name for provider in self._providers.values())

    async def close(self) -> None:
        for provider in self._providers.values():
            await provider.close()

    def _databases(self, folder: Folder, ports: Ports, secrets: Secrets, board: Board) -> Provider:
        if self._admin:
            return database.elsewhere(self._backend, self._admin, secrets, self._limits())
        cluster = Cluster(folder.path / "postgres", port=ports.free())
        self._plans.append(database.server(cluster))
        return database.embedded(self._backend, cluster, secrets, board, self._limits())

    def _limits(self) -> dict[str, int]:
        """Return how many connections each role may have: of all processes that use its database."""
        names: dict[Resource, str] = {}
        pools: dict[Resource, int] = {}
        for owner, resources in self._needed.items():
            for each in resources:
                names.setdefault(each, part_name(self._backend, owner, each))
                pools[each] = pools.get(each, 0) + self._pools[owner]
        return {name: connection_limit(1, pools[each]) for each, name in names.items()}
