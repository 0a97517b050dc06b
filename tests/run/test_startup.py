"""A slow start is told as slow, and is not a failure; what cannot become better is told at the first try."""

import sys

import pytest

from run.conftest import Tiny

SLOW = """
import sys, time
end = time.time() + float(sys.argv[1])
while time.time() < end:
    WORK
    time.sleep(0.05)
sys.argv = ["plain.py"]
exec(open("plain.py").read())
"""


ELSEWHERE = """
import os, socket, sys, time
port = 0 if "." in sys.argv[1] else int(os.environ["PORT"])
server = socket.create_server((sys.argv[1], port), family=socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
print(server.getsockname()[1], flush=True)
time.sleep(60)
"""
OBJECT = """
async def app(scope, receive, send):
    assert scope['type'] == 'http'
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': b'ok'})
"""
REFUSED = {  # what is not there, or is no app: the module's text, how the service is described, and what is said
    "lost": (
        "",
        'command="python plain.py", folder="nowhere"',
        "its folder {folder}/nowhere does not exist (backend.py:",
    ),
    "unbuilt": (
        "",
        'command="node dist/main.js"',
        "node has the argument dist/main.js, which is not in {folder} (backend.py:",
    ),
    "number": (
        "app = 5",
        'app="number:app"',
        "app='number:app' names a int that is neither an ASGI or WSGI app",
    ),
    "handler": ("def app(settings): ...", 'app="handler:app"', "app='handler:app' names a function that is neither"),
    "empty": (
        "def app(): ...",
        'app="empty:app"',
        "app='empty:app' is a factory that returns a NoneType, not an ASGI app",
    ),
}


def service(name: str, command: str, **health: float) -> str:
    limits = "".join(f", {key}={value}" for key, value in health.items())
    return f'Service("{name}", command="{sys.executable} {command}", health=Health("/up", contract=False{limits}))'


@pytest.fixture(scope="module")
def starting(shared):
    """One backend of programs that start slowly, or otherwise than usual."""
    for name, work in {
        "idle": "pass",
        "computing": "sum(range(1_000_000))",
        "writing": "print('step', flush=True)",
    }.items():
        (shared.folder / f"{name}.py").write_text(SLOW.replace("WORK", work))
    plain = (shared.folder / "plain.py").read_text()
    (shared.folder / "silent.py").write_text(plain.replace("200 if", "204 if"))
    (shared.folder / "objects.py").write_text(OBJECT)
    services = [
        service("late", "idle.py 6", start_period=30),
        service("stuck", "idle.py 60", start_period=1),
        service("computing", "computing.py 6", start_period=2),
        service("writing", "writing.py 6", start_period=2),
        service("silent", "silent.py"),
        'Service("object", app="objects:app", health=Health("/up", contract=False))',
    ]
    shared.describe(", ".join(services)).start()
    shared.until(lambda state: shared.process("service-proxy", state)["state"] == "healthy")  # all files are made
    return shared


def test_a_slow_start_is_waited_for_and_said_to_be_slow(starting):
    said = starting.until(lambda state: "does not listen on port" in starting.process("late", state)["why"])
    assert (starting.process("late", said)["state"], said["settled"]) == ("starting", False)
    assert starting.process("late", starting.until_settled())["state"] == "healthy"


@pytest.mark.parametrize("name", ["computing", "writing"])
def test_a_start_period_grows_while_the_process_computes_or_writes(starting, name):
    assert starting.process(name, starting.until_settled())["state"] == "healthy"


def test_a_start_without_progress_is_unhealthy_after_its_period(starting):
    assert starting.process("stuck", starting.until_settled())["state"] == "unhealthy"


def test_any_success_is_healthy_where_the_contract_is_the_programs_own(starting):
    assert starting.process("silent", starting.until_settled())["state"] == "healthy"


def test_an_app_object_is_taken_as_an_app(starting):
    assert starting.process("object", starting.until_settled())["state"] == "healthy"


def test_a_process_that_listens_elsewhere_is_told_where(tiny):
    shown = {"four": ("127.0.0.1", "127.0.0.1:{port}"), "six": ("::1", "[::1]:{port}")}
    (tiny.folder / "other.py").write_text(ELSEWHERE)
    tiny.describe(", ".join(service(name, f"other.py {host}") for name, (host, _) in shown.items())).start()
    for name, (_, address) in shown.items():
        state = tiny.until(lambda state, name=name: "listens on" in tiny.process(name, state)["why"])
        port = (tiny.folder / f".stead/logs/{name}.log").read_text().strip()
        why = tiny.process(name, state)["why"]
        assert why.startswith(f"listens on {address.format(port=port)}, not on 127.0.0.1:")


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """What is said of services that cannot run, all of one backend."""
    tiny = Tiny(tmp_path_factory.mktemp("refused"))
    for name, (code, _, _) in REFUSED.items():
        (tiny.folder / f"{name}.py").write_text(f"{code}\n")
    process = tiny.describe(", ".join(f'Service("{name}", {how})' for name, (_, how, _) in REFUSED.items())).start(
        "--wait"
    )
    try:
        output, _ = process.communicate(timeout=60)
    finally:
        tiny.end()
    assert process.returncode == 1
    return tiny.folder, output


@pytest.mark.parametrize("name", ["lost", "unbuilt"])
def test_what_is_missing_on_the_disk_fails_at_the_first_try(refused, name):
    folder, output = refused
    assert f"{name}: failed ({REFUSED[name][2].format(folder=folder)}" in output
    assert "restarting" not in output


@pytest.mark.parametrize("name", ["number", "handler", "empty"])
def test_what_is_no_app_fails_at_the_first_try(refused, name):
    _, output = refused
    assert f"{name}: failed (its app cannot be loaded)" in output
    assert REFUSED[name][2] in output
    assert "restarting" not in output
