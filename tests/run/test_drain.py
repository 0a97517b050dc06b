"""Who waits for an answer when the backend is told to stop gets it; who comes then is not let in."""

import threading
import time

import httpx2
import pytest

GATEWAY = 'gateway=Gateway("edge", fronts=[echo])'


class Asking(threading.Thread):
    """One request, under way when the backend is stopped."""

    def __init__(self, url):
        super().__init__()
        self.url, self.answer = f"{url}/v1/slow", None

    def run(self):
        try:
            self.answer = httpx2.get(self.url, timeout=10.0)
        except httpx2.TransportError as error:
            self.answer = error


@pytest.mark.parametrize("words", [("down",), ("restart", "edge")])
def test_a_request_under_way_is_answered(tiny, words):
    tiny.describe("echo", GATEWAY).start()
    url = tiny.until_settled()["url"]
    asking = Asking(url)
    asking.start()
    time.sleep(0.3)
    began = time.monotonic()
    assert tiny.stead(words[0], *words[1:], str(tiny.folder)).returncode == 0
    asking.join()
    assert getattr(asking.answer, "status_code", asking.answer) == 200
    assert time.monotonic() - began < 10


def test_an_envoy_that_was_killed_is_not_waited_for(tiny):
    tiny.describe("echo", GATEWAY).start()
    state = tiny.until_settled()
    tiny.stead("stop", "edge", str(tiny.folder))
    began = time.monotonic()
    assert tiny.stead("down", str(tiny.folder)).returncode == 0
    assert time.monotonic() - began < 5
    with pytest.raises(httpx2.TransportError):
        httpx2.get(state["url"])
