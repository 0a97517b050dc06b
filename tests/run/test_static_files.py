"""A front end of static files, behind the gateway of a run: its pages, what it leaves to others, and one not built."""

import urllib.error
import urllib.request

SERVICES = """
            web = Service("web", static="web/dist")
            docs = Service("docs", static="docs/dist", routes=[Route.public("GET", "/docs/{path:path}")])
"""


def get(url, accept="*/*"):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_a_front_end_is_served_through_the_gateway_and_one_that_is_not_built_says_so(tiny):
    folder = tiny.folder / "web" / "dist"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("<h1>Shop</h1>")
    tiny.describe("web, docs, echo", 'gateway=Gateway("gateway", fronts=[web, docs, echo])', before=SERVICES).start()
    state = tiny.until(lambda state: tiny.process("docs", state)["why"])
    why = tiny.process("docs", state)["why"]
    assert "docs/dist does not exist (backend.py:" in why
    assert "run the front end's build" in why
    state = tiny.until(lambda state: {"healthy"} == {tiny.process(name, state)["state"] for name in ("web", "gateway")})
    url = tiny.process("gateway", state)["url"]
    assert get(f"{url}/") == (200, "<h1>Shop</h1>")
    assert get(f"{url}/orders/17", "text/html") == (200, "<h1>Shop</h1>")
    assert get(f"{url}/orders/17")[0] == 404
    assert get(f"{url}/v1/hello", "text/html")[1] != "<h1>Shop</h1>", "a route of another service is its own"
    assert get(f"{url}/metrics", "text/html")[0] == 404, "what a service tells those who run it stays inside"
    assert '"service":"gateway"' in get(f"{url}/health")[1].replace(" ", "")
    (folder / "index.html").write_text("<h1>Sale</h1>")
    assert get(f"{url}/") == (200, "<h1>Sale</h1>")
