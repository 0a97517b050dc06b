"""Payments against a model: observations, refunds and their ends in any order keep Σ refunds ≤ captured."""

import asyncio
from uuid import uuid4

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from stead.kit import outbox
from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.migrations import Migrations
from stead.services.payments import app as payments_app
from stead.services.payments.contract import RefundOrder
from stead.services.payments.delivery import Delivery
from stead.services.payments.providers.provider import ProviderPayment, ProviderRefund, Providers
from stead.services.payments.replay import replay

AMOUNT = 1000
ADD = """
INSERT INTO payment (id, booking_id, user_id, owner, title, amount, currency, provider, method)
VALUES (%s, %s, 'ann', 'olga', 'A trip', %s, 'RUB', 'yookassa', 'redirect')
"""


class Machine(RuleBasedStateMachine):
    def __init__(self, url):
        super().__init__()
        self.url = url
        self.runner = asyncio.Runner()
        tables = [outbox.MIGRATIONS, Migrations.beside(payments_app.__file__, "payments")]
        self.database = Database(url, migrations=tables, size=1)
        self.runner.run(self.database.open())
        # Nobody is called here: the outbox is never opened, and what it would deliver stays in its table.
        self.delivery = Delivery(self.database, Providers({}), None, None, capture=True, poll=1)
        self.payment = uuid4()
        self.sql("TRUNCATE payment, refund, entry, posting, webhook CASCADE")
        self.sql(ADD, self.payment, uuid4(), AMOUNT)
        self.status, self.refunds, self.keys = "new", {}, {}

    def sql(self, statement, *values):
        with psycopg.connect(self.url) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def do(self, work, *values, **more):
        try:
            return self.runner.run(self.database.run(lambda connection: work(connection, *values, **more)))
        except HttpProblem as problem:
            return problem.code

    @property
    def left(self):
        if self.status != "succeeded":
            return 0
        return AMOUNT - sum(amount for amount, status in self.refunds.values() if status != "cancelled")

    @rule(status=st.sampled_from(["pending", "authorized", "succeeded", "succeeded", "cancelled"]))
    def observe(self, status):
        rank = {"new": 0, "pending": 1, "authorized": 2, "succeeded": 3, "cancelled": 3}
        seen = ProviderPayment("p-1", status, AMOUNT, "RUB")
        row = self.do(self.delivery.ledger.observe, self.payment, seen, polled=True)
        self.status = status if rank[status] > rank[self.status] else self.status
        assert row["status"] == self.status

    @rule(amount=st.one_of(st.none(), st.integers(1, AMOUNT)), key=st.integers(0, 9).map(str))
    def order(self, amount, key):
        order = RefundOrder("x", amount)
        made = self.do(self.delivery.refunds.order, self.payment, order, actor="olga", key=key)
        if key in self.keys:
            id_, ordered = self.keys[key]
            same = amount in (None, ordered)
            assert made == "idempotency_key_reused" if not same else made.id == id_
        elif self.left == 0:
            assert made == "nothing_to_refund"
        elif amount is not None and amount > self.left:
            assert made == "exceeds_remainder"
        else:
            wanted = amount or self.left
            assert made.amount == wanted
            self.keys[key] = (made.id, wanted)
            self.refunds[made.id] = (wanted, "new")

    @rule(number=st.integers(0, 9), status=st.sampled_from(["pending", "succeeded", "cancelled"]))
    def end(self, number, status):
        if not self.refunds:
            return
        id_ = list(self.refunds)[number % len(self.refunds)]
        amount, before = self.refunds[id_]
        rank = {"new": 0, "pending": 1, "succeeded": 2, "cancelled": 2}
        row = self.do(
            self.delivery.ledger.observe_refund, id_, ProviderRefund(f"r-{id_}", status, amount, "RUB"), polled=True
        )
        after = status if rank[status] > rank[before] else before
        self.refunds[id_] = (amount, after)
        assert row["status"] == after

    @invariant()
    def no_more_is_paid_back_than_was_captured(self):
        [(captured, reserved)] = self.sql("SELECT captured, reserved FROM payment")
        assert captured - reserved == self.left
        assert 0 <= reserved <= captured

    def teardown(self):
        self.runner.run(self.database.close())
        self.runner.close()
        report = replay(self.url)
        assert report.clean, report.first


def test_payments_and_the_model_say_the_same(database_url):
    limits = settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(lambda: Machine(database_url), settings=limits)
