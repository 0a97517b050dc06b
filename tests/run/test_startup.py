"""A slow start is told as slow, and is not a failure; what cannot become better is told at the first try."""

import sys

import pytest

SLOW = """
import sys, time
end = time.time() + float(sys.argv[1])
while time.time() < end:
    WORK
    time.sleep(0.05)
sys.argv = ["plain.py"]
exec(open("plain.py").read())
"""


def described(tiny, command: str, rest: str = "", health: str = 'Health("/up", contract=False)'):
    return tiny.describe(f'Service("one", command={command!r}, health={health}, {rest})')


def slow(tiny, work: str, seconds: float, period: float):
    (tiny.folder / "slow.py").write_text(SLOW.replace("WORK", work))
    health = f'Health("/up", contract=False, start_period={period})'
    return described(tiny, f"{sys.executable} slow.py {seconds}", health=health)


def test_up_detached_waits_for_a_slow_start_and_says_that_it_is_slow(tiny):
    slow(tiny, "pass", 6, 30)
    tiny.start()
    said = tiny.until(lambda state: "does not listen on port" in tiny.process("one", state)["why"])
    assert "a worker, which listens nowhere, says port=None" in tiny.process("one", said)["why"]
    assert (tiny.process("one", said)["state"], said["settled"]) == ("starting", False)
    assert tiny.until_settled()["well"]


@pytest.mark.parametrize("work", ["sum(range(1_000_000))", "print('step', flush=True)"])
def test_a_start_period_grows_while_the_process_computes_or_writes(tiny, work):
    slow(tiny, work, 6, 2)
    tiny.start()
    assert tiny.until_settled()["well"]


def test_a_start_without_progress_is_unhealthy_after_its_period(tiny):
    slow(tiny, "pass", 60, 1)
    tiny.start()
    state = tiny.until_settled()
    assert tiny.process("one", state)["state"] == "unhealthy"


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1:{port}"), ("::1", "[::1]:{port}")])
def test_a_process_that_listens_elsewhere_is_told_where(tiny, host, shown):
    (tiny.folder / "other.py").write_text(
        "import os, socket, sys, time\n"
        "port = int(os.environ['PORT']) + ('.' in sys.argv[1])\n"
        "family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET\n"
        "server = socket.create_server((sys.argv[1], port), family=family)\nprint(port, flush=True)\ntime.sleep(60)\n"
    )
    described(tiny, f"{sys.executable} other.py {host}")
    tiny.start()
    state = tiny.until(lambda state: "listens on" in tiny.process("one", state)["why"])
    port = (tiny.folder / ".stead/logs/one.log").read_text().strip()
    why = tiny.process("one", state)["why"]
    assert why.startswith(f"listens on {shown.format(port=port)}, and not on 127.0.0.1:")


@pytest.mark.parametrize(
    ("command", "rest", "said"),
    [
        ("python plain.py", 'folder="nowhere"', "its folder {folder}/nowhere is not there (backend.py:"),
        ("node dist/main.js", "", "node is given dist/main.js, which is not in {folder} (backend.py:"),
    ],
)
def test_what_is_missing_on_the_disk_fails_at_the_first_try(tiny, command, rest, said):
    process = described(tiny, command, rest).start("--wait")
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"one: failed ({said.format(folder=tiny.folder)}" in output
    assert "restarting" not in output


def test_any_success_is_healthy_where_the_contract_is_the_programs_own(tiny):
    plain = tiny.folder / "plain.py"
    plain.write_text(plain.read_text().replace("200 if", "204 if"))
    described(tiny, f"{sys.executable} plain.py")
    tiny.start()
    assert tiny.until_settled()["well"]


def test_an_app_object_is_taken_as_an_app(tiny):
    (tiny.folder / "objects.py").write_text(
        "async def app(scope, receive, send):\n"
        "    assert scope['type'] == 'http'\n"
        "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': b'ok'})\n"
    )
    tiny.describe('Service("one", app="objects:app", health=Health("/up", contract=False))')
    tiny.start()
    assert tiny.until_settled()["well"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "app = 5",
            "app='objects:app' names a int that is neither an ASGI or WSGI app",
        ),
        ("def app(settings): ...", "app='objects:app' names a function that is neither"),
        ("def app(): ...", "app='objects:app' is a factory that returns a NoneType, and no ASGI app"),
    ],
)
def test_what_is_no_app_fails_at_the_first_try(tiny, code, said):
    (tiny.folder / "objects.py").write_text(code + "\n")
    process = tiny.describe('Service("one", app="objects:app")').start("--wait")
    output, _ = process.communicate(timeout=30)
    assert "one: failed (its app cannot be loaded)" in output
    assert said in output
    assert "restarting" not in output
