"""External servers: a process waits until one of the addresses accepts a connection."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from stead.kit.cleanup import finish
from stead.model import External, Job, Service
from stead.model.external import endpoints
from stead.run.supervised_process import Need

TIMEOUT = 2.0  # seconds for one connection
PAUSE = 0.5  # seconds between two rounds


def needs(process: Service | Job, address_of: Callable[[External], str]) -> Iterator[Need]:
    """Yield what a process waits for; `address_of` returns what its setting holds."""
    for external in process.externals:
        if external.waits and (address := address_of(external)):
            yield Need(
                _display_address(external, address), f"needs {external.name}", partial(_listens, external, address)
            )


def _display_address(external: External, address: str) -> str:
    """Return the endpoint to wait for, without a credential."""
    try:
        places = [f"{host}:{port}" for host, port in endpoints(address)]
    except ValueError:
        return external.name
    return f"{external.name} at {', '.join(places)}"


async def _listens(external: External, address: str) -> str:
    """Wait until one endpoint accepts a connection; return the error of a malformed address."""
    try:
        places = endpoints(address)
    except ValueError as error:
        return f"{external.setting} cannot be used: {error}"
    while True:
        for host, port in places:
            if await _connects(host, port):
                return ""
        await asyncio.sleep(PAUSE)


async def _connects(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(TIMEOUT):
            _reader, writer = await asyncio.open_connection(host, port)
    except (TimeoutError, OSError):
        return False
    writer.close()
    with suppress(OSError):  # the peer may have closed first; it listens
        await finish(writer.wait_closed())
    return True
