"""A process that delivers messages, to be killed: `python outbox_process.py DATABASE_URL SECONDS`.

Each delivery has its effect once by the message's key, says so, and lingers before it is done.
"""

import asyncio
import sys

import msgspec

from stead.kit import outbox
from stead.kit.database import Database
from stead.kit.outbox import Outbox


class Award(msgspec.Struct):
    key: str


async def main(url, seconds):
    database = Database(url, migrations=[outbox.MIGRATIONS])

    async def award(message):
        async with database.connection() as connection:
            await connection.execute("INSERT INTO effect VALUES (%s) ON CONFLICT DO NOTHING", (message.key,))
            await connection.execute("INSERT INTO delivery VALUES (%s)", (message.key,))
        print("in hand", flush=True)
        await asyncio.sleep(seconds)

    box = Outbox(database, handlers={"award": (Award, award)})
    await database.open()
    await box.open()
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until the parent closes it
    await box.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
