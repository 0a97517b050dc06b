"""Schemathesis over the services of events: no 500 and no undocumented status, whatever is asked by their documents.

Each service runs alone: what it would ask of another one is refused with 503, which is its documented answer.
"""

import asyncio
import json
from importlib import import_module
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core import NotSet

import stead.services
from stead.kit.key import new_private_key
from stead.testing.harness import running

EXAMPLES = 2  # of each operation
NOWHERE = "http://127.0.0.1:9"
ROLES = ("user", "organizer", "admin")
FOLDER = Path(stead.services.__file__).parent
ENVIRONMENTS = {
    "users": {"SESSIONS_SERVICE_URL": NOWHERE, "NOTIFICATIONS_SERVICE_URL": NOWHERE},
    "events": {},
    "crews": {"EVENTS_SERVICE_URL": NOWHERE},
    "payments": {
        "EVENTS_SERVICE_URL": NOWHERE,
        "MEDIA_SERVICE_URL": NOWHERE,
        "PAYMENTS_QR_PAYEE": "Name=Club|PersonalAcc=1|BankName=B|BIC=0|CorrespAcc=0",
    },
    "media": {"BUCKET_URL": "s3://key:secret@127.0.0.1:9/media?secure=false"},
    "notifications": {"NOTIFICATIONS_LINK_SECRET": "a-secret"},
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_whatever_its_document_allows_gets_a_documented_answer(name, database_url):
    schema = schemathesis.openapi.from_dict(json.loads((FOLDER / name / "openapi.json").read_text()))
    create = import_module(f"stead.services.{name}.app").create
    environ = {"DATABASE_URL": database_url, "SERVICE_JWT_SECRET": new_private_key(name), **ENVIRONMENTS[name]}
    with asyncio.Runner() as runner:
        service = running(create, service=import_module(f"stead.services.{name}").service(), environ=environ)
        app = runner.run(service.__aenter__())
        try:
            for found in schema.get_all_operations():
                ask_often(runner, app, found.ok())
        finally:
            runner.run(service.__aexit__(None, None, None))


def ask_often(runner, app, operation):
    statuses = set(operation.definition.raw["responses"])

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(operation.as_strategy())
    def ask(case):
        answer = runner.run(app.request(case.method, case.formatted_path, **sent(app, case)))
        assert answer.status_code < 500 or answer.status_code == 503, f"{case.method} {case.path}: {answer.text}"
        assert str(answer.status_code) in statuses or "default" in statuses
        if answer.status_code >= 400:
            assert answer.json()["code"], answer.text

    ask()


def sent(app, case):
    """Return how a case is asked: as the caller that its route is for, with what the document allows."""
    access = app._access(case.method, case.formatted_path)
    who = {"caller": "auth-service"} if access == "service" else {"user": "user_1", "roles": ROLES}
    more = {} if isinstance(case.body, NotSet) else {"json": case.body}
    if isinstance(case.body, bytes):
        more = {"content": case.body}
    return {"params": dict(case.query or {}), **who, **more}
