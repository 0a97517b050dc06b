"""The token service as a Worker keeps the contract of the one in Python: the same tests, in workerd."""

from contextlib import asynccontextmanager

import pytest

from services import worker
from services.tokens.conftest import SERVICE
from services.tokens.test_introspection import (  # noqa: F401 - the tests themselves are what is shared
    test_an_active_token_is_described,
    test_of_what_ended_nothing_is_said_either,
    test_the_gateway_is_told_whose_request_it_is_whatever_its_method,
    test_the_question_is_a_form_with_one_token,
)
from services.tokens.test_tokens_http import (  # noqa: F401
    test_a_replay_is_the_same_token_and_does_not_show_it,
    test_a_token_is_ended_by_its_owner_alone,
    test_a_token_that_cannot_be_is_refused_with_where,
    test_a_user_has_so_many_live_tokens_and_no_more,
    test_the_tokens_of_a_user_who_is_no_more_end_for_good,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return worker.bundled(SERVICE, tmp_path_factory.mktemp("tokens"))


@pytest.fixture
def tokens(database_url, folder):
    @asynccontextmanager
    async def run(**settings):
        async with worker.running(SERVICE, folder, {"DATABASE_URL": database_url, **settings}) as app:
            await app.get("/v1/tokens", user="nobody")  # a Worker makes its tables at its first question
            yield app

    return run


def test_the_worker_has_the_schema_and_the_statements_of_the_service_in_python():
    worker.same_sql("tokens", "token-service")
