"""The architecture repository, with a real tenant service beside it: access, revisions, history, search, import."""

import asyncio
import uuid

from stead.kit.user import User

ELEMENT = {"kind": "ApplicationComponent", "name": "Cards"}


async def test_who_does_not_belong_to_a_tenant_is_told_of_nothing(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        element = await there.element(tenant, "ann")
        paths = ("/elements", f"/elements/{element['id']}", "/relationships", "/solutions", "/exchange")
        for path in (*paths, f"/history/{element['id']}", "/search?words=cards", "/directories/protocols"):
            answer = await there.app.get(tenant + path, user="eve")
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_tenant"), path
        assert (await there.app.post(f"{tenant}/elements", json=ELEMENT, user="eve")).status_code == 404


async def test_an_element_of_another_tenant_is_none_here(archpad):
    async with archpad() as there:
        mine, other = await there.tenant("ann"), await there.tenant("ann")
        here, far = await there.element(mine, "ann"), await there.element(other, "ann")
        assert (await there.app.get(f"{mine}/elements/{far['id']}", user="ann")).status_code == 404
        flow = {"kind": "Flow", "source_id": here["id"], "target_id": far["id"]}
        refused = await there.app.post(f"{mine}/relationships", json=flow, user="ann")
        assert (refused.status_code, refused.json()["code"]) == (422, "unknown_reference")
        assert far["id"] in refused.json()["detail"]
        variant = {"name": "s", "variants": [{"name": "v", "element_ids": [far["id"]]}]}
        assert (await there.app.post(f"{mine}/solutions", json=variant, user="ann")).status_code == 422
        assert (await there.app.get(f"{mine}/history/{far['id']}", user="ann")).json() == {"changes": []}


async def test_a_viewer_reads_and_a_token_for_another_tenant_does_not(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        token = (await there.tenants("POST", f"{tenant}/invitations", "ann", json={"role": "viewer"})).json()["token"]
        await there.tenants("POST", "/v1/invitations/accept", "ben", json={"token": token})
        assert (await there.app.get(f"{tenant}/elements", user="ben")).status_code == 200
        assert (await there.app.post(f"{tenant}/elements", json=ELEMENT, user="ben")).status_code == 403
        elsewhere = User("ann", tenants=frozenset({str(uuid.uuid4())}))
        assert (await there.app.get(f"{tenant}/elements", user=elsewhere)).status_code == 404
        await there.tenants("DELETE", f"{tenant}/members/ben", "ann")
        assert (await there.app.get(f"{tenant}/elements", user="ben")).status_code == 404


async def test_codes_are_given_once_however_many_write_at_once(archpad):
    async with archpad() as there:
        tenant, other = await there.tenant("ann"), await there.tenant("ann")
        made = await asyncio.gather(*(there.element(tenant, "ann", name=f"c{number}") for number in range(12)))
        assert {each["code"] for each in made} == {f"COMP-{number}" for number in range(1, 13)}
        assert (await there.element(other, "ann"))["code"] == "COMP-1"


async def test_of_many_who_change_one_element_one_wins(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        element = await there.element(tenant, "ann")
        path, how = f"{tenant}/elements/{element['id']}", {"user": "ann", "headers": {"If-Match": element["etag"]}}
        answers = await asyncio.gather(
            *(there.app.put(path, json={**ELEMENT, "name": f"n{number}"}, **how) for number in range(8))
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
        (won,) = [answer.json()["name"] for answer in answers if answer.status_code == 200]
        assert (await there.app.get(path, user="ann")).json()["name"] == won
        history = (await there.app.get(f"{tenant}/history/{element['id']}", user="ann")).json()["changes"]
        assert [(each["action"], each["revision"]) for each in history] == [("update", 2), ("insert", 1)]


async def test_a_state_follows_only_what_it_may_and_a_kind_stays(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        element = await there.element(tenant, "ann")
        path, etag = f"{tenant}/elements/{element['id']}", element["etag"]
        for state, expected in (
            ("retired", 409),
            ("active", 200),
            ("proposed", 409),
            ("deprecated", 200),
            ("retired", 200),
            ("active", 409),
        ):
            answer = await there.app.put(path, json={**ELEMENT, "state": state}, user="ann", headers={"If-Match": etag})
            assert answer.status_code == expected, state
            etag = answer.headers.get("etag", etag)
        other = {"kind": "Node", "name": "Cards", "state": "retired"}
        refused = await there.app.put(path, json=other, user="ann", headers={"If-Match": etag})
        assert refused.json()["code"] == "kind_is_fixed"


async def test_what_is_in_use_stays_and_history_outlives_what_is_deleted(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        one, two = await there.element(tenant, "ann"), await there.element(tenant, "ann", name="Ledger")
        flow = {"kind": "Flow", "source_id": one["id"], "target_id": two["id"]}
        line = (await there.app.post(f"{tenant}/relationships", json=flow, user="ann")).json()
        match = {"user": "ann", "headers": {"If-Match": '"1"'}}
        assert (await there.app.delete(f"{tenant}/elements/{one['id']}", **match)).json()["code"] == "in_use"
        assert (await there.app.delete(f"{tenant}/relationships/{line['id']}", **match)).status_code == 204
        assert (await there.app.delete(f"{tenant}/elements/{one['id']}", **match)).status_code == 204
        changes = (await there.app.get(f"{tenant}/history/{one['id']}", user="ann")).json()["changes"]
        assert [(each["action"], each["row"]["name"]) for each in changes] == [("delete", "Cards"), ("insert", "Cards")]


async def test_a_list_has_every_element_once_over_its_pages(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        made = {(await there.element(tenant, "ann", name=f"c{number}"))["id"] for number in range(7)}
        await there.element(tenant, "ann", kind="BusinessActor", name="Clerk")
        seen, after = [], {}
        while True:
            asked = {"kind": "ApplicationComponent", "limit": 3, **after}
            page = (await there.app.get(f"{tenant}/elements", user="ann", params=asked)).json()
            seen += [each["id"] for each in page["elements"]]
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        assert (len(seen), set(seen)) == (7, made)


async def test_a_search_finds_words_codes_and_solutions(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        await there.element(tenant, "ann", name="Процессинг карт", description="accepts payments")
        await there.app.post(f"{tenant}/solutions", json={"name": "Where payments go"}, user="ann")

        async def found(words):
            answer = await there.app.get(f"{tenant}/search", user="ann", params={"words": words})
            assert answer.status_code == 200, answer.text
            return [each["code"] for each in answer.json()["found"]]

        assert await found("процессинг") == ["COMP-1"]
        assert sorted(await found("payments")) == ["COMP-1", "SOLUTION-1"]
        assert await found("payments -accepts") == ["SOLUTION-1"]
        assert await found("sol") == ["SOLUTION-1"]
        for odd in ("'", '"', "%", "_", "\\", "a & | !", "(", "x" * 200):
            assert await found(odd) == []


async def test_a_solution_is_replaced_as_a_whole(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        element = await there.element(tenant, "ann")
        draft = {
            "name": "s",
            "variants": [{"name": "a", "chosen": True, "element_ids": [element["id"]] * 2}, {"name": "b"}],
        }
        made = (await there.app.post(f"{tenant}/solutions", json=draft, user="ann")).json()
        assert made["variants"][0]["element_ids"] == [element["id"]]
        path, match = f"{tenant}/solutions/{made['id']}", {"user": "ann", "headers": {"If-Match": made["etag"]}}
        two = {"name": "s", "variants": [{"name": "a", "chosen": True}, {"name": "b", "chosen": True}]}
        assert (await there.app.put(path, json=two, **match)).status_code == 422
        after = (await there.app.put(path, json={"name": "t"}, **match)).json()
        assert (after["name"], after["variants"], after["views"]) == ("t", [], [])
        assert (await there.app.delete(f"{tenant}/elements/{element['id']}", **match)).status_code == 204


async def test_a_directory_entry_is_replaced_only_as_the_one_that_was_read(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        path = f"{tenant}/directories/protocols/https"
        made = await there.app.put(path, json={"name": "HTTPS"}, user="ann")
        assert made.status_code == 200
        assert (await there.app.put(path, json={"name": "H"}, user="ann")).status_code == 428
        match = {"user": "ann", "headers": {"If-Match": made.headers["etag"]}}
        assert (await there.app.put(path, json={"name": "H"}, **match)).json()["etag"] == '"2"'
        assert (await there.app.delete(path, **match)).status_code == 412
        assert (await there.app.get(f"{tenant}/directories/colours", user="ann")).status_code == 404
        assert (
            await there.app.put(f"{tenant}/directories/protocols/a b", json={"name": "H"}, user="ann")
        ).status_code == 422


async def test_a_repeated_write_is_done_once(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        sent = {"json": ELEMENT, "user": "ann", "key": "k1"}
        first, again = [await there.app.post(f"{tenant}/elements", **sent) for _ in range(2)]
        assert first.json() == again.json()
        assert len((await there.app.get(f"{tenant}/elements", user="ann")).json()["elements"]) == 1


async def test_without_the_tenant_service_there_is_503_and_no_row(archpad):
    async with archpad(TENANT_SERVICE_URL="http://127.0.0.1:9") as there:
        answer = await there.app.get(f"/v1/tenants/{uuid.uuid4()}/elements", user="ann")
        assert (answer.status_code, answer.json()["code"]) == (503, "peer_unavailable")


MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<model xmlns="http://www.opengroup.org/xsd/archimate/3.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
       identifier="id-m"><name xml:lang="en">Bank</name>
  <elements>
    <element identifier="id-1" xsi:type="ApplicationComponent"><name xml:lang="en">Cards</name>
      <properties><property propertyDefinitionRef="p1"><value>gold</value></property></properties></element>
    <element identifier="id-2" xsi:type="DataObject"><name xml:lang="en">Card &amp; owner</name></element>
  </elements>
  <relationships><relationship identifier="id-3" source="id-1" target="id-2" xsi:type="Access"/></relationships>
  <propertyDefinitions>
    <propertyDefinition identifier="p1" type="string"><name>level</name></propertyDefinition>
  </propertyDefinitions>
  <views><diagrams/></views>
</model>"""


async def imported(there, tenant, text, path="exchange", **how):
    return await there.app.post(f"{tenant}/{path}", content=text.encode(), user="ann", **how)


async def test_an_import_is_told_again_changes_nothing_and_takes_over_what_differs(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        report = (await imported(there, tenant, MODEL)).json()
        assert report == {"created": 3, "updated": 0, "unchanged": 0, "skipped": ["views are not imported"]}
        assert (await imported(there, tenant, MODEL)).json()["unchanged"] == 3
        report = (await imported(there, tenant, MODEL.replace("gold", "silver"))).json()
        assert (report["created"], report["updated"], report["unchanged"]) == (0, 1, 2)
        elements = (await there.app.get(f"{tenant}/elements", user="ann")).json()["elements"]
        shown = {each["name"]: (each["code"], each["properties"]) for each in elements}
        assert shown == {"Cards": ("COMP-1", {"level": "silver"}), "Card & owner": ("DATA-1", {})}


async def test_an_import_with_one_fault_changes_nothing(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        await imported(there, tenant, MODEL)
        for wrong in (MODEL.replace('target="id-2"', 'target="id-9"'), MODEL.replace("ApplicationComponent", "Node")):
            answer = await imported(there, tenant, wrong.replace("gold", "lost"))
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_model")
            assert answer.json()["errors"][0]["path"].startswith("line ")
        assert "lost" not in (await there.app.get(f"{tenant}/exchange", user="ann")).text


async def test_imports_at_once_bring_each_element_once(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        answers = await asyncio.gather(*(imported(there, tenant, MODEL) for _ in range(5)))
        assert sum(answer.json()["created"] for answer in answers) == 3
        assert len((await there.app.get(f"{tenant}/elements", user="ann")).json()["elements"]) == 2


async def test_a_model_goes_to_another_tenant_as_it_is(archpad):
    async with archpad() as there:
        one, two = await there.tenant("ann"), await there.tenant("ann")
        await imported(there, one, MODEL)
        text = (await there.app.get(f"{one}/exchange", user="ann")).text
        assert (await imported(there, two, text)).json()["created"] == 3
        assert (await there.app.get(f"{two}/exchange", user="ann")).text == text


async def test_a_large_model_is_imported_in_time(archpad):
    async with archpad() as there:
        tenant = await there.tenant("ann")
        one = '<element identifier="id-{0}" xsi:type="ApplicationComponent"><name>c{0}</name></element>'
        elements = "".join(one.format(number) for number in range(5000))
        head = MODEL.partition("<elements>")[0]
        report = await imported(there, tenant, f"{head}<elements>{elements}</elements></model>")
        assert report.json()["created"] == 5000


async def test_two_tenants_under_load_never_see_each_other(archpad):
    """The same few pooled connections serve both at once: a scope that stayed on one would show here."""
    async with archpad() as there:
        owners = {user: await there.tenant(user) for user in ("ann", "ben")}

        async def work(user, number):
            tenant = owners[user]
            await there.element(tenant, user, name=f"{user} {number}")
            listed = (await there.app.get(f"{tenant}/elements", user=user, params={"limit": 200})).json()["elements"]
            found = await there.app.get(f"{tenant}/search", user=user, params={"words": "ann OR ben"})
            strange = await there.app.get(f"{owners['ben' if user == 'ann' else 'ann']}/elements", user=user)
            assert strange.status_code == 404
            return {each["name"].split()[0] for each in (*listed, *found.json()["found"])} | {
                each["created_by"] for each in listed
            }

        users = [user for _ in range(5) for user in owners]
        for _ in range(4):
            seen = await asyncio.gather(*(work(user, number) for number, user in enumerate(users)))
            assert seen == [{user} for user in users]
