"""A process that cannot serve is started again, and its log says why."""

import os
import signal
from urllib.request import urlopen

import pytest

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


def restarted(tiny, name: str, pid: int) -> None:
    tiny.until(lambda state: state["well"] and tiny.process(name, state)["pid"] not in (pid, None), 45.0)


@pytest.mark.parametrize("name", ["echo", "plain"])
def test_a_stopped_process_is_started_again(tiny, name):
    tiny.describe("echo, plain").start()
    pid = tiny.process(name, tiny.until_settled())["pid"]
    os.kill(pid, signal.SIGSTOP)
    restarted(tiny, name, pid)
    assert "was stopped (SIGSTOP)" in log(tiny, name)


def test_a_stopped_server_of_databases_is_started_again(tiny):
    tiny.describe("stored", before='stored = Service("stored", app="tiny_echo:create", routes=[], needs=[Postgres()])')
    tiny.start()
    pid = tiny.process("postgres", tiny.until_settled())["pid"]
    os.kill(pid, signal.SIGSTOP)
    restarted(tiny, "postgres", pid)
    assert "was stopped (SIGSTOP)" in log(tiny, "postgres")


def test_a_stuck_loop_is_started_again(tiny):
    (tiny.folder / "stuck.py").write_text(STUCK)
    tiny.describe('Service("stuck", app="stuck:create", routes=[Route.public("GET", "/v1/stick")])').start()
    state = tiny.until(lambda state: state["well"])
    pid = tiny.process("stuck", state)["pid"]
    with pytest.raises(TimeoutError):
        urlopen(tiny.process("stuck", state)["url"] + "/v1/stick", timeout=1)
    restarted(tiny, "stuck", pid)
    assert "no answer on /livez" in log(tiny, "stuck")
