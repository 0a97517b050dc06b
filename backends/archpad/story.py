"""The story of archpad, played through the gateway: nothing here knows more than a browser and Keycloak would.

Every name is new in each run, so the story may be played again and again on the same databases.
"""

from typing import Any

from stead.ops.story_context import Person, StoryContext, StoryError

TENANTS = "/rest/tenant-service/v1"
REPOSITORY = "/rest/arch-repo-service/v1"


async def story(context: StoryContext) -> None:
    """Found a tenant, describe an architecture, exchange it, be refused elsewhere, try to be somebody else."""
    ann, ben, eve = (context.name(who) for who in ("ann", "ben", "eve"))
    tenant = await founds_a_tenant(context, ann)
    await invites(context, tenant, ann, ben)
    await describes_an_architecture(context, tenant, ann)
    await decides(context, tenant, ann)
    await exchanges_models(context, tenant, ann)
    await keeps_others_out(context, tenant, eve)
    await is_not_believed(context, tenant, ann)


async def founds_a_tenant(context: StoryContext, ann: str) -> str:
    person = context.user(ann)
    async with context.step("Ann founds a tenant, owns it, and has a workspace in it"):
        made = await person.post(f"{TENANTS}/tenants", {"name": f"Bank of {ann}"})
        tenant = f"{TENANTS}/tenants/{made['id']}"
        mine = (await person.get(f"{TENANTS}/tenants"))["tenants"]
        expect([(each["id"], each["role"]) for each in mine] == [(made["id"], "owner")], f"Ann's tenants are {mine}")
        rooms = (await person.get(f"{tenant}/workspaces"))["workspaces"]
        expect([room["name"] for room in rooms] == ["Main"], f"the workspaces are {rooms}")
    async with context.step("she renames the workspace; who read it before is told that it was changed"):
        path = f"{tenant}/workspaces/{rooms[0]['id']}"
        before = {"If-Match": rooms[0]["etag"]}
        await person.put(path, {"name": "Payments"}, headers=before)
        await person.put(path, {"name": "Cards"}, expect=412, headers=before)
        await person.put(path, {"name": "Cards"}, expect=428)
    return str(made["id"])


async def invites(context: StoryContext, tenant_id: str, ann: str, ben: str) -> None:
    tenant, owner, guest = f"{TENANTS}/tenants/{tenant_id}", context.user(ann), context.user(ben)
    async with context.step("Ann invites Ben as a viewer, and he comes"):
        made = await owner.post(f"{tenant}/invitations", {"role": "viewer", "email": "ben@example.com"})
        await guest.get(tenant, expect=404)
        await guest.post(f"{TENANTS}/invitations/accept", {"token": made["token"]}, expect=200)
        await guest.put(f"{tenant}/profile", {"name": "Ben", "title": "Architect"}, expect=204)
        people = (await owner.get(f"{tenant}/members"))["members"]
        expect([(each["user_id"], each["name"]) for each in people] == [(ann, ""), (ben, "Ben")], f"members: {people}")
    async with context.step("an invitation is good for one"):
        other = context.user(context.name("carl"))
        await other.post(f"{TENANTS}/invitations/accept", {"token": made["token"]}, expect=404)
    async with context.step("Ben changes nothing as a viewer, and something as an editor"):
        await guest.post(f"{tenant}/workspaces", {"name": "Loans"}, expect=403)
        await owner.put(f"{tenant}/members/{ben}", {"role": "editor"}, expect=204)
        await guest.post(f"{tenant}/workspaces", {"name": "Loans"})
        await guest.post(f"{tenant}/workspaces", {"name": "Loans"}, expect=409)
        await guest.post(f"{tenant}/invitations", {"role": "viewer"}, expect=403)
    async with context.step("the last owner stays"):
        await owner.delete(f"{tenant}/members/{ann}", expect=409)


async def describes_an_architecture(context: StoryContext, tenant_id: str, ann: str) -> None:
    person, here = context.user(ann), f"{REPOSITORY}/tenants/{tenant_id}"
    async with context.step("Ann describes two components and the flow between them; each has its code"):
        cards = await person.post(f"{here}/elements", {"kind": "ApplicationComponent", "name": "Cards"})
        ledger = await person.post(f"{here}/elements", {"kind": "ApplicationComponent", "name": "Ledger"})
        expect((cards["code"], ledger["code"]) == ("COMP-1", "COMP-2"), f"codes: {cards['code']}, {ledger['code']}")
        flow = {"kind": "Flow", "source_id": cards["id"], "target_id": ledger["id"], "name": "bookings"}
        await person.post(f"{here}/relationships", flow)
        await person.delete(f"{here}/elements/{ledger['id']}", expect=409, headers={"If-Match": ledger["etag"]})
    async with context.step("of two who change one element, the second is told; history says who changed what"):
        path, before = f"{here}/elements/{cards['id']}", {"If-Match": cards["etag"]}
        active = {"kind": "ApplicationComponent", "name": "Card processing", "state": "active"}
        await person.put(path, active, headers=before)
        await person.put(path, {**active, "name": "Cards 2"}, expect=412, headers=before)
        await person.put(path, {**active, "state": "rejected"}, expect=409, headers={"If-Match": '"2"'})
        changes = (await person.get(f"{here}/history/{cards['id']}"))["changes"]
        seen = [(each["action"], each["row"]["name"], each["changed_by"]) for each in changes]
        expect(seen == [("update", "Card processing", ann), ("insert", "Cards", ann)], f"history: {seen}")
    async with context.step("a search finds it by words and by code"):
        for words in ("processing", "COMP-1"):
            found = (await person.get(f"{here}/search", params={"words": words}))["found"]
            expect([each["id"] for each in found] == [cards["id"]], f"{words}: {found}")
    async with context.step("an administrator keeps the directory of protocols"):
        await person.put(f"{here}/directories/protocols/https", {"name": "HTTPS"})
        await person.get(f"{here}/directories/nothing", expect=404)


async def decides(context: StoryContext, tenant_id: str, ann: str) -> None:
    person, here = context.user(ann), f"{REPOSITORY}/tenants/{tenant_id}"
    elements = (await person.get(f"{here}/elements"))["elements"]
    ids = [each["id"] for each in elements]
    async with context.step("Ann records a decision with two variants and a view, and accepts it"):
        draft = {
            "name": "Where bookings are kept",
            "context": "Two systems keep balances.",
            "variants": [{"name": "One ledger", "chosen": True, "element_ids": ids}, {"name": "Two ledgers"}],
            "views": [{"name": "Overview", "nodes": [{"element_id": ids[0], "x": 10, "y": 20}]}],
        }
        made = await person.post(f"{here}/solutions", draft)
        expect(made["code"] == "SOLUTION-1", f"the code is {made['code']}")
        path, before = f"{here}/solutions/{made['id']}", {"If-Match": made["etag"]}
        accepted = await person.put(path, {**draft, "decision": "One.", "state": "accepted"}, headers=before)
        expect(accepted["variants"][0]["element_ids"] == sorted(ids), f"the variants are {accepted['variants']}")
        await person.put(path, {**draft, "state": "proposed"}, expect=409, headers={"If-Match": accepted["etag"]})


async def exchanges_models(context: StoryContext, tenant_id: str, ann: str) -> None:
    person, here = context.user(ann), f"{REPOSITORY}/tenants/{tenant_id}"
    async with context.step("the model goes out as an exchange file, and in again without a change"):
        text = await person.get(f"{here}/exchange")
        report = await person.request("POST", f"{here}/exchange", 200, content=text.encode())
        expect((report["created"], report["updated"], report["unchanged"]) == (0, 0, 3), f"the import: {report}")
    async with context.step("a file with an entity bomb, or with a dangling end, changes nothing and says where"):
        bomb = '<!DOCTYPE m [<!ENTITY a "aaaa">]><model>&a;</model>'
        await person.request("POST", f"{here}/exchange", 422, content=bomb.encode())
        broken = text.replace("</relationships>", DANGLING)
        refused = await person.request("POST", f"{here}/exchange", 422, content=broken.encode())
        expect(refused["errors"][0]["path"].startswith("line "), f"the faults: {refused}")


DANGLING = '<relationship identifier="id-x" xsi:type="Flow" source="id-none" target="id-none"/></relationships>'


async def keeps_others_out(context: StoryContext, tenant_id: str, eve: str) -> None:
    stranger = context.user(eve)
    async with context.step("Eve, who owns a tenant of her own, sees nothing of Ann's"):
        own = await stranger.post(f"{TENANTS}/tenants", {"name": "Eve's"})
        for path in ("", "/workspaces", "/members", "/invitations"):
            await stranger.get(f"{TENANTS}/tenants/{tenant_id}{path}", expect=404)
        await stranger.put(f"{TENANTS}/tenants/{tenant_id}/members/{eve}", {"role": "owner"}, expect=404)
        for path in ("/elements", "/relationships", "/solutions", "/exchange", "/search?words=cards"):
            await stranger.get(f"{REPOSITORY}/tenants/{tenant_id}{path}", expect=404)
        elements = (await stranger.get(f"{REPOSITORY}/tenants/{own['id']}/elements"))["elements"]
        expect(elements == [], f"Eve's elements are {elements}")
        mine = (await stranger.get(f"{TENANTS}/tenants"))["tenants"]
        expect([each["id"] for each in mine] == [own["id"]], f"Eve's tenants are {mine}")


async def is_not_believed(context: StoryContext, tenant_id: str, ann: str) -> None:
    path = f"{TENANTS}/tenants/{tenant_id}"
    async with context.step("somebody says in a header that they are Ann, and is refused"):
        for spelling in ("X-User-Id", "x-user-id", "X.User.Id"):
            await context.anonymous({spelling: ann, "X-Tenant-Ids": tenant_id}).get(path, expect=401)
        await context.bearer("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.").get(path, expect=401)
    async with context.step("outside, there is nothing without the prefix, and no inner route"):
        await context.user(ann).get("/v1/tenants", expect=404)
        await context.user(ann).get(f"{TENANTS}/memberships/{tenant_id}?user_id={ann}", expect=404)
    async with context.step("everyone reads the API document"):
        for service, route in (("tenant-service", ""), ("arch-repo-service", "/{tenant_id}/elements")):
            document = await document_of(context.anonymous(), service)
            expect(f"/v1/tenants{route}" in document["paths"], f"the document of {service} has its routes")


async def document_of(person: Person, service: str) -> dict[str, Any]:
    found: dict[str, Any] = await person.get(f"/rest/{service}/openapi.json")
    return found


def expect(holds: bool, saying: str) -> None:
    if not holds:
        raise StoryError(f"not so: {saying}")
