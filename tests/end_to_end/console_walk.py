"""A walk through every page of a console in Chromium while a story plays: what it shows, and what there is."""

import json
import subprocess
from collections import Counter

import psycopg
from psycopg.sql import SQL, Identifier

from console.browser import Tab, chromium
from stead.run.postgres import Cluster
from stead.testing.backend import STEAD

PAGES = ("/", "/logs", "/traces", "/boundaries", "/tasks", "/try", "/runs")


def playing(backend):
    """Start the story of a backend."""
    return subprocess.Popen([*STEAD, "story", str(backend.folder), "--json"], stdout=subprocess.PIPE, text=True)


def failed_steps(process):
    """Return the steps of a story that failed; AssertionError when it had none."""
    said, _ = process.communicate(timeout=180)
    steps = [json.loads(line) for line in said.splitlines()]
    assert len(steps) >= 10, said
    return [step for step in steps if step["wrong"]]


def walk(backend, console, service, table):
    """Look at every page, and compare: states with `stead status`, lines with the log files, rows with the database."""
    story = playing(backend)
    try:
        with chromium() as browser:
            tab = Tab(browser, console.address.url, console.address.token)
            for path in (*PAGES, f"/services/{service}"):
                assert tab.open(path).inner_text("main").strip(), path
            assert failed_steps(story) == []
            _states(tab, backend)
            _lines(tab, console, backend)
            _trace(tab, console)
            _boundaries(tab, console)
            _rows(tab, console, backend, service, table)
            assert (tab.wrong, tab.foreign) == ([], [])
            tab.close()
    finally:
        if story.poll() is None:
            story.kill()
            story.communicate()


def _states(tab, backend):
    page = tab.open("/")
    expected = {each["name"]: each["url"] for each in backend.status()["processes"] if each["state"] == "healthy"}
    rows = page.locator("table.processes tbody tr").all_inner_texts()
    assert {row.split()[0] for row in rows if "healthy" in row} == set(expected)
    assert all(any(url in row for row in rows) for url in expected.values() if url)


def _lines(tab, console, backend):
    """The newest requests of the gateway are on the page as they are in its log file."""
    gateway = next(each["name"] for each in console.get("overview")["graph"]["nodes"] if each["kind"] == "gateway")
    log = (backend.folder / ".stead" / "logs" / f"{gateway}.log").read_text().splitlines()
    lines = [json.loads(line) for line in log if '"method"' in line and '"/health"' not in line]
    asked = [line for line in lines if line["method"]][-20:]  # what is not HTTP has none
    expected = [f"{each['method']} {each['path']} {each['status']}" for each in asked]
    page = tab.open(f"/logs?process={gateway}")
    messages = page.locator(".line .message")  # in the order of when a request began; the file's is of when it ended
    tab.until(lambda: messages.count() >= len(expected))
    missing = Counter(expected) - Counter(messages.all_inner_texts())
    assert not missing, missing


def _trace(tab, console):
    """The widest trace has a bar for each span, and the page of it the lines that name it."""
    widest = max(console.get("traces", limit=200)["traces"], key=lambda each: each["spans"])
    found = console.get(f"traces/{widest['trace']}")
    page = tab.open(f"/traces/{widest['trace']}")
    tab.until(lambda: page.locator("button.span").count() == len(found["spans"]))
    shown = page.inner_text(".waterfall")
    assert all(span["service"] in shown for span in found["spans"])


def _boundaries(tab, console):
    found = console.get("boundaries")
    declared = {(call["caller"], call["callee"]) for call in found["graph"]["calls"]} | {("", found["gateway"])}
    used = {(each["caller"], each["callee"]) for each in found["used"]}
    assert used - declared == set(), used - declared
    page = tab.open("/boundaries")
    tab.until(lambda: page.locator("td.used").count() == len(used))
    assert page.locator("td.undeclared").count() == 0


def _rows(tab, console, backend, service, table):
    node = next(each for each in console.get("overview")["graph"]["nodes"] if each["name"] == service)
    cluster = backend.folder / ".stead" / "postgres"
    port = int((cluster / "data" / "postmaster.pid").read_text().splitlines()[3])
    with psycopg.connect(Cluster(cluster, port=port).url(node["database"])) as connection:
        count = connection.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table))).fetchone()[0]
    page = tab.open(f"/services/{service}")
    page.locator("summary", has_text="Database").click()
    page.get_by_role("button", name=table, exact=True).click()
    rows = page.locator(f"h3:text-is('public.{table}') ~ .scroll tbody tr")
    tab.until(lambda: rows.count() == min(count, 50))
