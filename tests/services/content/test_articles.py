"""Articles: written by editors, public once published."""

EDITOR = {"user": "edith", "roles": ["editor"]}
DRAFT = {"title": "Hello", "body": "A text."}


async def put(house, slug, body, **how):
    return await house.app.put(f"/v1/articles/{slug}", json=body, **{**EDITOR, **how})


async def test_only_what_is_published_is_public(run):
    async with run() as house:
        written = await put(house, "hello", DRAFT)
        assert (written.status_code, written.json()["published"], written.json()["published_at"]) == (200, False, None)
        hidden = await house.app.get("/v1/articles/hello")
        assert (hidden.status_code, hidden.json()["code"]) == (404, "unknown_article")
        assert (await house.app.get("/v1/articles")).json() == {"articles": [], "next": None}
        await put(house, "hello", {**DRAFT, "published": True})
        seen = await house.app.get("/v1/articles/hello")
        assert (seen.status_code, seen.json()["body"]) == (200, "A text.")
        assert [one["slug"] for one in (await house.app.get("/v1/articles")).json()["articles"]] == ["hello"]


async def test_taken_back_it_is_hidden_and_keeps_its_first_date(run):
    async with run() as house:
        first = (await put(house, "hello", {**DRAFT, "published": True})).json()["published_at"]
        await put(house, "hello", DRAFT)
        assert (await house.app.get("/v1/articles/hello")).status_code == 404
        assert (await put(house, "hello", {**DRAFT, "published": True})).json()["published_at"] == first


async def test_the_list_is_paged_newest_first(run):
    async with run() as house:
        for number in range(5):
            await put(house, f"n{number}", {**DRAFT, "published": True})
        seen, after = [], {}
        while after is not None:
            page = (await house.app.get("/v1/articles", params={"limit": 2, **after})).json()
            seen += [one["slug"] for one in page["articles"]]
            after = {"after": page["next"]} if page["next"] else None
    assert seen == [f"n{number}" for number in reversed(range(5))]


async def test_if_match_keeps_two_editors_apart(run):
    async with run() as house:
        assert (await put(house, "hello", DRAFT, headers={"If-Match": "*"})).status_code == 412
        tag = (await put(house, "hello", DRAFT)).headers["etag"]
        mine = await put(house, "hello", {**DRAFT, "published": True}, headers={"If-Match": tag})
        assert mine.status_code == 200
        theirs = await put(house, "hello", {**DRAFT, "title": "Other"}, headers={"If-Match": tag})
        assert (theirs.status_code, theirs.json()["code"]) == (412, "changed_meanwhile")
        assert (await house.app.get("/v1/articles/hello")).headers["etag"] == mine.headers["etag"] != tag


async def test_a_replayed_write_writes_once(run):
    async with run() as house:
        first = await put(house, "hello", DRAFT, key="k")
        again = await put(house, "hello", DRAFT, key="k")
        assert again.headers["idempotency-replayed"] == "true"
        assert (again.json(), again.headers["etag"]) == (first.json(), first.headers["etag"])


BAD_BODIES = [
    ({"title": "Hello"}, "body"),
    ({**DRAFT, "title": ""}, "title"),
    ({**DRAFT, "title": "x" * 201}, "title"),
    ({**DRAFT, "title": "a\nb"}, "title"),
    ({**DRAFT, "title": "a\x00b"}, "title"),
    ({**DRAFT, "body": "a\x00b"}, "body"),
    ({**DRAFT, "body": None}, "body"),
    ({**DRAFT, "published": "yes"}, "published"),
    ({**DRAFT, "extra": 1}, "extra"),
    ([], ""),
]


async def test_bad_bodies(run):
    async with run() as house:
        for body, path in BAD_BODIES:
            answer = await put(house, "hello", body)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body"), body
            assert path in str(answer.json()["errors"]), body


async def test_bad_slugs(run):
    async with run() as house:
        for slug in ("UPPER", "a--b", "-a", "%00", "a%20b", "%C3%A9", "x" * 101):
            answer = await put(house, slug, DRAFT)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_slug"), slug
            assert (await house.app.get(f"/v1/articles/{slug}")).status_code == 404, slug


async def test_bad_pages(run):
    async with run() as house:
        for query in ("limit=0", "limit=101", "limit=x", "after=x", "after=!!", "after=e30", "after=" + "a" * 600):
            assert (await house.app.get(f"/v1/articles?{query}")).status_code == 422, query
            assert (await house.app.get(f"/v1/events?{query}")).status_code == 422, query


async def test_who_may_write(run):
    async with run() as house:
        assert (await put(house, "hello", DRAFT, roles=[])).json()["code"] == "role_missing"
        assert (await put(house, "hello", DRAFT, roles=["reader"])).status_code == 403
        assert (await put(house, "hello", DRAFT, user=None, roles=[], gateway=True)).status_code == 401
