"""Countries, cities and places: written by editors, public at once, each below its parent."""

import pytest

EDITOR = {"user": "edith", "roles": ["editor"]}


async def put(house, path, body, **how):
    return await house.app.put(path, json=body, **{**EDITOR, **how})


async def get(house, path):
    return (await house.app.get(path)).json()


async def italy(house):
    await put(house, "/v1/countries/it", {"name": "Italy"})
    await put(house, "/v1/cities/rome", {"country": "it", "name": "Rome"})


async def test_an_editor_writes_and_anybody_reads(run):
    async with run() as house:
        await italy(house)
        written = await put(
            house, "/v1/places/forum", {"city": "rome", "name": "Forum", "latitude": 41.9, "longitude": 12.5}
        )
        assert (written.status_code, written.json()["description"]) == (200, "")
        assert await get(house, "/v1/countries") == {"countries": [{"code": "it", "name": "Italy", "cities": 1}]}
        cities = {"cities": [{"slug": "rome", "country": "it", "name": "Rome", "places": 1}]}
        assert await get(house, "/v1/countries/it/cities") == cities
        assert await get(house, "/v1/cities/rome/places") == {"places": [written.json()], "next": None}
        assert await get(house, "/v1/places/forum") == written.json()


async def test_what_is_written_again_is_replaced(run):
    async with run() as house:
        await italy(house)
        await put(house, "/v1/countries/it", {"name": "Italia"})
        assert (await get(house, "/v1/countries"))["countries"][0]["name"] == "Italia"
        await put(house, "/v1/places/forum", {"city": "rome", "name": "Forum", "latitude": 1, "longitude": 2})
        again = await put(house, "/v1/places/forum", {"city": "rome", "name": "Forum Romanum"})
        assert (again.json()["name"], again.json()["latitude"]) == ("Forum Romanum", None)


async def test_places_are_paged(run):
    async with run() as house:
        await italy(house)
        for number in range(5):
            await put(house, f"/v1/places/p{number}", {"city": "rome", "name": f"Place {number}"})
        seen, after = [], ""
        while after is not None:
            page = await get(house, f"/v1/cities/rome/places?limit=2&after={after}")
            seen += [each["slug"] for each in page["places"]]
            after = page["next"]
        assert seen == [f"p{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/countries/xx/cities", "unknown_country"),
        ("/v1/cities/nowhere/places", "unknown_city"),
        ("/v1/places/nowhere", "unknown_place"),
        ("/v1/places/No%20where", "unknown_place"),
    ],
)
async def test_what_is_not_there_is_a_404(run, path, code):
    async with run() as house:
        answer = await house.app.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, code)


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/countries/ITA", {"name": "Italy"}, 422, "invalid_country"),
        ("/v1/cities/Rome", {"country": "it", "name": "Rome"}, 422, "invalid_slug"),
        ("/v1/cities/rome", {"country": "xx", "name": "Rome"}, 404, "unknown_country"),
        ("/v1/places/forum", {"city": "nowhere", "name": "Forum"}, 404, "unknown_city"),
        ("/v1/places/forum", {"city": "rome", "name": "Forum", "latitude": 1}, 422, None),
        ("/v1/places/forum", {"city": "rome", "name": "Forum", "latitude": 91, "longitude": 1}, 422, None),
    ],
)
async def test_what_cannot_be_written_is_refused(run, path, body, status, code):
    async with run() as house:
        answer = await put(house, path, body)
        assert answer.status_code == status
        assert code is None or answer.json()["code"] == code


async def test_nobody_else_writes(run):
    async with run() as house:
        assert (await put(house, "/v1/countries/it", {"name": "Italy"}, roles=["reader"])).status_code == 403
