"""The content service as a Worker keeps the contract of the one in Python: the same tests, in workerd."""

from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from services import worker
from services.content.conftest import House
from services.content.test_articles import (  # noqa: F401 - the tests themselves are what is shared
    test_if_match_keeps_two_editors_apart,
    test_the_list_is_paged_newest_first,
)
from services.content.test_events import (  # noqa: F401
    test_an_event_is_announced_and_seen,
    test_bad_bodies,
    test_events_to_come_first_and_then_the_past_ones,
)
from services.content.test_offers import (  # noqa: F401
    test_a_capacity_may_shrink_by_what_ended_offers_leave,
)
from services.content.test_places import (  # noqa: F401
    test_places_are_paged,
    test_what_is_written_again_is_replaced,
)
from services.content.test_points import (  # noqa: F401
    test_an_answer_that_was_lost_does_not_award_twice,
    test_the_cap_delays_points,
)
from services.content.test_registrations import (  # noqa: F401
    test_a_key_registers_once,
    test_fifty_for_ten_seats_at_once,
)
from services.content.test_roster import (  # noqa: F401
    test_who_cannot_be_promoted,
)
from stead.services import content, points

SERVICE = content.service(calls=[points.service().may("award", "reverse")])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return worker.bundled(SERVICE, tmp_path_factory.mktemp("content"))


@pytest.fixture
def run(database_url, folder):
    @asynccontextmanager
    async def start(**environ):
        url = environ.get("POINTS_SERVICE_URL")
        callees = {"POINTS_SERVICE": urlsplit(url).port} if url else {}
        told = {"DATABASE_URL": database_url, **environ}
        async with worker.running(SERVICE, folder, told, callees) as app:
            await app.get("/v1/countries")  # a Worker makes its tables at its first question
            yield House(app)

    return start


def test_the_worker_has_the_schema_and_the_statements_of_the_service_in_python():
    worker.same_sql("content", "content-service")
