"""Hundreds of cancelled requests on every route of the services of events: no connection of any pool is missing.

What is asked is made from each service's own document. Each runs alone: whom it would ask refuses every connection.
"""

import json
from importlib import import_module

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from services import test_cancellation
from services.cancelled_requests import cancel_many, pools_are_full
from services.test_schemathesis import ENVIRONMENTS, FOLDER, sent
from stead.testing.harness import running

EXAMPLES = 1  # of each operation
CANCELLED = 240  # requests for each service


@pytest.mark.parametrize("name", ENVIRONMENTS)
async def test_cancelled_requests_leave_every_pool_full(name, database_url):
    made = []
    create = import_module(f"stead.services.{name}.app").create
    service = import_module(f"stead.services.{name}").service()

    def remembered():
        made.append(create())
        return made[0]

    environ = {"DATABASE_URL": database_url, **ENVIRONMENTS[name]}
    async with running(remembered, service=service, environ=environ) as app:
        samples = [lambda case=case: request(app, case) for case in cases(name)]
        assert {route_of(app, sample()) for sample in samples} == {(each.method, each.path) for each in service.routes}
        await cancel_many(app, samples, CANCELLED)
        await pools_are_full(made[0].parts)
        ready = await app.get("/readyz")
        assert ready.status_code == 200, ready.text
        assert (await app.get("/livez")).status_code == 200


def test_every_service_of_the_shelf_is_tried():
    shelf = {each.parent.name for each in FOLDER.glob("*/app.py")}
    assert shelf == {name.split()[0] for name in test_cancellation.SERVICES} | set(ENVIRONMENTS)


def cases(name):
    """Return some cases of every operation of a service's document."""
    schema = schemathesis.openapi.from_dict(json.loads((FOLDER / name / "openapi.json").read_text()))
    return [case for found in schema.get_all_operations() for case in _some(found.ok())]


def _some(operation):
    found = []

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(operation.as_strategy())
    def collect(case):
        found.append(case)

    collect()
    return found


def request(app, case):
    return case.method, case.formatted_path, sent(app, case)


def route_of(app, asked):
    route = app._paths.find(asked[0], asked[1])
    return route.method, route.path
