"""What is read and not declared may be a slip: the name that is given is said."""

import pytest

from check.test_foreign_repositories import planted

BACKEND = """from stead import Backend, Postgres, Route, Service, Setting

ledger = Service(
    "ledger", command="node s.js", folder="ledger", routes=[Route.service("POST", "/v1/awards", "award")]
)
events = Service(
    "events", command="node s.js", folder="events", calls=[ledger.may("award")], needs=[Postgres()],
    settings=[Setting("PARTNER_TOKEN", secret=True)],
)
backend = Backend("shop", services=[ledger, events])
"""


@pytest.mark.parametrize(
    ("read", "near"),
    [
        ("LEDGER_URL", "LEDGER_SERVICE_URL"),
        ("PARTNER_TOKNE", "PARTNER_TOKEN"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("COLOUR", ""),
    ],
)
def test_the_name_that_is_given_and_looks_like_it_is_said(tmp_path, read, near):
    files = {"backend.py": BACKEND, "events/s.js": f"console.log(process.env.{read});\n", "ledger/s.js": ""}
    mends = [each.problem.mend for each in planted(tmp_path, files) if each.code == "SETTING010"]
    declare = f'add Setting("{read}") to the settings of events'
    assert mends == [f"read {near}, which it is given; or {declare}" if near else declare]
