"""Makes what a process needs of a resource: once, when it is first asked for, and no process waits for another's."""

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
        """Say that a process needs a part; the first one to ask gives it its name."""
        if resource not in self._made:
            self._made[resource] = asyncio.ensure_future(self._make(part_name(self._backend, owner, resource)))

    async def ready(self, resource: Resource) -> str:
        """Wait until a part is there; say why it never will be."""
        try:
            await asyncio.shield(self._made[resource])
        except Exception as error:  # noqa: BLE001 - whatever keeps it away is told as it is
            return f"it is not there: {error}"
        return ""

    async def renew(self, resource: Resource, owner: str) -> None:
        """Make a part again, with the password that it has now; others go on with the URL before until it is there."""
        url = await self._make(part_name(self._backend, owner, resource))
        self._made[resource] = done = asyncio.get_running_loop().create_future()
        done.set_result(url)

    async def erase(self, resource: Resource, owner: str) -> None:
        """Delete the data of a part that is there."""
        await self._erase(part_name(self._backend, owner, resource))

    def url(self, resource: Resource) -> str:
        return self._made[resource].result()

    async def close(self) -> None:
        for task in self._made.values():
            task.cancel()
        await asyncio.gather(*self._made.values(), return_exceptions=True)
