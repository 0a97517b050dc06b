"""A process that cannot serve is started again, and its log says why."""

import os
import signal
from urllib.request import urlopen

import pytest

from run.conftest import Tiny

STOPPED = ("echo", "plain", "postgres")  # a program with our kit, one without it, a server of databases
STUCK = """
import time
from litestar import get
from stead.kit.app import service_app
from stead.kit.settings import ServiceSettings, read
from stead.model import Route
@get("/v1/stick")
async def stick() -> dict[str, str]:
    time.sleep(600)
    return {}
def create():
    return service_app(read(ServiceSettings), routes=[Route.public("GET", "/v1/stick")], handlers=[stick])
"""


def log(tiny, name: str) -> str:
    return (tiny.folder / ".stead" / "logs" / f"{name}.log").read_text()


@pytest.fixture(scope="module")
def restarted(tmp_path_factory):
    """Processes that could not serve, all at once: each takes the patience of the supervisor."""
    tiny = Tiny(tmp_path_factory.mktemp("liveness"))
    (tiny.folder / "stuck.py").write_text(STUCK)
    tiny.describe(
        'echo, plain, stored, Service("stuck", app="stuck:create", routes=[Route.public("GET", "/v1/stick")])',
        before='stored = Service("stored", app="tiny_echo:create", routes=[], needs=[Postgres()])',
    ).start()
    try:
        state = tiny.until(lambda now: now["settled"] and now["well"], 60.0)
        pids = {name: tiny.process(name, state)["pid"] for name in (*STOPPED, "stuck")}
        for name in STOPPED:
            os.kill(pids[name], signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            urlopen(tiny.process("stuck", state)["url"] + "/v1/stick", timeout=1)
        tiny.until(lambda now: now["well"] and all(is_another(tiny, *each, now) for each in pids.items()), 90.0)
        yield tiny
    finally:
        tiny.end()


def is_another(tiny, name: str, pid: int, state: dict) -> bool:
    return tiny.process(name, state)["pid"] not in (pid, None)


@pytest.mark.parametrize("name", STOPPED)
def test_a_stopped_process_is_started_again(restarted, name):
    assert "was stopped (SIGSTOP)" in log(restarted, name)


def test_a_stuck_loop_is_started_again(restarted):
    assert "no answer on /livez" in log(restarted, "stuck")
