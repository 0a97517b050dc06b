"""Provision a process's part of a resource once, at the first request; processes do not wait for parts of others."""

import asyncio
from collections.abc import Awaitable, Callable

from stead.model import Resource
from stead.model.resource_name import part_name
from stead.run.status import Status


class Provider:
    """What one server provides; `ready()` may be awaited by many, and `url()` holds once it was.

    status  of the server, for those who want to see what is waited for
    make    makes the part with that name, and returns its URL
    erase   deletes the data of the part with that name, and leaves it empty
    """

    def __init__(
        self,
        backend: str,
        status: Status,
        make: Callable[[str], Awaitable[str]],
        erase: Callable[[str], Awaitable[None]],
    ) -> None:
        self.status, self._erase = status, erase
        self._backend = backend
        self._make = make
        self._made: dict[Resource, asyncio.Future[str]] = {}

    def ask_for(self, resource: Resource, owner: str) -> None:
        """Register the need of a part; the first process determines its name."""
        if resource not in self._made:
            self._made[resource] = asyncio.ensure_future(self._make(part_name(self._backend, owner, resource)))

    async def ready(self, resource: Resource) -> str:
        """Wait until a part is ready; return the reason of a failure."""
        try:
            await asyncio.shield(self._made[resource])
        except Exception as error:  # noqa: BLE001 - whatever keeps it away is told as it is
            return f"it was not created: {error}"
        return ""

    async def renew(self, resource: Resource, owner: str) -> None:
        """Provision a part again with its present password; until then the earlier URL stays valid for others."""
        url = await self._make(part_name(self._backend, owner, resource))
        self._made[resource] = done = asyncio.get_running_loop().create_future()
        done.set_result(url)

    async def erase(self, resource: Resource, owner: str) -> None:
        """Delete the data of a provisioned part."""
        await self._erase(part_name(self._backend, owner, resource))

    def url(self, resource: Resource) -> str:
        return self._made[resource].result()

    async def close(self) -> None:
        for task in self._made.values():
            task.cancel()
        await asyncio.gather(*self._made.values(), return_exceptions=True)
