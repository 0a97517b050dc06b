"""A changed description is applied to what runs, or told; a broken one changes nothing."""

import sys
from contextlib import contextmanager

import httpx2
import pytest

OTHER = f'Service("other", command="{sys.executable} plain.py", health=Health("/up", contract=False))'
GATE = 'gateway=Gateway("edge", fronts=[echo])'


def edit(tiny, before: str, after: str) -> None:
    path = tiny.folder / "backend.py"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def pids(state: dict) -> dict[str, int]:
    return {process["name"]: process["pid"] for process in state["processes"]}


@pytest.fixture
def up(tiny):
    def start(services: str, rest: str = "", *words: str):
        tiny.describe(services, rest)
        process = tiny.start(*words)
        return process, tiny.until_settled()

    return start


@pytest.fixture(scope="module")
def standing(shared):
    """One run for what changes nothing of it."""
    shared.describe("echo, plain", GATE).start()
    shared.until_settled()
    return shared


@contextmanager
def edited(tiny, before: str, after: str):
    """Change the description for a while; nothing is applied."""
    edit(tiny, before, after)
    try:
        yield
    finally:
        edit(tiny, after, before)


def test_another_port_is_refused_while_it_runs_and_its_own_is_not(standing):
    before = standing.state()
    port = int(before["url"].rpartition(":")[2])
    said = standing.stead("up", str(standing.folder), "-d", "--port", str(port + 1))
    assert said.returncode == 1
    assert f"its gateway listens on port {port}: " in said.stderr
    assert f"-d --port {port + 1}" in said.stderr
    assert standing.stead("up", str(standing.folder), "-d", "--port", str(port)).returncode == 0
    assert pids(standing.state()) == pids(before)


def test_without_a_change_nothing_is_touched(standing):
    before = standing.state()
    said = standing.stead("up", str(standing.folder), "-d")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "nothing changed: all processes continue" in said.stdout
    assert pids(standing.state()) == pids(before)


def test_a_broken_description_changes_nothing_and_is_told(standing):
    before = standing.state()
    with edited(standing, "backend = ", "backend == "):
        said = standing.stead("up", str(standing.folder), "-d")
        assert said.returncode == 1
        assert "its import fails: NameError" in said.stderr
        assert pids(standing.state()) == pids(before)
        assert "the earlier one stays in use" in standing.stead("status", str(standing.folder)).stdout
    standing.stead("up", str(standing.folder), "-d")


def test_status_and_restart_say_that_the_description_changed(standing):
    assert "changed since" not in standing.stead("status", str(standing.folder)).stdout
    with edited(standing, 'default="hi"', 'default="hello"'):
        for words in (("status", str(standing.folder)), ("restart", str(standing.folder), "plain")):
            assert "backend.py changed since the start; apply it: stead up -d" in standing.stead(*words).stdout
    standing.until(lambda state: standing.process("plain", state)["state"] == "healthy")


def test_up_detached_applies_the_difference_to_what_runs(tiny, up):
    _, before = up(f"echo, plain, {OTHER}", GATE)
    assert before["well"]
    edit(tiny, OTHER, OTHER.replace("other", "third").replace(")]", ", needs=[Redis()])"))
    edit(tiny, 'default="hi"', 'default="hello"')
    said = tiny.stead("up", str(tiny.folder), "-d")
    assert said.returncode == 0, said.stdout + said.stderr
    for line in ("started: third", "stopped: other", "restarted: plain, service-proxy"):
        assert f"  {line}\n" in said.stdout
    after = tiny.state()
    assert after["well"]
    assert set(pids(after)) == {"echo", "plain", "third", "service-proxy", "edge-agent", "edge"}
    same = [name for name in ("echo", "edge") if pids(after)[name] == pids(before)[name]]
    assert same == ["echo", "edge"]
    assert pids(after)["plain"] != pids(before)["plain"]


def test_a_resource_that_is_new_is_started(tiny, up):
    up("plain")
    edit(tiny, 'command="python plain.py", health', 'command="python plain.py", needs=[Redis()], health')
    said = tiny.stead("up", str(tiny.folder), "-d")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "started: redis" in said.stdout
    assert "restarted: plain" in said.stdout
    edit(tiny, "needs=[Redis()], ", "")
    said = tiny.stead("up", str(tiny.folder), "-d")
    assert "stopped: redis" in said.stdout, said.stdout + said.stderr
    assert set(pids(tiny.state())) == {"plain", "service-proxy"}


def test_reload_applies_a_changed_description_and_shows_a_broken_one(tiny, up):
    process, before = up("plain", "", "--reload")
    edit(tiny, "backend = ", "backend == ")
    state = tiny.until(lambda state: any("NameError" in note for note in state["notes"]))
    assert pids(state) == pids(before)
    edit(tiny, "backend == ", "backend = ")
    edit(tiny, "services=[plain]", f"services=[plain, {OTHER}]")
    after = tiny.until(lambda state: "other" in pids(state) and state["well"])
    assert after["notes"] == []
    assert pids(after)["plain"] == pids(before)["plain"]
    process.terminate()
    said, _ = process.communicate(timeout=20)
    assert "the description has an error, so the earlier one stays in use:" in said


def test_a_route_that_is_removed_is_closed_while_the_program_runs(tiny):
    """The proxy is told anew; the program itself goes on."""
    tiny.describe("plain")
    edit(
        tiny,
        'command="python plain.py", health',
        'command="python plain.py", routes=[Route.public("GET", "/up2")], health',
    )
    tiny.start()
    before = tiny.until_settled()
    url = tiny.process("plain", before)["url"] + "/up2"
    assert httpx2.get(url).status_code == 404  # of the program, which the proxy asks
    edit(tiny, 'Route.public("GET", "/up2")', 'Route.service("GET", "/up2", "look")')
    done = tiny.stead("up", "-d", str(tiny.folder))
    assert "restarted: service-proxy" in done.stdout
    assert pids(tiny.state())["plain"] == pids(before)["plain"]
    assert httpx2.get(url).status_code == 401
