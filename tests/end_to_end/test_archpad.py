"""Archpad as a whole: its story, its smoke check, its job, and the outage table of its README."""

import json
import re
import secrets
import time

import httpx2
import pytest

from end_to_end.conftest import BACKENDS, live
from end_to_end.outage import out
from stead.run.run_info import running

SERVICES = ("tenant-service", "arch-repo-service")
ASKED = ("tenants", "elements", "document")
PARTS = ("tenant-service", "arch-repo-service", "hasura", "postgres")


def table():
    """The rows of the README: part -> {health, ready, and what is asked -> the answer}."""
    rows = re.findall(r"^\| `([a-z-]+)` \|(.+)\|$", (BACKENDS / "archpad" / "README.md").read_text(), re.MULTILINE)
    names = ("health", "ready", *ASKED)
    cells = {part: [cell.strip() for cell in text.split("|")] for part, text in rows}
    return {part: dict(zip(names, found, strict=True)) for part, found in cells.items() if len(found) == len(names)}


TABLE = table()


@pytest.fixture(scope="module")
def archpad():
    with live("archpad") as backend:
        yield backend


def test_the_story_passes_twice_on_the_same_databases(archpad):
    for _ in range(2):
        steps = [json.loads(line) for line in archpad.stead("story", "--json").stdout.splitlines()]
        assert len(steps) >= 15
        assert not [step for step in steps if step["wrong"]]


def test_smoke_asks_every_process_and_is_content(archpad):
    checks = [json.loads(line) for line in archpad.stead("smoke", "--json").stdout.splitlines()]
    assert {check["name"] for check in checks} == {"api-gateway", "hasura", *SERVICES}
    assert not [check for check in checks if check["wrong"] or check["skipped"]]


def test_the_job_has_run(archpad):
    assert archpad.process("hasura-sync-service")["state"] == "done"


class Client:
    """A user with a tenant of their own."""

    def __init__(self, backend, client):
        self.found, self.client = running(backend.folder), client
        user = f"ann_{secrets.token_hex(4)}"
        self.headers = {"Authorization": f"Bearer {self.found.token(user)}"}
        self.tenant = ""

    def get(self, path, url=""):
        return self.client.get((url or self.found.url) + path, headers=self.headers)

    def found_a_tenant(self):
        path, sent = "/rest/tenant-service/v1/tenants", {"json": {"name": "A"}, "headers": self.headers}
        self.tenant = self.client.post(self.found.url + path, **sent).json()["id"]

    def asked(self, what):
        paths = {
            "tenants": "/rest/tenant-service/v1/tenants",
            "elements": f"/rest/arch-repo-service/v1/tenants/{self.tenant}/elements",
            "document": "/rest/tenant-service/openapi.json",
        }
        answer = self.get(paths[what])
        code = answer.json().get("code", "")
        return f"{answer.status_code} {code}".strip()

    def not_well(self, path, but):
        names = [name for name in SERVICES if name != but]
        return {name for name in names if self.get(path, self.found.urls[name]).status_code != 200}

    def well(self):
        return all(self.asked(what) == "200" for what in ASKED) and not self.not_well("/readyz", None)


def until_well(ann, within=20.0):
    end = time.monotonic() + within
    while not ann.well():
        assert time.monotonic() < end, "it is not well again"
        time.sleep(0.05)


def named(cell):
    return set() if cell == "all well" else {name.strip("` ") for name in cell.split(",")}


@pytest.mark.parametrize("part", PARTS)
async def test_an_outage_has_the_answer_that_the_table_says(archpad, part):
    row = TABLE[part]
    with httpx2.Client(timeout=10.0) as client:
        ann = Client(archpad, client)
        ann.found_a_tenant()
        async with out(archpad, part, "stopped"):
            found = {what: ann.asked(what) for what in ASKED}
            sick = ann.not_well("/health", part), ann.not_well("/readyz", part)
        until_well(ann)
    assert all(found[what].startswith(row[what]) for what in ASKED), found
    assert sick == (named(row["health"]), named(row["ready"]))


@pytest.mark.parametrize("part", ["tenant-service", "arch-repo-service"])
async def test_a_part_that_is_killed_comes_back(archpad, part):
    with httpx2.Client(timeout=10.0) as client:
        ann = Client(archpad, client)
        ann.found_a_tenant()
        async with out(archpad, part, "killed"):
            pass
        until_well(ann)


def test_the_table_has_every_part():
    assert set(TABLE) == set(PARTS)
