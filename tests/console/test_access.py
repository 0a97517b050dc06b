"""Who may open the console: a browser of this machine with the token, and a page of this console when it writes."""

import httpx2
import pytest

from console.conftest import ConsoleUnderTest
from stead.console.access import Access

READS = ("/", "/logs", "/api/overview", "/api/logs", "/api/runs", "/static/app.js")
WRITES = ("/api/processes/orders/stop", "/api/commands/check", "/api/runs/20260101T000000/delete")


@pytest.fixture(scope="module")
def console(tmp_path_factory):
    """One for all: nobody here gets as far as to change it."""
    made = ConsoleUnderTest(tmp_path_factory.mktemp("access")).run()
    yield made
    made.end()


def stranger(method, url, **how):
    """Ask without the token and without a memory; certificates, which take long to load, are for another protocol."""
    return httpx2.request(method, url, verify=False, **how)


@pytest.mark.parametrize("path", READS)
def test_without_the_token_nothing_is_shown(console, path):
    for headers in ({}, {"authorization": "Bearer wrong"}, {"cookie": f"stead_console_{console.port}=wrong"}):
        answer = stranger("GET", console.url + path, headers=headers)
        assert answer.status_code == 401
        assert "shop" not in answer.text


def test_the_page_without_its_key_says_how_to_open_it(console):
    answer = stranger("GET", console.url)
    assert "stead open" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_the_token_in_the_address_becomes_a_cookie_that_only_this_page_sends(console):
    answer = stranger("GET", f"{console.url}/?token={console.token}")
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert cookie == f"stead_console_{console.port}={console.token}; Path=/; HttpOnly; SameSite=Strict"
    named, _, _ = cookie.partition(";")
    assert stranger("GET", f"{console.url}/api/overview", headers={"cookie": named}).json()["run"]["backend"] == "shop"
    assert stranger("GET", f"{console.url}/?token=wrong").status_code == 401


@pytest.mark.parametrize("other", ['theme={"dark":true}', "a[b]=c", "name=Ann Lee", "flag", "=", "é=1"])
def test_a_cookie_of_another_server_of_this_machine_does_not_hide_the_token(other):
    access = Access(8000, "key")
    for cookies in (f"{other}; stead_console_8000=key", f"stead_console_8000=key; {other}"):
        assert access.refusal("GET", {"host": "127.0.0.1:8000", "cookie": cookies}) is None


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1.evil.example", ""])
def test_a_name_of_another_site_that_points_here_is_refused(console, host):
    answer = console.client.get("/api/overview", headers={"host": host})
    assert answer.status_code in (400, 421)
    assert "shop" not in answer.text


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", ""])
def test_a_page_of_another_site_changes_nothing(console, path, origin):
    headers = {"origin": origin} if origin else {}
    assert console.client.post(path, headers=headers).status_code == 403


def test_a_page_of_another_site_reads_nothing(console):
    answer = console.client.get("/api/overview", headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_a_writing_request_that_a_browser_marks_as_foreign_is_refused():
    access = Access(8000, "key")
    headers = {"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:8000", "authorization": "Bearer key"}
    assert access.refusal("POST", headers) is None
    assert access.refusal("POST", headers | {"sec-fetch-site": "cross-site"}).status == 403


def test_spans_need_their_own_token_which_opens_no_page(console):
    for path in ("/otlp/wrong/v1/traces", "/otlp//v1/traces", "/v1/traces"):
        assert stranger("POST", console.url + path, json={}).status_code in (401, 404)
    assert stranger("GET", f"{console.url}/api/overview?token={console.spans}").status_code == 401


@pytest.mark.parametrize("path", ["/", "/api/overview", "/api/nothing", "/static/style.css", "/otlp/x/v1/traces"])
def test_every_answer_forbids_foreign_and_inline_code(console, path):
    headers = console.client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static//etc/hosts"]
)
def test_no_file_beside_the_pages_own_is_served(console, path):
    answer = console.client.get(path)
    assert "import" not in answer.text.partition("<script")[0]


def test_a_wrong_question_is_named(console):
    for path, status, said in [
        ("/api/logs?level=loud", 400, "no level 'loud'"),
        ("/api/logs?since=yesterday", 400, "since is not a whole number"),
        ("/api/logs?before=x:y", 400, "not a cursor"),
        ("/api/traces?before=x", 400, "not a cursor"),
        ("/api/overview?run=19990101T000000", 404, "no run '19990101T000000'"),
        (f"/api/traces/{'0' * 32}", 404, "no such trace"),
        ("/api/services/nobody", 404, "no process 'nobody'"),
    ]:
        answer = console.client.get(path)
        assert (answer.status_code, said in answer.json()["error"]) == (status, True), answer.text
