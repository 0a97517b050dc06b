"""What a person has done to a page stays while it looks again, and is what is shown."""

import json
import socket

import msgspec
import pytest

from console.browser import Tab
from console.conftest import TRACE, ConsoleUnderTest, span

LARGE = 1234567890123456789  # a script would make 1234567890123456800 of it


@pytest.fixture(scope="module")
def console(tmp_path_factory):
    made = ConsoleUnderTest(tmp_path_factory.mktemp("state")).run()
    for number in range(3):
        made.write("orders", json.dumps({"level": "info", "message": f"order {number}", "user_id": LARGE}))
    made.until("/api/logs", lambda found: len(found["lines"]) == 3)
    yield made
    made.end()


def test_a_line_that_is_open_stays_open_while_others_come(tab, console):
    page = tab.open("/services/orders")
    page.locator(".line", has_text="order 1").click()
    console.write("orders", "INFO: one more")
    page.wait_for_selector("text=one more")
    assert page.locator(".details").inner_text().startswith("order 1")


def test_a_number_is_shown_with_all_its_digits(tab):
    page = tab.open("/logs")
    assert str(LARGE) in page.locator(".line", has_text="order 1").inner_text()


SENT = """async () => {
    const { build } = await import("/static/request_build.js");
    const fields = ["n", "x"].map((name) => ({ name, place: "body", kind: "number", required: true }));
    const route = { path: "/", form: { body: "json", fields } };
    return build(route, { "body n": "1234567890123456789", "body x": "10.00" }, "").body;
}"""


def test_a_number_is_sent_as_it_was_typed(tab):
    assert tab.open("/").evaluate(SENT) == '{"n":1234567890123456789,"x":10.00}'


CALLED = """async () => {
    const { h, update } = await import("/static/dom.js");
    const parent = document.createElement("div");
    let called = 0;
    const count = () => { called += 1; };
    for (const handled of [true, false, true]) update(parent, h("button", { onclick: handled && count }));
    parent.firstChild.click();
    return called;
}"""


def test_a_handler_is_called_once_also_when_it_was_away_between(tab):
    assert tab.open("/").evaluate(CALLED) == 1


MOVED = """async (orders) => {
    const { h, update } = await import("/static/dom.js");
    const parent = document.createElement("div"), wrong = [];
    for (const order of orders) {
        const before = new Map([...parent.children].map((node) => [node.dataset.key, node]));
        update(parent, [...order].map((key) => h("p", key === "-" ? {} : { "data-key": key }, key)));
        if (parent.textContent !== order) wrong.push([order, parent.textContent]);
        for (const node of parent.children) {
            const there = node.dataset.key && before.get(node.dataset.key);
            if (there && there !== node) wrong.push([order, node.dataset.key]);
        }
    }
    return wrong;
}"""


def test_rows_with_keys_stay_the_same_wherever_they_go(tab):
    assert tab.open("/").evaluate(MOVED, ["abc", "bcd", "dcba", "a", "xbay", "yx-a", "--", "aab", "ba"]) == []


def test_of_three_runs_that_were_chosen_the_last_two_are_marked(tab, console):
    live = console.file.stem
    body = console.client.get(f"/api/runs/{live}/file").content
    for _ in range(2):
        assert console.client.post("/api/runs", content=body, headers={"origin": console.url}).status_code == 201
    page = tab.open("/runs")
    boxes = page.locator("input[type=checkbox]")
    tab.until(lambda: boxes.count() == 3)
    for at in range(3):
        boxes.nth(at).click()
    assert [boxes.nth(at).is_checked() for at in range(3)] == [False, True, True]


def test_a_filter_that_nothing_meets_is_shown_and_can_be_taken_out(tab):
    page = tab.open("/logs?process=nobody")
    page.wait_for_selector("text=No line is like that.")
    page.get_by_role("button", name="nobody", pressed=True).click()
    tab.until(lambda: page.locator(".line").count() > 0)
    page = tab.open("/traces?service=nobody&status=7")
    assert [page.locator("select").nth(at).input_value() for at in range(2)] == ["nobody", "7"]


def test_similar_lines_are_followed_too(tab, console):
    page = tab.open("/logs")
    page.get_by_role("button", name="group similar").click()
    console.write("orders", "INFO: grouped 1", "INFO: grouped 2")
    page.wait_for_selector(".line:has-text('grouped 2') .times:has-text('×2')")


def test_spans_that_come_after_the_lines_of_a_trace_are_shown(tab, console):
    console.write("orders", json.dumps({"message": "begun", "trace_id": TRACE}))
    console.until("/api/logs", lambda found: found["lines"], trace=TRACE)
    page = tab.open(f"/traces/{TRACE}")
    assert page.locator("button.span").count() == 0
    console.export(span("GET /v1/late"))
    page.wait_for_selector("button.span", timeout=5000)


def test_a_trace_of_which_nothing_has_come_is_waited_for(tab, console):
    later = "ab" * 16
    page = tab.open(f"/traces/{later}")
    page.wait_for_selector("text=has come yet")
    console.export(span("GET /v1/later", trace=later))
    page.wait_for_selector("button.span", timeout=5000)


def test_what_a_search_cannot_do_is_said(tab):
    page = tab.open("/logs")
    page.fill("input[type=search]", "word " * 21)
    page.wait_for_selector(".note:has-text('more than 20 words')")
    tab.wrong.clear()  # the browser notes each answer of 409
    page.fill("input[type=search]", "order")
    page.wait_for_timeout(400)


def test_the_lines_of_the_next_run_are_shown_where_those_of_the_last_were(browser, tmp_path):
    first = ConsoleUnderTest(tmp_path).run()
    first.write("orders", *(f"INFO: first {number}" for number in range(50)))
    first.until("/api/logs", lambda found: len(found["lines"]) == 50)
    tab = Tab(browser, first.url, first.token)
    page = tab.open("/logs")
    page.wait_for_selector("text=first 49")
    first.end()
    page.wait_for_selector("text=The run has ended", timeout=8000)
    second = next_run(first)
    try:
        second.write("orders", "INFO: second 0")
        page.wait_for_selector("text=second 0", timeout=8000)
        assert page.locator(".line").count() == 1
    finally:
        tab.close()
        second.end()


def next_run(first):
    """Run a console where another one was, with its token, as `stead up` does."""
    second = ConsoleUnderTest(first.folder)
    second.listener.close()
    second.listener = socket.create_server(("127.0.0.1", first.port))
    second.port, second.token = first.port, first.token
    offsets = {file.stem: file.stat().st_size for file in first.logs.iterdir()}
    second.start = msgspec.structs.replace(
        second.start, socket=second.listener.fileno(), token=first.token, offsets=offsets
    )
    return second.run()


PRESSED = """(keys) => keys.forEach(([key, code]) =>
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true })))"""


def test_keys_work_where_the_keyboard_writes_another_alphabet(tab):
    page = tab.open("/")
    page.evaluate(PRESSED, [["п", "KeyG"], ["д", "KeyL"]])
    tab.until(lambda: page.url.endswith("/logs"))
    page.wait_for_selector("input[type=search]")
    page.evaluate(PRESSED, [[".", "Slash"]])
    assert page.evaluate("document.activeElement.type") == "search"


def test_an_earlier_run_says_what_failed_and_leads_to_the_newest(tab, console):
    body = console.client.get(f"/api/runs/{console.file.stem}/file").content
    name = console.client.post("/api/runs", content=body, headers={"origin": console.url}).json()["name"]
    page = tab.open(f"/?run={name}")
    assert page.locator(".tile").first.inner_text().split("\n") == ["failed processes", "0"]
    page.get_by_role("link", name="to the newest run").click()
    tab.until(lambda: page.locator(".tile").first.inner_text().startswith("well"))
    assert page.get_by_role("link", name="to the newest run").count() == 0
