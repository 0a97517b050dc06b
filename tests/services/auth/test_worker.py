"""The auth service as a Worker keeps the contract of the one in Python, with Clerk: the same tests, in workerd."""

from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from services import worker
from services.auth.conftest import SERVICE
from services.auth.test_deliveries import (  # noqa: F401 - the tests themselves are what is shared
    context,
    test_a_first_login_earns_the_referrer_a_bonus_once,
    test_without_points_for_it_a_login_asks_nobody,
    until,
)
from services.auth.test_verify import (  # noqa: F401 - the tests themselves are what is shared
    test_a_token_is_its_users,
    test_of_all_others_nothing_is_said_but_that,
)
from services.auth.test_webhooks import (  # noqa: F401
    test_a_referral_code_sends_the_attribution_too,
    test_a_sign_up_makes_a_user_and_sends_the_welcome,
    test_another_type_does_nothing,
    test_no_metadata_spoils_a_sign_up,
    test_the_newest_state_wins_in_whatever_order_it_comes,
    test_the_same_id_many_times_at_once_has_one_effect,
    test_two_secrets_hold_while_the_provider_moves_from_one_to_the_other,
    test_what_the_provider_did_not_sign_has_no_effect,
    test_what_the_provider_signed_and_cannot_be_read_is_refused,
)
from stead.run.workerd import fetchable


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return worker.bundled(SERVICE, tmp_path_factory.mktemp("auth"))


@pytest.fixture
def auth(database_url, clerk, tmp_path, folder):
    @asynccontextmanager
    async def run(**settings):
        environ = {"DATABASE_URL": database_url, **clerk.environment(tmp_path), **settings}
        environ = {name: fetchable(text) for name, text in environ.items()}
        callees = {
            name.removesuffix("_URL"): urlsplit(text).port
            for name, text in settings.items()
            if name.endswith("_SERVICE_URL")
        }
        async with worker.running(SERVICE, folder, environ, callees) as app:
            await app.get("/v1/me", user="nobody")  # a Worker makes its tables at its first question
            yield app

    return run


@pytest.fixture
def waiting(rows):
    """Return the messages that wait in the outbox, by name."""

    def read():
        messages = rows("SELECT name, payload FROM outbox_message WHERE failed IS NULL ORDER BY id")
        return [(message["name"], message["payload"]) for message in messages]

    return read


@pytest.fixture
def delivered(rows):
    async def nothing_is_left():
        return rows("SELECT id FROM outbox_message WHERE failed IS NULL") == []

    return lambda: until(nothing_is_left)


def test_the_worker_has_the_schema_and_the_statements_of_the_service_in_python():
    worker.same_sql("auth", "auth-service")
