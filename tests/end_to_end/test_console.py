"""The console of a whole backend: what it shows is what the logs and the services say; its end harms nothing."""

import json
import os
import resource
import subprocess
from pathlib import Path

import psutil
import pytest

from console.browser import Tab, chromium
from end_to_end.conftest import live
from end_to_end.console_page import Page
from end_to_end.console_walk import failed_steps, playing, walk
from stead.console.config import Node
from stead.console.database_reader import DatabaseError, DatabaseReader
from stead.run.state_directory import Folder
from stead.testing.backend import STEAD


@pytest.fixture(scope="module")
def backend():
    with live("rewards") as made:
        yield made


@pytest.fixture(scope="module")
def played(backend):
    """The page after the backend's story."""
    backend.stead("story")
    page = Page(backend)
    page.until(lambda found: len(found["traces"]) > 20, "traces", limit=200)
    yield page
    page.client.close()


def states(found, name):
    return [each["state"] for each in found["processes"] if each["name"] == name]


def console_of(backend):
    """Return the console's process."""
    run = Folder(backend.folder / "backend.py").run()
    return next(child for child in psutil.Process(run.pid).children() if "stead.console" in child.cmdline())


def test_the_states_are_those_of_the_run(backend, played):
    shown = {each["name"]: each["state"] for each in played.get("overview")["processes"]}
    assert shown == {each["name"]: each["state"] for each in backend.status()["processes"]}


def test_every_request_through_the_gateway_is_a_line_and_a_trace(backend, played):
    log = (backend.folder / ".stead" / "logs" / "api-gateway.log").read_text().splitlines()
    asked = [json.loads(line) for line in log if '"method"' in line]
    asked = [line for line in asked if line.get("path") != "/health" and line.get("trace_id")]
    ids = {line["trace_id"] for line in asked}
    traced = played.until(
        lambda found: ids <= {each["trace"] for each in found["traces"]}, "traces", limit=200, service="api-gateway"
    )
    status = {each["trace"]: each["status"] for each in traced["traces"]}
    assert [status[line["trace_id"]] for line in asked] == [line["status"] for line in asked]
    lines = played.until(lambda found: len(found["lines"]) >= len(asked), "logs", process="api-gateway", limit=500)
    assert ids <= {line["trace"] for line in lines["lines"]}


def test_a_sign_up_is_followed_through_services_queries_and_messages(played):
    found = played.until(
        lambda found: any(len(each["services"]) >= 3 for each in found["traces"]), "traces", limit=200, q="webhooks"
    )
    widest = max(found["traces"], key=lambda each: each["spans"])
    spans = played.get(f"traces/{widest['trace']}")["spans"]
    known = {each["span"]: each for each in spans}
    assert {"api-gateway", "auth-service", "points-service"} <= {each["service"] for each in spans}
    assert any(each["name"] == "deliver welcome" for each in spans)
    assert any(each["attributes"].get("db.system.name") == "postgresql" for each in spans)
    assert [each["name"] for each in spans if each["parent"] not in known] == ["POST /v1/webhooks/clerk"]


def test_what_is_used_is_declared_and_refusals_are_told(played):
    found = played.get("boundaries")
    declared = {(call["caller"], call["callee"]) for call in found["graph"]["calls"]} | {("", "api-gateway")}
    used = {(each["caller"], each["callee"]) for each in found["used"]}
    assert used <= declared
    assert {("auth-service", "points-service"), ("content-service", "points-service")} <= used
    assert any("the token is not valid" in each["why"] for each in found["refused"])


def test_no_secret_is_shown(backend, played):
    secrets = json.loads((backend.folder / ".stead" / "secrets.json").read_text())
    said = played.client.get("/api/overview").text + played.client.get("/api/logs?limit=500").text
    said += "".join(played.client.get(f"/api/services/{name}").text for name in ("auth-service", "points-service"))
    assert "SERVICE_JWT_SECRET" in said
    assert not [name for name, secret in secrets.items() if str(secret) in said]
    assert played.address.token not in said


def test_a_process_is_stopped_and_started_from_the_page(backend, played):
    def post(action):
        answer = played.client.post(f"/api/processes/content-service/{action}", headers={"origin": played.address.url})
        assert answer.status_code == 200, answer.text
        return answer.json()["process"]["state"]

    assert post("stop") == "stopped"
    assert post("stop") == "stopped"  # twice is not an error
    assert backend.process("content-service")["state"] == "stopped"
    assert post("start") in ("declared", "waiting", "starting", "healthy")
    played.until(lambda found: "healthy" in states(found, "content-service"), "overview")
    wrong = played.client.post("/api/processes/nobody/stop", headers={"origin": played.address.url})
    assert (wrong.status_code, "there is no 'nobody'" in wrong.json()["error"]) == (409, True)


def test_the_rows_of_a_database_are_read_and_nothing_else(backend, played):
    found = played.get("services/points-service/database")
    assert {"account", "entry", "stead_migration"} <= {table["name"] for table in found["tables"]}
    assert ("points", "0001_ledger.sql") in {(each["component"], each["file"]) for each in found["migrations"]}
    rows = played.get("services/points-service/rows", table="public.account")
    assert rows["columns"][0] in rows["rows"][0]
    messages = played.get("services/auth-service/database")
    assert {each["status"] for each in messages["outbox"]} <= {"todo", "doing", "succeeded", "failed"}
    tokens = played.get("services/token-service/rows", table="public.token")
    assert {row["digest"] for row in tokens["rows"]} == {"•••"}
    for table in ("pg_catalog.pg_authid", "public.nothing", 'public.account"; DROP TABLE account; --'):
        answer = played.client.get("/api/services/points-service/rows", params={"table": table})
        assert (answer.status_code, "there is no table" in answer.json()["error"]) == (409, True)


def test_the_connection_to_a_database_cannot_write(backend, played):
    node = next(each for each in played.get("overview")["graph"]["nodes"] if each["name"] == "points-service")
    reader = DatabaseReader(backend.folder / "backend.py")
    with (
        pytest.raises(DatabaseError, match="read-only transaction"),
        reader._reading(Node("points-service", "service", database=node["database"])) as connection,
    ):
        connection.execute("DELETE FROM account")


def test_pictures_are_taken_of_the_real_page(played, tmp_path):
    """`STEAD_PICTURES=docs/pictures` writes them there: what the documents show is what there is."""
    folder = Path(os.environ.get("STEAD_PICTURES") or tmp_path)
    folder.mkdir(exist_ok=True)
    widest = max(played.get("traces", limit=200, q="webhooks")["traces"], key=lambda each: each["spans"])
    shown = {
        "console-overview": ("/", "healthy"),
        "console-trace": (f"/traces/{widest['trace']}", "deliver welcome"),
        "console-try": ("/try?service=points-service&method=GET&path=/v1/points/balance", '"balance"'),
    }
    with chromium() as browser:
        tab = Tab(browser, played.address.url, played.address.token, viewport={"width": 1280, "height": 760})
        for name, (path, text) in shown.items():
            page = tab.open(path)
            if name == "console-try":
                page.get_by_role("button", name="send").click()
                page.wait_for_selector(".waterfall")
            tab.until(lambda page=page, text=text: text in page.inner_text("main"))
            page.screenshot(path=folder / f"{name}.png")
        assert (tab.wrong, tab.foreign) == ([], [])
        tab.close()
    assert all((folder / f"{name}.png").stat().st_size > 10_000 for name in shown)


def test_the_command_line_tells_the_same(backend, played):
    newest = [json.loads(line) for line in backend.stead("logs", "--json", "--grep", "webhooks").stdout.splitlines()]
    assert newest == sorted(newest, key=lambda line: line["time"])
    trace = next(line["trace"] for line in newest if line.get("trace"))
    only = [json.loads(line) for line in backend.stead("logs", "--json", "--trace", trace[:12]).stdout.splitlines()]
    assert {line["trace"] for line in only} == {trace}
    shown = subprocess.run(
        [*STEAD, "trace", trace[:12], str(backend.folder)], capture_output=True, text=True, check=True
    )
    assert "auth-service POST /v1/webhooks/clerk" in shown.stdout
    assert "api-gateway" in backend.stead("top").stdout
    listed = subprocess.run([*STEAD, "trace", str(backend.folder)], capture_output=True, text=True, check=True).stdout
    assert len(listed.splitlines()) > 5
    assert backend.stead("open", "--print").stdout.strip() == played.address.link


def test_a_program_asks_by_the_model_context_protocol(backend, played):
    def ask(number, method, **params):
        return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})

    asked = [
        ask(
            1, "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo={"name": "test", "version": "1"}
        ),
        json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        ask(2, "tools/list"),
        ask(3, "tools/call", name="status", arguments={}),
        ask(4, "tools/call", name="logs", arguments={"process": "auth-service", "lines": 5}),
        ask(5, "tools/call", name="traces", arguments={"search": "webhooks", "limit": 3}),
        ask(6, "tools/call", name="logs", arguments={"process": "nobody"}),
        ask(7, "tools/call", name="logs", arguments={"lines": "many"}),
        ask(8, "tools/call", name="rm"),
        ask(9, "resources/list"),
        "{",
    ]
    done = subprocess.run(
        [*STEAD, "mcp", str(backend.folder)],
        input="\n".join(asked),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [1, 2, 3, 4, 5, 6, 7, 8, 9, None]
    by = {answer["id"]: answer for answer in answers}
    assert by[1]["result"]["serverInfo"]["name"] == "stead"
    assert {tool["name"] for tool in by[2]["result"]["tools"]} >= {
        "status",
        "logs",
        "traces",
        "trace",
        "restart",
        "check",
    }
    text = {number: by[number]["result"]["content"][0]["text"] for number in (3, 4, 5, 6)}
    assert json.loads(text[3])["backend"] == "rewards"
    assert 0 < len(text[4].splitlines()) <= 5
    assert len(json.loads(text[5])) == 3
    assert by[6]["result"]["isError"]
    assert "lines is not of type integer" in by[7]["error"]["message"]
    assert "unknown tool" in by[8]["error"]["message"]
    assert by[9]["error"]["code"] == -32601
    secrets = json.loads((backend.folder / ".stead" / "secrets.json").read_text())
    assert not [name for name, secret in secrets.items() if str(secret) in done.stdout]
    assert played.address.token not in done.stdout


def test_every_page_shows_what_the_logs_the_api_and_the_databases_say(backend, played):
    walk(backend, played, "points-service", "account")


def test_a_second_up_is_refused_and_leaves_the_page_as_it_is(backend, played):
    before = Page(backend).address
    second = backend.stead("up", "--port", "0", well=False)
    assert (second.returncode == 0, "is already running" in second.stderr) == (False, True), second.stderr
    assert Page(backend).address == before == played.address
    assert played.get("overview")["run"]["live"]


def test_a_disk_that_takes_no_more_ends_the_recording_and_nothing_else(backend, played):
    process = console_of(backend)
    process.rlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))  # of any file that it writes
    for _ in range(2):
        assert failed_steps(playing(backend)) == []
    noted = [note for note in backend.status()["notes"] if "records nothing more" in note]
    assert len(noted) == 1, backend.status()["notes"]
    assert backend.status()["well"]
    assert any("records nothing more" in note for note in played.get("overview")["notes"])


def test_a_console_that_is_killed_is_said_once_and_harms_nothing(backend, played):
    story = playing(backend)
    console_of(backend).kill()
    assert failed_steps(story) == []
    assert failed_steps(playing(backend)) == []
    noted = [note for note in backend.status()["notes"] if "the console has ended" in note]
    assert len(noted) == 1
    assert backend.status()["well"]
    gone = backend.stead("open", "--print", well=False)
    assert gone.returncode == 1
    assert "start it again" in gone.stderr
