"""A whole backend comes up: a database, a service of the kit, a command, jobs, the gateway; and goes again."""

import json
import signal
import stat
import subprocess
import sys
import urllib.request

import pytest

from run.conftest import family, gone
from stead.run.control_client import Remote
from stead.run.state_directory import Folder

REST = (
    'gateway=Gateway("edge", fronts=[echo]), environments=[Environment("dev", without=[spare])], '
    'jobs=[Job("first", command="python -c \'print(1)\'"), Job("last", command="python -c \'print(2)\'", runs="after")]'
)
BEFORE = """
            stored = Service("stored", command="sh -c 'echo $REDIS_URL; exec python plain.py'",
                             health=Health("/up", contract=False), needs=[Postgres(), Redis()])
            archive = Service("archive", command="python plain.py", health=Health("/up", contract=False),
                              needs=[Postgres(), Postgres("OLD_DATABASE_URL")])
            spare = Service("spare", command="false")
"""


@pytest.fixture(scope="module")
def up(shared):
    shared.describe("echo, plain, stored, archive, spare", REST, BEFORE)
    shared.start()
    shared.until_settled()
    return shared


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read()


def test_everything_declared_is_accounted_for(up):
    state = up.state()
    states = {process["name"]: process["state"] for process in state["processes"]}
    assert states == {
        "postgres": "healthy",
        "redis": "healthy",
        "first": "done",
        "last": "done",
        "echo": "healthy",
        "plain": "healthy",
        "stored": "healthy",
        "archive": "healthy",
        "spare": "skipped",
        "service-proxy": "healthy",
        "edge-agent": "healthy",
        "edge": "healthy",
    }
    assert state["well"]
    assert up.process("spare", state)["why"] == "left out of dev"


def test_the_gateway_lets_in_what_is_public(up):
    assert json.loads(get(up.state()["url"] + "/v1/hello")) == {"hello": "WORLD"}


def test_health_says_the_four_keys(up):
    body = json.loads(get(up.process("echo")["url"] + "/health"))
    assert body == {"service": "echo", "env": "dev", "status": "ok", "version": "dev"}


def test_a_command_gets_what_is_declared_and_no_more(up):
    log = up.stead("logs", "plain", str(up.folder), "-n", "100")
    held = log.stdout.split("the environment holds ")[1].split()
    assert {"PORT", "GREETING", "PLAIN_KEY", "PATH", "ENVIRONMENT"} <= set(held)
    assert not {"PYTEST_CURRENT_TEST", "DATABASE_URL"} & set(held)


def test_no_secret_is_in_a_log(up):
    secrets = json.loads((up.folder / ".stead" / "secrets.json").read_text())
    logs = "".join(file.read_text() for file in (up.folder / ".stead" / "logs").glob("*.log"))
    assert "its key is [secret]" in logs
    assert "redis://tiny_stored:[secret]@127.0.0.1" in logs
    assert not [name for name, secret in secrets.items() if secret in logs]


def test_what_is_made_is_closed_to_others(up):
    folder = up.folder / ".stead"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
    assert (folder / ".gitignore").read_text() == "*\n"


def test_status_in_json_and_for_people(up):
    said = up.stead("status", str(up.folder), "--json")
    assert said.returncode == 0
    assert {process["name"] for process in json.loads(said.stdout)["processes"]} >= {"echo", "edge", "postgres"}
    shown = up.stead("status", str(up.folder)).stdout
    assert "echo" in shown
    assert "left out of dev" in shown


def test_what_cannot_work_is_not_offered(up):
    said = up.stead("status", str(up.folder)).stdout
    assert f"stead smoke {up.folder}" in said
    assert "be a user" not in said


def test_a_service_with_two_databases_has_two(up):
    made = json.loads((up.folder / ".stead/postgres/made.json").read_text())
    assert set(made) == {"tiny_stored", "tiny_archive", "tiny_archive_old_database_url"}


def test_psql_opens_the_database_of_a_service_as_that_service(up):
    said = up.stead("psql", "stored", str(up.folder), "--", "-Atc", "SELECT current_user, current_database()")
    assert said.stdout.strip() == "tiny_stored|tiny_stored", said.stderr


def test_redis_opens_as_a_service(up):
    assert up.stead("redis", str(up.folder), "--", "acl", "whoami").stdout.strip() == "tiny_stored"
    assert "NOPERM" in up.stead("redis", str(up.folder), "--", "get", "another").stdout


def test_what_has_no_database_is_told_who_has(up):
    said = up.stead("psql", "echo", str(up.folder))
    assert said.returncode == 1
    there = ("stored DATABASE_URL", "archive DATABASE_URL", "archive OLD_DATABASE_URL")
    assert said.stderr == "\n  ".join(("echo needs no postgres; name one of", *there)) + "\n"


def test_a_second_run_is_refused(up):
    said = up.stead("up", str(up.folder), "--port", "0")
    assert said.returncode == 1
    assert "tiny is already running: process" in said.stderr
    assert up.state()["url"] in said.stderr


def test_a_service_is_stopped_and_started_by_name(up):
    where = (str(up.folder),)
    assert up.stead("stop", "plain", *where).returncode == 0
    assert up.process("plain")["state"] == "stopped"
    assert up.stead("start", "plain", *where).returncode == 0
    up.until(lambda state: up.process("plain", state)["state"] == "healthy")
    wrong = up.stead("restart", "nobody", *where)
    assert wrong.returncode == 1
    assert "there is no 'nobody' here; there are archive, echo" in wrong.stderr


def test_down_leaves_nothing(up):
    run = Remote(up.folder).run
    everything = family(run.pid)
    assert len(everything) > 8
    assert up.stead("down", str(up.folder)).returncode == 0
    assert gone(everything, 1.0) == []
    folder = Folder(up.folder / "backend.py")
    assert not folder.is_locked()
    assert folder.run() is None
    assert up.started[-1].wait(5) == 0


def test_ctrl_c_stops_within_ten_seconds(tiny):
    process = tiny.describe("echo, plain", 'gateway=Gateway("edge", fronts=[echo])').start()
    tiny.until_settled()
    everything = family(process.pid)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=10)
    assert gone(everything, 0.5) == []
    lines = said.splitlines()
    assert lines.index("edge: stopped") < lines.index("echo: stopped")


def test_stop_without_names_asks_and_each_command_says_what_was_done(tiny):
    tiny.describe("plain")
    tiny.start()
    tiny.until_settled()
    where = str(tiny.folder)
    refused = tiny.stead("stop", where)
    assert refused.returncode == 1
    assert "name the processes to stop: plain" in refused.stderr
    assert tiny.process("plain")["state"] == "healthy"
    for words, said in (
        (("stop", "--yes"), "stopped: plain, service-proxy\n"),
        (("start",), "started: plain, service-proxy\n"),
        (("restart", "plain"), "restarted: plain\n"),
        (("down",), "tiny has stopped\n"),
    ):
        assert tiny.stead(*words, where).stdout == said


def test_up_from_a_subfolder_runs_the_backend_above(tiny):
    tiny.describe("plain")
    (tiny.folder / "src").mkdir()
    words = [sys.executable, "-m", "stead", "up", "--wait", "--port", "0"]
    said = subprocess.run(words, cwd=tiny.folder / "src", capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 0, said.stderr
    assert "plain: healthy" in said.stdout
