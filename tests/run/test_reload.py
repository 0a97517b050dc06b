"""`--reload` restarts only what a changed file belongs to."""

import json
import time
import urllib.request


def hello(url: str) -> str:
    with urllib.request.urlopen(url + "/v1/hello", timeout=5) as answer:
        return json.loads(answer.read())["hello"]


def test_a_changed_file_restarts_its_service_and_no_other(tiny):
    tiny.describe("echo, plain", 'gateway=Gateway("edge", fronts=[echo])')
    (tiny.folder / "other").mkdir()
    description = tiny.folder / "backend.py"
    moved = 'command="python ../plain.py", folder="other"'
    description.write_text(description.read_text().replace('command="python plain.py"', moved))
    tiny.start("--reload")
    before = tiny.until_settled()
    assert hello(before["url"]) == "WORLD"
    time.sleep(0.5)  # the watcher has its own start
    echo = tiny.folder / "tiny_echo.py"
    fresh = echo.with_suffix(".new")
    fresh.write_text(echo.read_text().replace("WORLD", "EARTH"))
    fresh.replace(echo)  # in one step, so that there is one change to be seen
    pid = tiny.process("echo", before)["pid"]
    after = tiny.until(lambda state: state["well"] and tiny.process("echo", state)["pid"] != pid)
    assert hello(after["url"]) == "EARTH"
    assert tiny.process("plain", after)["pid"] == tiny.process("plain", before)["pid"]
    (tiny.folder / "other" / "page.html").write_text("changed")
    pid = tiny.process("plain", before)["pid"]
    last = tiny.until(lambda state: state["well"] and tiny.process("plain", state)["pid"] != pid)
    assert tiny.process("echo", last)["pid"] == tiny.process("echo", after)["pid"]
