"""People of aquastream who ask for one thing after the other, and say what was answered."""

import asyncio
import os
import time
from dataclasses import dataclass

import httpx2

REQUESTS = ("sign in", "trip", "book", "pay", "crew", "photos", "upload", "messages")
UPLOAD = {"owner_kind": "event", "content_type": "image/png", "size": 10}
BACK = 40.0  # seconds, on a machine that is busy


@dataclass(frozen=True)
class People:
    """A club and a member of it, each with a credential; an e-mail address with its password; a trip."""

    club: str
    ann: str
    sign_in: dict
    trip: str


async def sign_up(context, story):
    """Sign people up, and announce a trip, as the story does."""
    steps = story.__globals__
    club, ann = await steps["signs_up_as_organizer"](context), await steps["signs_up"](context, "ann")
    sign_in = {"email": ann.email, "password": steps["PASSWORD"]}
    trip = await steps["announces"](context, club)
    return People(*(each.client.headers["Authorization"] for each in (club, ann)), sign_in, trip)


class Clients:
    """Asks the gateway; `all` returns each answer's status, and that of a payment behind it."""

    def __init__(self, url, people, longest):
        self.people, self.client = people, httpx2.AsyncClient(base_url=url, timeout=longest)
        self.booking, self.bookings = "", []

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        await self.client.aclose()

    async def all(self):
        answers = await asyncio.gather(*(self.request(name) for name in REQUESTS))
        return dict(zip(REQUESTS, answers, strict=True))

    async def request(self, name):
        ann, club, trip = self.people.ann, self.people.club, self.people.trip
        answer = await self.ask(
            *{
                "sign in": ("POST", "/v1/sign-in", "", self.people.sign_in),
                "trip": ("GET", f"/v1/events/{trip}"),
                "book": ("POST", f"/v1/events/{trip}/bookings", club),
                "pay": ("POST", "/v1/payments", ann, {"booking_id": self.booking}),
                "crew": ("GET", f"/v1/crews/{trip}/mine", ann),
                "photos": ("GET", f"/v1/galleries/event/{trip}"),
                "upload": ("POST", "/v1/media", club, {**UPLOAD, "owner_id": trip}),
                "messages": ("GET", "/v1/notifications/settings", ann),
            }[name]
        )
        if name == "book" and answer.status_code == 201:
            self.bookings.append((club, answer.json()["id"]))
        return " ".join([str(answer.status_code), *([answer.json()["status"]] if self.is_payment(answer) else [])])

    def is_payment(self, answer):
        return answer.status_code == 201 and "booking_id" in answer.json()

    async def book_for_payment(self):
        """Hold a seat for a payment; right after an outage it may take a moment."""
        path = f"/v1/events/{self.people.trip}/bookings"
        self.booking = (await self.patiently("POST", path, self.people.ann, 201)).json()["id"]
        self.bookings.append((self.people.ann, self.booking))

    async def cancel(self):
        """Cancel every booking, the last one first: a seat that is free is offered to who waits."""
        for who, booking in reversed(self.bookings):
            await self.patiently("DELETE", f"/v1/bookings/{booking}", who, 204)

    async def patiently(self, method, path, who, expected):
        until = time.monotonic() + BACK
        while (answer := await self.ask(method, path, who)).status_code != expected:
            assert time.monotonic() < until, f"{method} {path}: {answer.status_code} {answer.text}"
            await asyncio.sleep(0.05)
        return answer

    async def ask(self, method, path, who="", body=None):
        headers = {"Idempotency-Key": os.urandom(8).hex()} | ({"Authorization": who} if who else {})
        return await self.client.request(method, path, headers=headers, json=body)
