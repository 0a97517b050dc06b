"""The story of rewards, played through the gateway: nothing here knows more than a browser and Clerk would.

Every name is new in each run, so the story may be played again and again on the same databases.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from stead.ops.story_context import Person, StoryContext, StoryError
from stead.testing import clerk

WELCOME = 100
REFERRAL = 50  # for each side
FIRST_LOGIN = 50  # for the referrer; what backend.py says
REGISTRATION = 10
CAP = 310  # what backend.py says for dev


async def story(context: StoryContext) -> None:
    """Sign up, invite a friend, fill an event, use an API token, reach the cap, and try to be somebody else."""
    ann, ben = context.name("user_ann"), context.name("user_ben")
    await signs_up(context, ann)
    await brings_a_friend(context, ann, ben)
    await earns_by_a_first_login(context)
    await fills_an_event(context, ann, ben)
    await uses_an_api_token(context, ann)
    await is_deleted(context)
    await reaches_the_cap(context, ann)
    await is_not_believed(context, ann)


async def signs_up(context: StoryContext, ann: str) -> None:
    async with context.step("Ann signs up by a signed webhook"):
        await sign_up(context, ann)
        await sign_up(context, ann, message=f"msg_{ann}")  # Clerk may send it again
    async with context.step(f"she gets {WELCOME} points for it, once"):
        await has(context, ann, WELCOME)
        await context.eventually(lambda: says_awarded(context, ann), "GET /v1/me says that the points are awarded")


async def brings_a_friend(context: StoryContext, ann: str, ben: str) -> None:
    async with context.step("Ann shares her code, and Ben signs up with it"):
        code = (await context.user(ann).get("/v1/referrals/code"))["code"]
        await sign_up(context, ben, code)
    async with context.step(f"both get {REFERRAL} points, and Ben his welcome"):
        await has(context, ann, WELCOME + REFERRAL)
        await has(context, ben, WELCOME + REFERRAL)
        brought = (await context.user(ann).get("/v1/referrals"))["referrals"]
        expect([one["referee"] for one in brought] == [ben], f"Ann brought {brought}")
    async with context.step("Ann makes a new code; the old one brings nobody any more"):
        await context.user(ann).post("/v1/referrals/code/rotate", expect=200)
        late = context.name("user_late")
        await sign_up(context, late, code)
        await has(context, late, WELCOME)


async def earns_by_a_first_login(context: StoryContext) -> None:
    cat, dan, eve = context.name("user_cat"), context.name("user_dan"), context.name("user_eve")
    async with context.step("Cat brings Dan, who logs in twice: the first login earns Cat a bonus, once"):
        await sign_up(context, cat)
        code = (await context.user(cat).get("/v1/referrals/code"))["code"]
        await sign_up(context, dan, code)
        await has(context, cat, WELCOME + REFERRAL)
        await log_in(context, dan, "sess_1")
        await log_in(context, dan, "sess_2")
        await has(context, cat, WELCOME + REFERRAL + FIRST_LOGIN)
    async with context.step("Eve signs up alone, and says later that Cat brought her; her next login counts"):
        await sign_up(context, eve)
        await context.user(eve).post("/v1/referrals/claim", {"code": code})
        await context.user(eve).post("/v1/referrals/claim", {"code": code}, expect=409)
        await log_in(context, eve, "sess_1")
        await has(context, cat, WELCOME + REFERRAL + 2 * FIRST_LOGIN)
    async with context.step("Cat sees her tree and her numbers"):
        tree = (await context.user(cat).get("/v1/referrals/tree"))["referrals"]
        expect([each["referee"] for each in tree] == [dan, eve], f"the tree is {tree}")
        numbers = await context.user(cat).get("/v1/referrals/stats")
        expect(numbers == {"direct": 2, "indirect": 0, "first_logins": 2}, f"the numbers are {numbers}")


async def log_in(context: StoryContext, user: str, session: str) -> None:
    data = {"id": f"{session}_{user}", "object": "session", "user_id": user}
    await tell(context, "session.created", data, f"msg_{user}_{session}")


async def fills_an_event(context: StoryContext, ann: str, ben: str) -> None:
    editor = context.user(context.name("user_editor"), "editor")
    async with context.step("an editor announces an event with one seat"):
        event = await announce(editor)
        path = f"/v1/events/{event}/registrations"
    async with context.step(f"Ann takes the seat and gets {REGISTRATION} points; Ben waits"):
        expect((await context.user(ann).post(path))["status"] == "registered", "Ann has the seat")
        expect((await context.user(ben).post(path))["status"] == "waitlisted", "Ben waits")
        await has(context, ann, WELCOME + REFERRAL + REGISTRATION)
    async with context.step("Ann cancels: her points go back, Ben moves up and gets his"):
        await context.user(ann).delete(f"{path}/me")
        await has(context, ann, WELCOME + REFERRAL)
        await has(context, ben, WELCOME + REFERRAL + REGISTRATION)
        seen = await context.anonymous().get(f"/v1/events/{event}")
        expect((seen["registered"], seen["waitlisted"]) == (1, 0), f"the event is {seen}")
    async with context.step("somebody who is no editor announces nothing"):
        await context.user(ann).post("/v1/events", {"title": "Mine"}, expect=403)


async def uses_an_api_token(context: StoryContext, ann: str) -> None:
    async with context.step("Ann makes an API token that may read her points"):
        made = await makes_a_token(context, ann)
    program = context.bearer(made["token"])
    async with context.step("her script reads them with it, and may do nothing else"):
        balance = await program.get("/v1/points/balance")
        expect(balance["balance"] == WELCOME + REFERRAL, f"the script reads {balance}")
        await program.get("/v1/referrals", expect=403)
        await program.get("/v1/tokens", expect=403)
    async with context.step("Ann revokes it, and within seconds it is worth nothing"):
        await context.user(ann).delete(f"/v1/tokens/{made['id']}")
        await context.eventually(lambda: is_refused(program), "the revoked token is refused")


async def is_deleted(context: StoryContext) -> None:
    gone = context.name("user_gone")
    async with context.step("a user is deleted, and so ends the API token that they made"):
        await sign_up(context, gone)
        made = await makes_a_token(context, gone)
        await tell(context, "user.deleted", {"id": gone, "object": "user", "deleted": True}, f"msg_{gone}_deleted")
        await context.eventually(
            lambda: is_refused(context.bearer(made["token"])), "the deleted user's token is refused"
        )


async def reaches_the_cap(context: StoryContext, ann: str) -> None:
    earned = CAP - REGISTRATION  # what she gave back still counts against the cap
    async with context.step(f"Ann brings friends until she has {earned} points, and no further"):
        code = (await context.user(ann).get("/v1/referrals/code"))["code"]
        friends = [context.name(f"user_friend{number}") for number in range(4)]
        for friend in friends:
            await sign_up(context, friend, code)
        for friend in friends:
            await has(context, friend, WELCOME + REFERRAL)
        await has(context, ann, earned)


async def is_not_believed(context: StoryContext, ann: str) -> None:
    forged = {"X-User-Id": ann, "X-User-Roles": "editor", "X-Service-Token": "Bearer forged"}
    async with context.step("somebody says in a header that they are Ann, and is refused"):
        for spelling in ("X-User-Id", "x-user-id", "X.User.Id"):
            await refused(context.anonymous({spelling: ann}))
        await context.anonymous({"X_User_Id": ann}).get("/v1/points/balance", expect=400)
        await refused(context.anonymous(forged))
        await refused(context.bearer("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ."))
    async with context.step("an unsigned webhook makes nobody, and inner routes do not exist outside"):
        body, headers = clerk.event("user.created", clerk.user(context.name("user_nobody"))), {"svix-id": "msg_1"}
        await context.anonymous(headers).request("POST", "/v1/webhooks/clerk", 400, content=body)
        await context.user(ann).post("/v1/awards", {"user_id": ann, "amount": 1, "reason": "mine"}, expect=404)


async def sign_up(context: StoryContext, user: str, code: str = "", message: str = "") -> None:
    metadata = {"referral_code": code} if code else {}
    person = clerk.user(user, email=f"{user}@example.com", unsafe_metadata=metadata)
    await tell(context, "user.created", person, message or f"msg_{user}")


async def tell(context: StoryContext, kind: str, person: dict[str, Any], message: str) -> None:
    """Tell of a user as Clerk does: a signed webhook."""
    body = clerk.event(kind, person)
    headers = clerk.sign(context.secret("auth-service", "CLERK_WEBHOOK_SECRET"), body, id=message)
    await context.anonymous(headers).request("POST", "/v1/webhooks/clerk", 204, content=body)


async def makes_a_token(context: StoryContext, user: str) -> dict[str, Any]:
    """Make an API token. It is shown once: who lost that answer ends the token, and makes another."""
    for _ in range(20):
        made: dict[str, Any] = await context.user(user).post(
            "/v1/tokens", {"name": "script", "scopes": ["points:read"]}
        )
        if "token" in made:
            return made
        await context.user(user).delete(f"/v1/tokens/{made['id']}")
    raise StoryError("a new token was never shown")


async def announce(editor: Person) -> str:
    soon = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    made = await editor.post("/v1/events", {"title": "Meeting", "starts_at": soon, "capacity": 1})
    return str(made["id"])


async def has(context: StoryContext, user: str, points: int) -> None:
    """Wait until the user has that many points, and see that it stays so."""
    seen: dict[str, Any] = {}

    async def reached() -> bool:
        seen.update(await context.user(user).get("/v1/points/balance"))
        return bool(seen["balance"] == points)

    await context.eventually(reached, f"{user} has {points} points")
    expect(await reached(), f"{user} has {seen['balance']} points, not {points}")


async def says_awarded(context: StoryContext, user: str) -> bool:
    return bool((await context.user(user).get("/v1/me"))["points"] == "awarded")


async def is_refused(program: Person) -> bool:
    try:
        await program.get("/v1/points/balance", expect=401)
    except StoryError:
        return False
    return True


async def refused(person: Person) -> None:
    await person.get("/v1/points/balance", expect=401)


def expect(holds: bool, saying: str) -> None:
    if not holds:
        raise StoryError(f"not so: {saying}")
