"""The pages in a real browser: what a service writes is text, and nothing else, wherever it is shown."""

import json
import re
import shutil
import subprocess
import time
from collections import Counter
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from console.browser import Tab
from console.conftest import TRACE, ConsoleUnderTest, span

AXE = "axe-core@4.10.3"
CHECKED = {"resultTypes": ["violations"], "preload": False}
CONTRAST = {"runOnly": ["color-contrast"]}
HEADS = re.compile(r'\btable\("\w+", \[((?:"[^"]*",? ?)+)\]')
XSS = [
    "<script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 2'>",
    '"><svg onload=window.hit=3>',
    "javascript:window.hit=4",
    "<iframe srcdoc='<script>parent.hit=5</script>'></iframe>",
    "</style><script src=https://evil.example/x.js></script>",
    "{{constructor.constructor('window.hit=6')()}}",
    "<a href='javascript:window.hit=7' autofocus onfocus=window.hit=8>click</a>",
    "\x1b]8;;javascript:window.hit=9\x07link\x1b]8;;\x07",
    "&lt;b&gt; &amp;amp; \u202e evil \u0000 \ud7ff",
]


@pytest.fixture(scope="module")
def console(tmp_path_factory):
    """A console that was told the worst by logs, spans, attributes, ids and routes."""
    made = ConsoleUnderTest(tmp_path_factory.mktemp("pages")).run()
    now = time.time() * 1e9
    for at, text in enumerate(XSS):
        line = {"level": "error", "message": text, "user_id": text, "route": text, "trace_id": TRACE, text: text}
        made.write("orders", json.dumps(line), text.encode("utf-8", "replace").replace(b"\n", b" "))
        made.write(
            "points", json.dumps({"level": "warning", "message": f"refused: {text} may not {text}", "route": text})
        )
        made.export(
            span(text, ident=f"{at + 1:016x}", start=now + at * 1e6, **{"user.id": text, text: text}), service=text
        )
    made.export(span("GET /v1/orders", ident="f" * 16, start=now, ms=100), service="edge")
    made.write("orders", b"\xff\xfe not text \x00", b"x" * 1_000_000)
    made.until("/api/traces", lambda found: found["traces"])
    made.until("/api/boundaries", lambda found: len(found["refused"]) >= len(XSS))
    yield made
    made.end()


@pytest.mark.parametrize(
    "path",
    ["/", "/logs", "/logs?q=<script>window.hit=1</script>", "/traces", f"/traces/{TRACE}", "/boundaries", "/runs",
     "/tasks", "/try", "/services/orders", "/services/<img src=x onerror=alert(1)>"],
)  # fmt: skip
def test_nothing_that_a_service_writes_is_run(tab, path):
    page = tab.open(path)
    page.evaluate("document.querySelectorAll('.line, button.span').forEach((row) => row.click())")
    assert page.evaluate("window.hit") is None
    assert page.locator("script:not([src]), iframe, img, main a[href^='javascript']").count() == 0
    assert [said for said in tab.wrong if "404" not in said] == []
    assert tab.foreign == []


def test_the_texts_are_shown_as_they_are(tab):
    page = tab.open("/logs")
    shown = page.locator(".line .message").all_inner_texts()
    assert XSS[0] in shown
    assert XSS[1] in shown


def test_the_key_is_taken_out_of_the_address(tab, console):
    tab.page.goto(f"{tab.url}/?token={console.token}")
    tab.ready()
    assert console.token not in tab.page.url


def test_filters_are_in_the_address_and_come_back_from_it(tab):
    page = tab.open("/logs")
    page.fill("input[type=search]", "not text")
    tab.until(lambda: page.locator(".line").count() == 1)
    assert "q=not+text" in page.url
    page.reload()
    tab.ready()
    assert page.input_value("input[type=search]") == "not text"
    assert page.locator(".line").count() == 1


def test_keys_go_to_pages_and_to_the_search(tab):
    page = tab.open("/")
    for key, path in (("l", "/logs"), ("t", "/traces"), ("b", "/boundaries"), ("r", "/runs"), ("o", "/")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        tab.until(lambda path=path: urlsplit(page.url).path == path)
    page.keyboard.press("/")
    page.wait_for_selector("input[type=search]")
    page.keyboard.press("/")
    tab.until(lambda: page.evaluate("document.activeElement.type") == "search")


def test_from_a_line_to_its_trace_and_from_a_span_to_its_lines(tab):
    page = tab.open("/logs?level=error")
    page.locator(".line a").first.click()
    page.wait_for_selector(".waterfall")
    assert page.url.endswith(f"/traces/{TRACE}")
    assert page.locator("button.span").count() == len(XSS) + 1
    page.get_by_text("logs of this trace", exact=True).click()
    tab.until(lambda: urlsplit(page.url).path == "/logs")
    assert f"trace={TRACE}" in page.url


def test_lines_come_while_the_page_is_open(tab, console):
    page = tab.open("/logs?process=points")
    console.write("points", "INFO: it came just now")
    page.wait_for_selector("text=it came just now", timeout=5000)


def test_every_text_of_the_page_is_there_in_russian():
    folder = files("stead.console").joinpath("static")
    scripts = {each.name: each.read_text() for each in folder.iterdir() if each.name.endswith(".js")}
    words = scripts.pop("words.js")
    russian = set(re.findall(r'"((?:[^"\\]|\\.)+)": "', words))
    shown = {text for script in scripts.values() for text in re.findall(r'\bt\("((?:[^"\\]|\\.)+)"\)', script)}
    tables = [row for script in scripts.values() for row in HEADS.findall(script)]
    heads = {text for row in tables for text in re.findall(r'"([^"]*)"', row)} - {""}
    counted = {text for script in scripts.values() for text in re.findall(r'\bcounted\([\w.]+, "(\w+)"\)', script)}
    assert len(tables) >= 10
    assert (shown | heads) - russian == set()
    assert counted - set(re.findall(r'"(\w+)": \["', words)) == set()
    doubled = [text for text, count in Counter(re.findall(r'"((?:[^"\\]|\\.)+)": "', words)).items() if count > 1]
    assert doubled == []


def test_russian_and_back(browser, console):
    tab = Tab(browser, console.url, console.token, locale="ru-RU")
    try:
        assert "Обзор" in tab.page.inner_text("nav")
        tab.page.get_by_role("button", name="EN").click()
        tab.until(lambda: "Overview" in tab.page.inner_text("nav"))
        tab.page.reload()
        tab.ready()
        assert "Overview" in tab.page.inner_text("nav")
    finally:
        tab.close()


PAGES = ("/", "/logs", "/traces", f"/traces/{TRACE}", "/boundaries", "/runs", "/tasks", "/try", "/services/orders")


@pytest.fixture(scope="module")
def axe(request):
    """The source of axe-core, installed once by npm into pytest's cache."""
    folder = Path(request.config.cache.mkdir("axe-core"))
    file = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not file.exists():
        npm = shutil.which("npm") or pytest.skip("npm is not installed: axe-core cannot be fetched")
        command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder), AXE]
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
        if done.returncode:
            pytest.skip(f"npm cannot fetch axe-core: {done.stderr[-300:]}")
    return file.read_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(tab, axe, scheme):
    tab.page.emulate_media(color_scheme=scheme)
    found = []
    for path in PAGES if scheme == "light" else PAGES[:3]:
        page = tab.open("/logs?process=points" if path == "/logs" else path)  # few lines: axe looks at each
        page.evaluate(axe)
        rules = page.evaluate(f"axe.run({json.dumps(CHECKED | ({} if scheme == 'light' else CONTRAST))})")
        found += [
            (path, each["id"], each["nodes"][0]["html"][:120])
            for each in rules["violations"]
            if each["impact"] in ("serious", "critical")
        ]
    tab.page.emulate_media(color_scheme="light")
    assert found == []


def test_on_a_phone_nothing_is_wider_than_the_screen(browser, console):
    tab = Tab(browser, console.url, console.token, viewport={"width": 390, "height": 844})
    wide = "[document.documentElement.scrollWidth, document.querySelector('main').scrollWidth]"
    try:
        for path in PAGES:
            assert max(tab.open(path).evaluate(wide)) <= 390, path
        shown = tab.open("/try").locator("nav [aria-current]").bounding_box()
        assert (shown["x"] >= 0, shown["x"] + shown["width"] <= 390) == (True, True), shown
    finally:
        tab.close()


def test_when_the_run_ends_the_page_says_so(browser, tmp_path):
    console = ConsoleUnderTest(tmp_path).run()
    tab = Tab(browser, console.url, console.token)
    try:
        console.end()
        tab.page.wait_for_selector("text=The run has ended", timeout=8000)
    finally:
        tab.close()


def test_a_file_is_opened_and_two_runs_are_compared(tab, console, tmp_path):
    page = tab.open("/runs")
    live = console.get("/api/runs")["runs"][0]["name"]
    (tmp_path / "other.sqlite").write_bytes(console.client.get(f"/api/runs/{live}/file").content)
    (tmp_path / "text.sqlite").write_text("<img src=x onerror=window.hit=1>")
    page.set_input_files("input[type=file]", tmp_path / "text.sqlite")
    page.wait_for_selector("text=not a file of a run")
    tab.wrong.clear()  # the browser notes each answer of 400
    page.set_input_files("input[type=file]", tmp_path / "other.sqlite")
    page.wait_for_selector("text=opened as")
    tab.until(lambda: page.locator("h2", has_text="Compare requests").count() == 1)
    assert page.evaluate("window.hit") is None
    compared = page.locator("section", has_text="Compare requests").last.inner_text()
    assert "1 → 1" in compared
    assert tab.wrong == []


def test_a_tab_that_is_left_open_keeps_a_bounded_list_of_the_newest_lines(tab, console):
    page = tab.open("/logs?process=points")
    tab.until(lambda: page.locator(".line").count() > 0)
    for turn in range(6):
        console.write("points", *(f"INFO: flood {turn}-{number}" for number in range(1000)))
        page.wait_for_timeout(400)
    page.wait_for_selector("text=flood 5-999", timeout=8000)
    assert page.locator(".line").count() <= 2000
    assert page.evaluate("document.querySelectorAll('*').length") < 40_000
    assert tab.wrong == []
