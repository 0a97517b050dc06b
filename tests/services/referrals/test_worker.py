"""The referral service as a Worker keeps the contract of the one in Python: the same tests, in workerd."""

from contextlib import asynccontextmanager

import pytest

from services import worker
from services.referrals.test_attributions import (  # noqa: F401 - the tests themselves are what is shared
    test_a_refused_attribution_keeps_nothing,
    test_a_replay_gets_the_first_answer,
    test_bad_bodies,
    test_bad_pages,
    test_refusals,
    test_the_list_is_paged_newest_first,
    test_who_may_ask,
)
from services.referrals.test_codes import (  # noqa: F401
    test_rotations_and_asks_at_once_leave_one_live_code,
)
from services.referrals.test_tree import (  # noqa: F401
    test_a_claim_comes_later_is_refused_like_an_attribution_and_is_settled_by_the_next_login,
    test_statistics_count_mine_theirs_and_who_has_logged_in,
)
from stead.services import referrals

SERVICE = referrals.service()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return worker.bundled(SERVICE, tmp_path_factory.mktemp("referrals"))


@pytest.fixture
def run(database_url, folder):
    @asynccontextmanager
    async def start(**environ):
        async with worker.running(SERVICE, folder, {"DATABASE_URL": database_url, **environ}) as app:
            await app.get("/v1/referrals", user="nobody")  # a Worker makes its tables at its first question
            yield app

    return start


def test_the_worker_has_the_schema_and_the_statements_of_the_service_in_python():
    worker.same_sql("referrals", "referral-service")
