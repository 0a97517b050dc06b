"""The points service as a Worker keeps the contract of the one in Python: the same tests, in workerd."""

from contextlib import asynccontextmanager

import pytest

from services import worker
from services.points.conftest import SERVICE
from services.points.test_award import (  # noqa: F401 - the tests themselves are what is shared
    test_a_balance_stays_within_what_json_can_say,
    test_a_changed_cap_is_judged_from_the_next_start,
    test_a_key_belongs_to_its_caller,
    test_an_award_above_the_cap_leaves_no_account_behind,
    test_beyond_the_cap_there_is_nothing_until_the_window_has_passed,
    test_the_meaning_is_compared_not_the_bytes,
    test_the_same_key_again_gets_the_first_answer,
)
from services.points.test_bad_input import (  # noqa: F401
    test_a_body_that_cannot_be_read,
    test_a_field_that_does_not_fit_is_named,
    test_an_award_needs_a_key_that_is_one,
    test_text_of_any_script_is_kept,
    test_who_is_not_declared_gets_nothing,
)
from services.points.test_concurrency import (  # noqa: F401
    test_fifty_clients_with_one_key_get_one_entry,
)
from stead.services.points.app import create
from stead.testing.harness import running

AWARD = {"user_id": "user_1", "amount": 10, "reason": "welcome", "occurred_at": "2026-01-01T00:00:00.5+02:00"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return worker.bundled(SERVICE, tmp_path_factory.mktemp("points"))


@pytest.fixture
def service(database_url, folder):
    @asynccontextmanager
    async def run(**settings):
        environ = {"DATABASE_URL": database_url, **{name.upper(): str(value) for name, value in settings.items()}}
        async with worker.running(SERVICE, folder, environ) as app:
            await app.get("/v1/points/balance", user="nobody")  # a Worker makes its tables at its first question
            yield app

    return run


async def test_one_database_serves_the_worker_and_the_service_in_python(service, database_url):
    async with service() as app:
        first = await app.post("/v1/awards", caller="auth-service", key="k1", json=AWARD)
        entries = (await app.get("/v1/points/entries", user="user_1")).json()
    async with running(create, service=SERVICE, environ={"DATABASE_URL": database_url}) as app:
        again = await app.post("/v1/awards", caller="auth-service", key="k1", json=AWARD)
        assert (await app.get("/v1/points/entries", user="user_1")).json() == entries
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"


def test_the_worker_has_the_schema_and_the_statements_of_the_service_in_python():
    worker.same_sql("points", "points-service")
