"""Many requests at once, as clients make them: who is refused for the moment asks again.

A request waits a second for a connection to the database. On a busy machine some of a crowd are refused; what a test of
a crowd holds is what becomes of them in the end.
"""

import asyncio

LONGEST = 60  # seconds


async def crowd(*asks):
    """Make each request at once, and return the answers in order; `asks` are functions, since one may ask again."""
    return await asyncio.gather(*(until_served(ask) for ask in asks))


async def until_served(ask):
    """Ask again for as long as the service says when to."""
    async with asyncio.timeout(LONGEST):
        while (answer := await ask()).status_code == 503 and "retry-after" in answer.headers:
            await asyncio.sleep(int(answer.headers["retry-after"]))
    return answer
