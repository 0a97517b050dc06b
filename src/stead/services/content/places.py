"""Countries, their cities, and the places of a city: written by editors, read by anybody."""

from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.sql import Queries
from stead.services.content import rules
from stead.services.content.contract import (
    Cities,
    City,
    CityDraft,
    Countries,
    Country,
    CountryDraft,
    Place,
    PlaceDraft,
    Places,
)

QUERIES = Queries.beside(__file__)
Connection = AsyncConnection[DictRow]


class Atlas:
    """All countries, cities and places."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def countries(self) -> Countries:
        return Countries([Country(**row) for row in await self._rows("countries")])

    async def cities(self, country: str) -> Cities:
        """Return a country's cities; 404 for a country that is not there."""
        if not await self._rows("country", code=country):
            raise _unknown("country")
        return Cities([City(**row) for row in await self._rows("cities", code=country)])

    async def places(self, city: str, limit: int, after: str) -> Places:
        """Return one page of a city's places; 404 for a city that is not there."""
        if not rules.is_slug(city) or not await self._rows("city", slug=city):
            raise _unknown("city")
        rows = await self._rows("places", city=city, after=after, limit=limit + 1)
        found = [Place(**row) for row in rows[:limit]]
        return Places(found, found[-1].slug if len(rows) > limit else None)

    async def place(self, slug: str) -> Place:
        rows = await self._rows("place", slug=slug) if rules.is_slug(slug) else []
        if not rows:
            raise _unknown("place")
        return Place(**rows[0])

    async def put_country(self, connection: Connection, code: str, draft: CountryDraft, user: str) -> Country:
        if not rules.is_country(code):
            raise HttpProblem(422, "invalid_country", "A country is two lower-case letters of ISO 3166-1.")
        await connection.execute(QUERIES["put_country"], {"code": code, "name": draft.name, "user": user})
        rows = await (await connection.execute(QUERIES["countries"])).fetchall()
        return next(Country(**row) for row in rows if row["code"] == code)

    async def put_city(self, connection: Connection, slug: str, draft: CityDraft, user: str) -> City:
        values = {"country": draft.country, "name": draft.name, "user": user}
        return City(**await _put(connection, "put_city", slug, values, parent="country"))

    async def put_place(self, connection: Connection, slug: str, draft: PlaceDraft, user: str) -> Place:
        values = {name: getattr(draft, name) for name in draft.__struct_fields__} | {"user": user}
        return Place(**await _put(connection, "put_place", slug, values, parent="city"))

    async def _rows(self, query: str, **values: object) -> list[DictRow]:
        async with self._database.connection() as connection:
            return await (await connection.execute(QUERIES[query], values)).fetchall()


async def _put(
    connection: Connection, query: str, slug: str, values: Mapping[str, Any], *, parent: str
) -> dict[str, Any]:
    """Write a row below its parent; 404 where the parent is not there."""
    if not rules.is_slug(slug):
        raise HttpProblem(422, "invalid_slug", "A slug is lower-case letters and digits, joined by hyphens.")
    row = await (await connection.execute(QUERIES[query], {"slug": slug, **values})).fetchone()
    if row is None:
        raise _unknown(parent)
    return row


def _unknown(kind: str) -> HttpProblem:
    return HttpProblem(404, f"unknown_{kind}", f"No such {kind}.")
