"""The job that keeps Hasura in step: against real databases, and a stand-in for Hasura's metadata API."""

import asyncio
import threading
from contextlib import contextmanager

import httpx2
import psycopg
import pytest

from hasura_sync.catalog import Catalog, CatalogError, ForeignKey
from hasura_sync.job import sync
from hasura_sync.metadata import HasuraError
from hasura_sync.naming import array_name, camel_case, object_name, plural
from hasura_sync.settings import HasuraSyncSettings
from stead.testing.hasura import Fault, Hasura, app
from stead.testing.loopback import listening

SECRET = "an-admin-secret"


@contextmanager
def served(hasura):
    """Serve the stand-in from a thread: the job is a program that waits for its answers."""
    loop, url, end, ready = asyncio.new_event_loop(), [], asyncio.Event(), threading.Event()

    async def serve():
        async with listening(app(hasura)) as found:
            url.append(found)
            ready.set()
            await end.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    try:
        assert ready.wait(10)
        yield url[0]
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(10)
        loop.close()


@pytest.fixture
def job(repository_database, tenant_database):
    """Run the job; it returns its exit status and what it said."""
    hasura = Hasura(SECRET)
    with served(hasura) as url:

        def run(**told):
            said = []
            given = {
                "hasura_endpoint": url,
                "hasura_graphql_admin_secret": SECRET,
                "project_database_url": repository_database,
                "tenant_database_url": tenant_database,
                "hasura_wait_seconds": 0.2,
                **told,
            }
            return sync(HasuraSyncSettings(**given), said.append), said

        run.hasura, run.database_url = hasura, repository_database
        yield run


def test_it_tracks_names_relates_and_permits_and_then_is_in_step(job):
    status, said = job()
    assert (status, said[-1].split(" of ")[0]) == (0, str(len(said) - 1))
    tables = job.hasura.tables["project"]
    element, relationship = tables["public", "element"], tables["public", "relationship"]
    assert element["configuration"]["column_config"]["created_at"] == {"custom_name": "createdAt"}
    assert {"relationshipsBySource", "relationshipsByTarget", "variantElements"} <= element[
        "array_relationships"
    ].keys()
    using = relationship["object_relationships"]["source"]["manual_configuration"]
    assert using["column_mapping"] == {"tenant_id": "tenant_id", "source_id": "id"}
    permission = element["select_permissions"]["user"]
    assert permission["filter"] == {"tenant_id": {"_in": "X-Hasura-Tenant-Ids"}}
    assert "search" not in permission["columns"]
    assert job.hasura.tables["tenant"]["public", "tenant"]["select_permissions"]["user"]["filter"].keys() == {"id"}
    names = {name for source in job.hasura.tables.values() for _, name in source}
    assert not names & {"stead_migration", "hasura_name", "invitation", "counter"}
    assert job() == (0, ["Hasura is in step"])


def test_a_dry_run_shows_the_difference_and_changes_nothing(job):
    status, said = job(hasura_dry_run=True)
    assert status == 0
    assert "to do: project.element: track" in said
    assert job.hasura.tables == {}


def test_one_error_stops_nothing_else_and_is_mended_by_the_next_run(job):
    job.hasura.faults.append(Fault("pg_track_table", "element"))
    status, said = job()
    assert status == 1
    assert any(line.startswith("failed: project.element: track: unexpected") for line in said)
    assert ("public", "solution") in job.hasura.tables["project"]
    assert job()[0] == 0
    assert job() == (0, ["Hasura is in step"])


def test_a_request_that_fails_is_tried_again(job):
    job.hasura.faults.append(Fault("pg_track_table", "workspace", status=503))
    assert job()[0] == 0


def test_a_permission_that_a_person_wrote_stays_unless_asked(job):
    job()
    permissions = job.hasura.tables["project"]["public", "element"]["select_permissions"]
    permissions["user"] = {"columns": ["id"], "filter": {}}
    status, said = job()
    assert (status, permissions["user"]["columns"]) == (0, ["id"])
    assert said[0].startswith("left: project.element: the permission of user differs")
    assert job(hasura_replace_permissions=True)[0] == 0
    assert len(permissions["user"]["columns"]) > 5


def test_a_table_in_use_stays_tracked_unless_asked(job):
    job()
    more = ("stead_migration", "idempotency", "hasura_name", "counter", "invitation", "variant")
    status, said = job(hasura_untracked=more)
    assert any(line.startswith("left: project.variant: stays tracked, since it has") for line in said)
    job(hasura_untracked=more, hasura_replace_permissions=True)
    assert ("public", "variant") not in job.hasura.tables["project"]


def test_a_name_that_was_chosen_is_used(job):
    with psycopg.connect(job.database_url) as connection:
        connection.execute(
            "INSERT INTO hasura_name VALUES ('element', '', 'archiElement'), ('element', 'kind', 'archiKind'), "
            "('element', 'relationshipsBySource', 'outgoing')"
        )
    job()
    element = job.hasura.tables["project"]["public", "element"]
    assert element["configuration"]["custom_name"] == "archiElement"
    assert element["configuration"]["column_config"]["kind"] == {"custom_name": "archiKind"}
    assert "outgoing" in element["array_relationships"]
    assert job() == (0, ["Hasura is in step"])


def test_what_cannot_be_used_is_said_without_a_secret(job):
    with pytest.raises(HasuraError, match="refuses HASURA_GRAPHQL_ADMIN_SECRET") as refused:
        job(hasura_graphql_admin_secret="a-wrong-one")
    assert "a-wrong-one" not in str(refused.value)
    with pytest.raises(HasuraError, match="cannot be used: ConnectError"):
        job(hasura_endpoint="http://127.0.0.1:9")
    with pytest.raises(CatalogError, match="The database of project cannot be reached") as refused:
        job(project_database_url="postgresql://u:a-password@127.0.0.1:9/d")
    assert "a-password" not in str(refused.value)


def test_the_stand_in_refuses_who_has_not_its_secret(job):
    with served(Hasura(SECRET)) as url:
        answer = httpx2.post(f"{url}/v1/metadata", json={"type": "export_metadata", "args": {}})
    assert (answer.status_code, answer.json()["code"]) == (401, "access-denied")


def test_names_read_as_what_they_are():
    assert [camel_case(name) for name in ("created_at", "id", "_a_b")] == ["createdAt", "id", "aB"]
    assert [plural(name) for name in ("entry", "view", "process", "key")] == ["entries", "views", "processes", "keys"]
    keys = tuple(
        ForeignKey(f"{end}", "relationship", ("tenant_id", f"{end}_id"), "element", ("tenant_id", "id"))
        for end in ("source", "target")
    )
    assert [object_name(key) for key in keys] == ["source", "target"]
    assert [array_name(key, Catalog({}, keys, {})) for key in keys] == [
        "relationshipsBySource",
        "relationshipsByTarget",
    ]
    assert array_name(keys[0], Catalog({}, keys[:1], {})) == "relationships"
