"""The routes of countries, cities and places."""

from typing import Annotated

from litestar import Response, get, put
from litestar.params import FromPath, JSONBody, QueryParameter

from stead.kit.idempotency import Answer, Idempotency
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import User
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
from stead.services.content.places import Atlas, Connection

Limit = Annotated[int, QueryParameter(ge=1, le=100)]
AfterSlug = Annotated[str, QueryParameter(pattern=r"^[a-z0-9-]{0,100}$", description="`next` of the page before.")]


@get("/v1/countries")
async def countries(atlas: Atlas) -> Countries:
    """List all countries, by name."""
    return await atlas.countries()


@get("/v1/countries/{code:str}/cities")
async def cities(code: FromPath[str], atlas: Atlas) -> Cities:
    """List the cities of a country, by name."""
    return await atlas.cities(code)


@get("/v1/cities/{city:str}/places")
async def places(city: FromPath[str], atlas: Atlas, limit: Limit = 20, after: AfterSlug = "") -> Places:
    """List the places of a city."""
    return await atlas.places(city, limit, after)


@get("/v1/places/{slug:str}")
async def place(slug: FromPath[str], atlas: Atlas) -> Place:
    """Return a place."""
    return await atlas.place(slug)


@put("/v1/countries/{code:str}")
async def put_country(
    code: FromPath[str],
    data: JSONBody[CountryDraft],
    user: User,
    attempt: IdempotencyKey,
    atlas: Atlas,
    idempotency: Idempotency,
) -> Response[Country]:
    """Write a country, new or in place of the one that was."""

    async def work(connection: Connection) -> Answer:
        return Answer(200, await atlas.put_country(connection, code, data, user.id))

    return await idempotency.run(attempt, work)


@put("/v1/cities/{slug:str}")
async def put_city(
    slug: FromPath[str],
    data: JSONBody[CityDraft],
    user: User,
    attempt: IdempotencyKey,
    atlas: Atlas,
    idempotency: Idempotency,
) -> Response[City]:
    """Write a city, new or in place of the one that was."""

    async def work(connection: Connection) -> Answer:
        return Answer(200, await atlas.put_city(connection, slug, data, user.id))

    return await idempotency.run(attempt, work)


@put("/v1/places/{slug:str}")
async def put_place(
    slug: FromPath[str],
    data: JSONBody[PlaceDraft],
    user: User,
    attempt: IdempotencyKey,
    atlas: Atlas,
    idempotency: Idempotency,
) -> Response[Place]:
    """Write a place, new or in place of the one that was."""

    async def work(connection: Connection) -> Answer:
        return Answer(200, await atlas.put_place(connection, slug, data, user.id))

    return await idempotency.run(attempt, work)


HANDLERS = (countries, cities, places, place, put_country, put_city, put_place)
