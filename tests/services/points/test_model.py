"""The ledger against a model of a few lines: whatever is asked, in whatever order, both say the same."""

import asyncio
from collections import defaultdict

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from stead.kit.database import Database
from stead.kit.migrations import Migrations
from stead.services.points import app as points_app
from stead.services.points.contract import Award, Reversal
from stead.services.points.replay import replay
from stead.services.points.store import Claim, Ledger

CAP, WINDOW = 20, 3600
USERS = st.sampled_from(["ann", "bob", "cid"])
AMOUNTS = st.integers(1, CAP + 2)
CALLERS = st.sampled_from(["auth-service", "content-service"])
KEYS = st.integers(0, 12).map(str)


class Model:
    """What a ledger is, told without locks, tables or indexes."""

    def __init__(self):
        self.balance = defaultdict(int)
        self.within = defaultdict(int)
        self.made = {}  # key -> (body, outcome)
        self.awards = []  # [user, what is left of it]

    def award(self, caller, key, award):
        def grant():
            if self.within[award.user_id] + award.amount > CAP:
                return ("velocity_cap",)
            self.within[award.user_id] += award.amount
            self.balance[award.user_id] += award.amount
            self.awards.append([award.user_id, award.amount])
            return ("granted", self.balance[award.user_id])

        return self._once(caller, key, award, grant)

    def reverse(self, caller, key, index, reversal):
        def take():
            user, left = self.awards[index]
            amount = reversal.amount or left
            if left == 0 or amount > left:
                return ("exceeds_remainder" if left else "already_reversed",)
            self.awards[index][1] -= amount
            self.balance[user] -= amount
            return ("reversed", self.balance[user])

        return self._once(caller, key, (index, reversal), take)

    def _once(self, caller, key, body, work):
        if (caller, key) in self.made:
            before, answer = self.made[caller, key]
            return ("replayed", *answer[1:]) if before == body else ("idempotency_key_reused",)
        answer = work()
        if len(answer) > 1:
            self.made[caller, key] = (body, answer)
        return answer


class Machine(RuleBasedStateMachine):
    def __init__(self, url):
        super().__init__()
        self.url = url
        self.model = Model()
        self.entries = []
        self.runner = asyncio.Runner()
        self.database = Database(url, migrations=[Migrations.beside(points_app.__file__, "points")], size=1)
        self.runner.run(self.database.open())
        self.ledger = Ledger(self.database, CAP, WINDOW)
        self.sql("TRUNCATE account, entry, posting_key")

    def sql(self, *statements):
        with psycopg.connect(self.url) as connection:
            for statement in statements:
                connection.execute(statement)

    def judge(self, claims):
        outcomes = self.runner.run(self.ledger.award(claims))
        expected = [self.model.award(*claim) for claim in claims]
        said = [
            (each.code, each.balance) if each.code in ("granted", "replayed") else (each.code,) for each in outcomes
        ]
        assert said == expected
        self.entries += [each.entry for each in outcomes if each.code == "granted"]

    @rule(caller=CALLERS, key=KEYS, user=USERS, amount=AMOUNTS)
    def award(self, caller, key, user, amount):
        self.judge([Claim(caller, key, Award(user, amount, "model"))])

    @rule(
        items=st.lists(
            st.tuples(CALLERS, KEYS, USERS, AMOUNTS), min_size=1, max_size=6, unique_by=lambda item: item[:2]
        )
    )
    def award_batch(self, items):
        self.judge([Claim(caller, key, Award(user, amount, "model")) for caller, key, user, amount in items])

    @rule(caller=CALLERS, key=KEYS, which=st.integers(0, 5), amount=st.none() | AMOUNTS)
    def reverse(self, caller, key, which, amount):
        if not self.entries:
            return
        index, reversal = which % len(self.entries), Reversal("model", amount)
        done = self.runner.run(self.ledger.reverse(caller, key, self.entries[index], reversal))
        expected = self.model.reverse(caller, key, index, reversal)
        assert ((done.code, done.balance) if done.code in ("reversed", "replayed") else (done.code,)) == expected

    @rule()
    def let_the_window_pass(self):
        self.model.within.clear()
        back = f"- interval '{WINDOW} seconds'"
        self.sql(
            "ALTER TABLE entry DISABLE TRIGGER entry_is_final",
            f"UPDATE entry SET created_at = created_at {back}",
            "ALTER TABLE entry ENABLE TRIGGER entry_is_final",
            f"UPDATE account SET moved_at = moved_at {back}",
        )

    @invariant()
    def balances_agree(self):
        for user in ("ann", "bob", "cid"):
            assert self.runner.run(self.ledger.balance(user)).balance == self.model.balance[user]

    def teardown(self):
        self.runner.run(self.database.close())
        self.runner.close()
        report = replay(self.url)
        assert report.clean, report.first


def test_the_ledger_does_what_the_model_does(database_url):
    bounds = settings(
        max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(lambda: Machine(database_url), settings=bounds)
