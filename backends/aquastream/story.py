"""The story of Aquastream, played through the gateway: a club, a trip, and what becomes of its seats.

The clients are browsers, a person in Telegram, and a payer on the page of YooKassa's stand-in. Names are new in each
run, so the story may be played again and again on the same databases.
"""

import base64
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from stead.ops.story_context import Person, StoryContext, StoryError
from stead.testing.init_data import init_data, person

PRICE = 250_000  # kopecks
PASSWORD = "a long enough password"  # noqa: S105 - of people in a story
PAYMENT = (201, 200)  # a new payment, or the open one: a first try that was cut off had made it
ADMIN = "admin@aquastream.example"  # what backend.py says for dev

PDF = b"%PDF-1.7 a transfer of 2500 roubles"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True)
class Member:
    """Somebody who has signed in."""

    id: str
    email: str
    client: Person


async def story(context: StoryContext) -> None:
    """Sign up, announce a trip, sell its seat once, pass it on, form crews, and be told of it."""
    club = await signs_up_as_organizer(context)
    ann, ben, cid = [await signs_up(context, name) for name in ("ann", "ben", "cid")]
    trip = await announces(context, club)
    await shows_a_photo(context, club, trip)
    booking = await books_and_pays(context, trip, ann)
    waiting = await waits_and_gets_the_seat(context, trip, ann, ben, booking)
    payment = await pays_by_hand(context, club, ben, waiting)
    await forms_crews(context, trip, club, ben, cid, waiting)
    await uses_telegram(context, trip, club, cid)
    await pays_back_by_hand(context, club, payment)
    await exports(context, club, trip)
    await is_not_believed(context, trip, ann)


async def signs_up(context: StoryContext, name: str) -> Member:
    async with context.step(f"{name.capitalize()} signs up by e-mail, and follows the link"):
        email = f"{context.name(name)}@example.com"
        before = len(await mails(context, email))
        await context.anonymous().post(
            "/v1/sign-up", {"email": email, "password": PASSWORD, "locale": "en"}, expect=202
        )
        return await follows_link(context, email, before)


async def signs_up_as_organizer(context: StoryContext) -> Member:
    club = await signs_up(context, "club")
    async with context.step("an admin makes the club an organizer, which ends the club's session"):
        before = len(await mails(context, ADMIN))
        await context.anonymous().post("/v1/sign-up", {"email": ADMIN, "password": PASSWORD}, expect=202)
        admin = await follows_link(context, ADMIN, before)
        roles = {"roles": ["user", "organizer"]}
        await admin.client.put(f"/v1/accounts/{club.id}/roles", roles)
        shown = await context.anonymous().post("/v1/sign-in", {"email": club.email, "password": PASSWORD}, expect=200)
    return Member(club.id, club.email, context.bearer(shown["access_token"]))


async def announces(context: StoryContext, club: Member) -> str:
    async with context.step("the club opens its page and publishes a trip with one seat"):
        slug = context.name("club").replace("_", "-")
        await club.client.put(f"/v1/organizers/{slug}", {"title": "River club"})
        start = datetime.now(UTC) + timedelta(days=7)
        times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(days=2)).isoformat()}
        draft = {"organizer": slug, "title": "Three days on the river", "capacity": 1, "price": PRICE, **times}
        trip = str((await club.client.post("/v1/events", draft))["id"])
        await club.client.post(f"/v1/events/{trip}/publication", expect=200)
        seen = await context.anonymous().get(f"/v1/events/{trip}")
        expect((seen["status"], seen["free"]) == ("published", 1), f"the trip is {seen}")
        calendar = await context.anonymous().get(f"/v1/organizers/{slug}/calendar")
        expect(f"UID:{trip}" in calendar, f"the calendar is {calendar}")
    return trip


async def books_and_pays(context: StoryContext, trip: str, ann: Member) -> dict[str, Any]:
    async with context.step("Ann books: the seat is held for half an hour"):
        booking = await ann.client.post(f"/v1/events/{trip}/bookings")
        expect(booking["status"] == "pending", f"the booking is {booking}")
    async with context.step("her card is declined, and the booking is still held"):
        await pays(context, ann, booking, "decline")
        expect((await read(ann, booking))["status"] == "pending", "the booking is held")
    async with context.step("she pays at YooKassa's stand-in: the booking is confirmed, and a mail says so"):
        await pays(context, ann, booking)
        await context.eventually(lambda: has_mail(context, ann.email, "Booking confirmed"), "the mail has come")
    return dict(booking)


async def waits_and_gets_the_seat(
    context: StoryContext, trip: str, ann: Member, ben: Member, booking: dict[str, Any]
) -> dict[str, Any]:
    async with context.step("the trip is sold out: Ben waits"):
        waiting = await ben.client.post(f"/v1/events/{trip}/bookings")
        expect(waiting["status"] == "waiting", f"Ben's booking is {waiting}")
    async with context.step("Ann cancels, and her money goes back"):
        await ann.client.delete(f"/v1/bookings/{booking['id']}")
        payments = (await ann.client.get("/v1/payments"))["payments"]
        [paid] = [each["id"] for each in payments if each["status"] == "succeeded"]
        await context.eventually(lambda: is_paid_back(ann, paid), "the refund succeeds")
    async with context.step("the seat is offered to Ben, who takes it"):
        await context.eventually(lambda: is_(ben, waiting, "offered"), "the seat is offered")
        await context.eventually(lambda: has_mail(context, ben.email, "A seat is free"), "the mail has come")
        await ben.client.post(f"/v1/bookings/{waiting['id']}/acceptance", expect=200)
    return dict(waiting)


async def shows_a_photo(context: StoryContext, club: Member, trip: str) -> None:
    async with context.step("the club uploads a photo straight to the bucket; anybody sees it once it is verified"):
        photo = await uploads(context, club, "event", trip, "image/png", PIXEL)
        shown = (await context.anonymous().get(f"/v1/galleries/event/{trip}"))["media"]
        expect([each["id"] for each in shown] == [photo], f"the gallery is {shown}")
        await context.anonymous().get(shown[0]["url"])


async def pays_by_hand(context: StoryContext, club: Member, ben: Member, booking: dict[str, Any]) -> str:
    async with context.step("Ben pays by QR code and uploads a proof; the club looks at it, and accepts"):
        order = {"booking_id": booking["id"], "method": "qr"}
        payment = str((await ben.client.post("/v1/payments", order, expect=PAYMENT))["id"])
        await context.eventually(lambda: is_payment(ben, payment, "pending"), "the payment has its code")
        proof = await uploads(context, ben, "payment_proof", payment, "application/pdf", PDF)
        await ben.client.put(f"/v1/payments/{payment}/proof", {"media_id": proof})
        shown = await club.client.get(f"/v1/media/{proof}")
        await context.anonymous().get(shown["url"])
        await club.client.post(f"/v1/payments/{payment}/decision", {"accepted": True, "media_id": proof}, expect=200)
        await context.eventually(lambda: is_(ben, booking, "confirmed"), "the booking is confirmed")
    return payment


async def pays_back_by_hand(context: StoryContext, club: Member, payment: str) -> None:
    async with context.step("the club pays Ben's transfer back, and says so"):

        async def is_due() -> bool:
            return bool((await club.client.get(f"/v1/payments/{payment}/refunds"))["refunds"])

        await context.eventually(is_due, "the refund is due")
        [refund] = (await club.client.get(f"/v1/payments/{payment}/refunds"))["refunds"]
        await club.client.post(f"/v1/refunds/{refund['id']}/settlement", expect=200)
        await context.eventually(lambda: is_paid_back(club, payment), "the refund succeeds")


async def uploads(context: StoryContext, who: Member, kind: str, owner: str, content_type: str, content: bytes) -> str:
    """Upload a file, wait until it is published, and return its id."""
    order = {"owner_kind": kind, "owner_id": owner, "content_type": content_type, "size": len(content)}
    upload = await who.client.post("/v1/media", order)
    await context.anonymous().request("PUT", upload["url"], 200, headers=upload["headers"], content=content)
    await who.client.post(f"/v1/media/{upload['id']}/completion", expect=202)

    async def is_published() -> bool:
        return bool((await who.client.get(f"/v1/media/{upload['id']}"))["status"] == "published")

    await context.eventually(is_published, "the file is verified")
    return str(upload["id"])


async def forms_crews(
    context: StoryContext, trip: str, club: Member, ben: Member, cid: Member, booking: dict[str, Any]
) -> None:
    async with context.step("the club puts Ben into a boat"):
        boat = {"kind": "boat", "name": "Raft", "capacity": 4}
        group = await club.client.post(f"/v1/crews/{trip}/groups", boat)
        place = {"booking_id": booking["id"], "group_id": group["id"]}
        await club.client.post(f"/v1/crews/{trip}/assignments", place)
        places = (await ben.client.get(f"/v1/crews/{trip}/mine"))["places"]
        expect([each["group"] for each in places] == ["Raft"], f"Ben is in {places}")
    async with context.step("Ben gives his booking to Cid by a code that works once; Ben's place in the boat is free"):
        code = (await ben.client.post(f"/v1/bookings/{booking['id']}/transfers"))["code"]
        given = await cid.client.post("/v1/transfers", {"code": code}, expect=200)
        expect((given["user_id"], given["status"]) == (cid.id, "confirmed"), f"the booking is {given}")
        await ben.client.post("/v1/transfers", {"code": code}, expect=404)
        await context.eventually(lambda: has_no_place(ben, trip), "Ben's place is free")


async def uses_telegram(context: StoryContext, trip: str, club: Member, cid: Member) -> None:
    telegram, cids = context.outside("telegram"), person(10**9 + secrets.randbelow(10**9), "Cid")
    async with context.step("Cid links Telegram, and is told there that the trip is cancelled and paid back"):
        link = (await cid.client.post("/v1/notifications/telegram-links"))["url"]
        await telegram.post("/stand-in/say", {"user": cids, "text": f"/start {link.rpartition('=')[2]}"})
        await context.eventually(lambda: hears(telegram, cids, "Готово"), "the chat is linked")
        await club.client.post(f"/v1/events/{trip}/cancellation", expect=200)
        await context.eventually(lambda: hears(telegram, cids, "cancelled"), "Telegram tells it")
    async with context.step("somebody signs in by a Mini App, as Telegram signed it, and not by a forged one"):
        shown = init_data(context.secret("secrets", "TELEGRAM_BOT_TOKEN"), cids)
        signed_in = await context.anonymous().post("/v1/sign-in/telegram", {"init_data": shown}, expect=200)
        profile = await context.bearer(signed_in["access_token"]).get("/v1/profile")
        expect(profile["telegram"] == str(cids["id"]), f"the profile is {profile}")
        forged = {"init_data": init_data("1:another", cids)}
        await context.anonymous().post("/v1/sign-in/telegram", forged, expect=401)


async def exports(context: StoryContext, club: Member, trip: str) -> None:
    async with context.step("the club reads the bookings as a table, and what was done with them"):
        table = await club.client.get(f"/v1/events/{trip}/export")
        expect(table.count("cancelled") == 2, f"the table is {table}")
        entries = (await club.client.get(f"/v1/events/{trip}/audit", params={"limit": 100}))["entries"]
        expect("transferred" in [each["action"] for each in entries], f"the log is {entries}")


async def is_not_believed(context: StoryContext, trip: str, ann: Member) -> None:
    async with context.step("a forged webhook, a header and a user without the role get nothing"):
        paid = {"event": "payment.succeeded", "object": {"id": "00000000-0000-4000-8000-000000000000"}}
        await context.anonymous().post("/v1/webhooks/yookassa", paid, expect=200)
        await context.anonymous({"X-User-Id": ann.id}).get("/v1/bookings", expect=401)
        await ann.client.get(f"/v1/events/{trip}/export", expect=403)
        await ann.client.get(f"/v1/internal/events/{trip}", expect=404)


async def pays(context: StoryContext, member: Member, booking: dict[str, Any], act: str = "pay") -> None:
    payment = await member.client.post("/v1/payments", {"booking_id": booking["id"]}, expect=PAYMENT)

    async def is_now(*statuses: str) -> bool:
        payment.update(await member.client.get(f"/v1/payments/{payment['id']}"))
        return payment["status"] in statuses

    await context.eventually(lambda: is_now("pending"), "the payment has its page")
    paid = payment["confirmation"].rpartition("/")[2]
    about = await context.outside("yookassa").post(f"/stand-in/payments/{paid}/{act}", expect=200)
    # Sent as YooKassa sends it; without it the reconciliation finds out, a little later.
    event = {"event": f"payment.{about['status']}", "object": {"id": paid}}
    await context.anonymous().post("/v1/webhooks/yookassa", event, expect=200)
    if act == "decline":
        await context.eventually(lambda: is_now("cancelled"), "the payment is cancelled")
    else:
        await context.eventually(lambda: is_(member, booking, "confirmed"), "the booking is confirmed")


async def follows_link(context: StoryContext, email: str, before: int) -> Member:
    """Wait for the mails that come after so many, and follow the first link that nobody has used.

    The admin's address is that of every story that is played at once: another one may have used a link of its mails.
    """
    found: list[Any] = []
    tried: set[str] = set()

    async def signs_in() -> bool:
        for mail in (await mails(context, email))[before:]:
            token = mail["text"].rpartition("token=")[2].strip()
            if token not in tried and not found:
                tried.add(token)
                with suppress(StoryError):
                    found.append(await context.anonymous().post("/v1/sign-in/link", {"token": token}, expect=200))
        return bool(found)

    await context.eventually(signs_in, f"a mail to {email} with a link that signs in")
    [shown] = found
    return Member(shown["user_id"], email, context.bearer(shown["access_token"]))


async def mails(context: StoryContext, email: str) -> list[Any]:
    return list(await context.outside("mail").get(f"/stand-in/mails/{email}"))


async def has_mail(context: StoryContext, email: str, subject: str) -> bool:
    return subject in [each["subject"] for each in await mails(context, email)]


async def hears(telegram: Person, who: dict[str, Any], text: str) -> bool:
    return any(text in said for said in await telegram.get(f"/stand-in/chat/{who['id']}"))


async def read(member: Member, booking: dict[str, Any]) -> dict[str, Any]:
    return dict(await member.client.get(f"/v1/bookings/{booking['id']}"))


async def is_(member: Member, booking: dict[str, Any], status: str) -> bool:
    return bool((await read(member, booking))["status"] == status)


async def is_payment(member: Member, payment: str, status: str) -> bool:
    return bool((await member.client.get(f"/v1/payments/{payment}"))["status"] == status)


async def has_no_place(member: Member, trip: str) -> bool:
    return not (await member.client.get(f"/v1/crews/{trip}/mine"))["places"]


async def is_paid_back(member: Member, payment: str) -> bool:
    refunds = (await member.client.get(f"/v1/payments/{payment}/refunds"))["refunds"]
    return [each["status"] for each in refunds] == ["succeeded"]


def expect(holds: bool, saying: str) -> None:
    if not holds:
        raise StoryError(f"not so: {saying}")
