"""The players, in the game's own database."""

from game.contract import Player
from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.sql import Queries
from stead.services.auth.contract import Ensure, Ensured

SQL = Queries.beside(__file__)


class Players:
    """Who plays."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ensure(self, person: Ensure, invited_by: str | None = None) -> Ensured:
        """Make a player of somebody, once; who invited them is noted the first time only."""
        given = {"user_id": person.user_id, "name": person.name, "invited_by": invited_by}
        async with self._database.connection() as connection:
            row = await (await connection.execute(SQL["ensure"], given)).fetchone()
        assert row
        return Ensured(row["user_id"], row["created"])

    async def player(self, user_id: str) -> Player:
        async with self._database.connection() as connection:
            row = await (await connection.execute(SQL["player"], {"user_id": user_id})).fetchone()
        if row is None:
            raise HttpProblem(404, "unknown_player", "This user does not play yet.")
        return Player(row["user_id"], row["name"], row["since"], row["invited_by"])
