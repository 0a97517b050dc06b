"""Bookings against a model of a few lines: whatever is asked, in whatever order, both say the same."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.migrations import Migrations
from stead.kit.user import User
from stead.services.events import app as events_app
from stead.services.events.bookings import Bookings
from stead.services.events.catalogue import Catalogue
from stead.services.events.contract import Confirmation, EventChange, EventDraft, OrganizerDraft
from stead.services.events.inventory import Inventory
from stead.services.events.messages import Messages
from stead.services.events.replay import replay

PEOPLE = st.sampled_from(["ann", "ben", "cid", "dan", "eve"])
OLGA = User("olga", frozenset({"organizer"}))
PRICE = 100
ACTIVE = ("waiting", "offered", "pending", "confirmed")


class Model:
    """An event's bookings in the order of arrival, told without locks, tables or counts."""

    def __init__(self, capacity):
        self.capacity = capacity
        self.bookings = []  # [user, status], in the order of arrival

    def active(self, user):
        return next((each for each in self.bookings if each[0] == user and each[1] in ACTIVE), None)

    @property
    def taken(self):
        return sum(status in ("offered", "pending", "confirmed") for _, status in self.bookings)

    @property
    def waits(self):
        return any(status == "waiting" for _, status in self.bookings)

    def offer(self):
        for booking in self.bookings:
            if booking[1] == "waiting" and self.taken < self.capacity:
                booking[1] = "offered"

    def book(self, user):
        if not self.active(user):
            status = "pending" if self.taken < self.capacity and not self.waits else "waiting"
            self.bookings.append([user, status])
        return self.active(user)[1]

    def cancel(self, user):
        self.active(user)[1] = "cancelled"
        self.offer()

    def lapse(self):
        for booking in self.bookings:
            if booking[1] in ("pending", "offered"):
                booking[1] = "expired"
        self.offer()

    def resize(self, capacity):
        if self.taken > capacity:
            return "capacity_taken"
        self.capacity = capacity
        self.offer()
        return ""


class Machine(RuleBasedStateMachine):
    def __init__(self, url):
        super().__init__()
        self.url = url
        self.runner = asyncio.Runner()
        self.database = Database(url, migrations=[Migrations.beside(events_app.__file__, "events")], size=1)
        self.runner.run(self.database.open())
        day = timedelta(days=1)
        inventory = Inventory(Messages(None, frozenset()), hold=day, offer=day)
        self.inventory, self.bookings = inventory, Bookings(inventory)
        self.catalogue = Catalogue(inventory, self.bookings)
        self.sql("TRUNCATE organizer, event, booking, transfer, favourite, audit")
        self.model = Model(2)
        self.event = self.do(self._announce).id
        self.ids = []  # of the bookings, in the order of arrival

    async def _announce(self, connection):
        await self.catalogue.put_organizer(connection, "club", OrganizerDraft("The club"), OLGA)
        start = datetime.now(UTC) + timedelta(days=9)
        draft = EventDraft("club", "A trip", start, start + timedelta(days=1), self.model.capacity, PRICE)
        event = await self.catalogue.announce(connection, draft, OLGA)
        return await self.catalogue.publish(connection, event.id, OLGA)

    def sql(self, statement):
        with psycopg.connect(self.url) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def do(self, work, *values):
        """Run work in a transaction; return what it returns, or the code of its refusal."""
        try:
            return self.runner.run(self.database.run(lambda connection: work(connection, *values)))
        except HttpProblem as problem:
            return problem.code

    async def _locked(self, connection, work, *values):
        async with self.inventory.locked(connection, self.event) as locked:
            return await work(locked, *values)

    def id_of(self, user):
        index = self.model.bookings.index(self.model.active(user))
        return self.ids[index]

    @rule(user=PEOPLE)
    def book(self, user):
        known = self.model.active(user) is not None
        status, booking = self.do(self._locked, self.bookings.book, user)
        assert (status, booking.status) == (200 if known else 201, self.model.book(user))
        if not known:
            self.ids.append(booking.id)

    @rule(user=PEOPLE)
    def cancel(self, user):
        if self.model.active(user):
            id_ = self.id_of(user)
            self.do(self._locked, self.bookings.cancel, id_, user)
            self.model.cancel(user)

    @rule(user=PEOPLE)
    def pay(self, user):
        active = self.model.active(user)
        if active:
            paid = self.do(self.bookings.confirm, self.id_of(user), Confirmation(uuid4(), PRICE, "RUB"))
            if active[1] in ("pending", "offered"):
                active[1] = "confirmed"
                assert paid.status == "confirmed"
            else:
                assert paid == ("already_paid" if active[1] == "confirmed" else "booking_ended")

    @rule(user=PEOPLE)
    def accept(self, user):
        active = self.model.active(user)
        if active:
            answer = self.do(self.bookings.accept, self.id_of(user), user)
            if active[1] == "offered":
                active[1] = "pending"
            assert answer == "not_offered" if active[1] == "waiting" else answer.status == active[1]

    @rule()
    def time_passes(self):
        self.sql("UPDATE booking SET until = now() - interval '1 second' WHERE until IS NOT NULL")
        self.do(partial(_touch, self.catalogue), self.event)
        self.model.lapse()

    @rule(capacity=st.integers(1, 4))
    def resize(self, capacity):
        answer = self.do(self.catalogue.change, self.event, EventChange(capacity=capacity), OLGA)
        assert (answer if isinstance(answer, str) else "") == self.model.resize(capacity)

    @invariant()
    def both_say_the_same(self):
        stored = self.sql("SELECT user_id, status FROM booking ORDER BY place")
        assert [list(row) for row in stored] == self.model.bookings
        assert self.model.taken <= self.model.capacity

    def teardown(self):
        self.runner.run(self.database.close())
        self.runner.close()
        report = replay(self.url)
        assert report.clean, report.first


async def _touch(catalogue, connection, event):
    await catalogue.touch(event, connection)


def test_bookings_and_the_model_say_the_same(database_url):
    limits = settings(max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(lambda: Machine(database_url), settings=limits)
