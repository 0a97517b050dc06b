"""A folder of static files is served as a front end wants it, and nothing that is not in it."""

import gzip
import os

import pytest

from kit.asgi_client import ask
from stead.kit.http_problem import HttpProblem
from stead.kit.serve import served
from stead.kit.settings import SettingsError
from stead.kit.static_file import cache_control, codings, has_hash, media_type
from stead.kit.static_files import StaticFiles
from stead.model import Service
from stead.model.static_files import APP
from stead.model.wiring import routes_text
from stead.testing.harness import running

FILES = {
    "index.html": "<h1>Shop</h1>",
    "assets/index-BwD3kX2a.js": "console.log(1)",
    "assets/index-BwD3kX2a.js.gz": gzip.compress(b"console.log(1)"),
    "docs/index.html": "<h1>Docs</h1>",
    "about.html": "<h1>About</h1>",
    "empty.txt": "",
    ".env": "SECRET=1",
    ".git/config": "[core]",
    ".well-known/security.txt": "Contact: mailto:security@example.com",
}
BROWSER = (b"accept", b"text/html,application/xhtml+xml")
WEB = Service("web", static="web")
ENVIRON = {"SERVICE_ROUTES": routes_text(WEB)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static") / "web"
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "outside.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "hidden.txt").symlink_to(folder / ".env")
    (folder / "linked.html").symlink_to("about.html")
    (folder.parent / "secret.txt").write_text("outside")
    os.mkfifo(folder / "pipe")
    return folder


async def got(folder, path, *headers, method="GET"):
    try:
        return await ask(StaticFiles(folder), method, path, headers)
    except HttpProblem as problem:
        return problem


@pytest.mark.parametrize(
    ("path", "body", "media"),
    [
        ("/", b"<h1>Shop</h1>", b"text/html; charset=utf-8"),
        ("/index.html", b"<h1>Shop</h1>", b"text/html; charset=utf-8"),
        ("/assets/index-BwD3kX2a.js", b"console.log(1)", b"text/javascript; charset=utf-8"),
        ("/docs/", b"<h1>Docs</h1>", b"text/html; charset=utf-8"),
        ("/about", b"<h1>About</h1>", b"text/html; charset=utf-8"),
        ("/linked.html", b"<h1>About</h1>", b"text/html; charset=utf-8"),
        ("/empty.txt", b"", b"text/plain; charset=utf-8"),
        ("/.well-known/security.txt", b"Contact: mailto:security@example.com", b"text/plain; charset=utf-8"),
    ],
)
async def test_a_file_is_served_with_its_type(folder, path, body, media):
    answer = await got(folder, path)
    assert (answer.status, answer.body, answer.headers[b"content-type"]) == (200, body, media)
    assert answer.headers[b"content-length"] == str(len(body)).encode()
    assert answer.headers[b"x-content-type-options"] == b"nosniff"
    head = await got(folder, path, method="HEAD")
    assert (head.status, head.body, head.headers) == (200, b"", answer.headers)


async def test_a_browser_gets_the_index_for_a_path_of_the_front_end_and_a_program_gets_404(folder):
    page = await got(folder, "/orders/17", BROWSER)
    assert (page.status, page.body, page.headers[b"cache-control"]) == (200, b"<h1>Shop</h1>", b"no-cache")
    assert b"Accept" in page.headers[b"vary"]
    assert (await got(folder, "/orders/17", (b"accept", b"*/*"))).status == 404
    assert (await got(folder, "/assets/gone-BwD3kX2b.js")).status == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/.env", "/.git/config", "/docs/../.env", "/../secret.txt", "/..", "/docs/..", "//", "//example.com"),
        *("/outside.txt", "/hidden.txt", "/pipe", "/docs\\..\\.env", "/a\0b", "/" + "a" * 5000, "/./index.html"),
    ],
)
async def test_nothing_outside_of_the_folder_or_hidden_is_served(folder, path):
    assert (await got(folder, path)).status == 404
    if page := (path in ("/outside.txt", "/hidden.txt", "/pipe") and await got(folder, path, BROWSER)):
        assert page.body == b"<h1>Shop</h1>"


async def test_a_folder_has_an_address_of_its_own(folder):
    answer = await got(folder, "/docs")
    assert (answer.status, answer.headers[b"location"]) == (308, b"/docs/")


async def test_an_etag_is_of_the_content_and_spares_the_body(folder, tmp_path):
    first = await got(folder, "/")
    tag = first.headers[b"etag"]
    for condition in (tag, b"W/" + tag, b'"other", ' + tag, b"*"):
        again = await got(folder, "/", (b"if-none-match", condition))
        assert (again.status, again.body, again.headers[b"etag"]) == (304, b"", tag)
        assert again.headers[b"cache-control"] == b"no-cache"
    assert (await got(folder, "/", (b"if-none-match", b'"other"'))).status == 200
    copy = tmp_path / "index.html"
    copy.write_text("<h1>Shop</h1>")
    os.utime(copy, (1, 1))
    assert (await got(tmp_path, "/")).headers[b"etag"] == tag
    files = StaticFiles(tmp_path)
    assert (await ask(files)).headers[b"etag"] == tag
    copy.write_text("<h1>Sale</h1>")
    assert (await ask(files)).headers[b"etag"] != tag, "a build is served without a restart"


async def test_a_precompressed_file_is_sent_to_whoever_takes_it(folder):
    path = "/assets/index-BwD3kX2a.js"
    zipped = await got(folder, path, (b"accept-encoding", b"gzip, deflate, br"))
    assert zipped.headers[b"content-encoding"] == b"gzip"
    assert gzip.decompress(zipped.body) == b"console.log(1)"
    assert zipped.headers[b"content-type"] == b"text/javascript; charset=utf-8"
    plain = await got(folder, path, (b"accept-encoding", b"gzip;q=0"))
    assert b"content-encoding" not in plain.headers
    assert plain.headers[b"etag"] != zipped.headers[b"etag"]
    assert b"Accept-Encoding" in plain.headers[b"vary"]


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        (b"bytes=0-3", 206, b"<h1>"),
        (b"bytes=4-", 206, b"Shop</h1>"),
        (b"bytes=-5", 206, b"</h1>"),
        (b"bytes=-500", 206, b"<h1>Shop</h1>"),
        (b"bytes=4-900", 206, b"Shop</h1>"),
        (b"bytes=5-4", 200, b"<h1>Shop</h1>"),
        (b"bytes=0-1,3-4", 200, b"<h1>Shop</h1>"),
        (b"lines=0-1", 200, b"<h1>Shop</h1>"),
        (b"bytes=13-", 416, None),
        (b"bytes=-0", 416, None),
    ],
)
async def test_a_range_is_sent(folder, asked, status, body):
    answer = await got(folder, "/", (b"range", asked))
    assert answer.status == status
    if status == 416:
        assert answer.headers["Content-Range"] == "bytes */13"
        return
    assert (answer.body, answer.headers[b"content-length"]) == (body, str(len(body)).encode())
    if status == 206:
        start = FILES["index.html"].encode().index(body)
        assert answer.headers[b"content-range"] == f"bytes {start}-{start + len(body) - 1}/13".encode()


async def test_a_range_of_another_content_is_not_sent(folder):
    tag = (await got(folder, "/")).headers[b"etag"]
    assert (await got(folder, "/", (b"range", b"bytes=0-3"), (b"if-range", tag))).status == 206
    assert (await got(folder, "/", (b"range", b"bytes=0-3"), (b"if-range", b'"other"'))).status == 200


async def test_a_large_file_is_sent_in_parts(tmp_path):
    content = os.urandom(1_000_003)
    (tmp_path / "film.webm").write_bytes(content)
    assert (await got(tmp_path, "/film.webm")).body == content
    assert (await got(tmp_path, "/film.webm", (b"range", b"bytes=1-900000"))).body == content[1:900_001]


@pytest.mark.parametrize("name", ["index-BwD3kX2a.js", "a/main.8e0d62a3.css", "8e0d62a3f1.woff2", "chunk-7XKJ2QPA.js"])
def test_a_name_with_a_hash_is_cached_for_ever(name):
    assert has_hash(name)
    assert cache_control(name, public=True) == "public, max-age=31536000, immutable"
    assert cache_control(name, public=False) == "private, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "name",
    [
        *("index.html", "my-component.js", "report-20240101.pdf", "Manual-Version2.pdf", "bootstrap-5.3.2.min.js"),
        *("decade.js", "facade-deadbeef.js", "assets/8e0d62a3/app.js", "README"),
    ],
)
def test_a_name_without_a_hash_is_asked_for_anew(name):
    assert not has_hash(name)
    assert cache_control(name, public=True) == "no-cache"


def test_types_are_the_same_on_every_machine():
    found = {name: media_type(name) for name in ("a.MJS", "a.wasm", "a.svg", "a.woff2", "a.webmanifest", "a.odd", "a")}
    assert found == {
        "a.MJS": "text/javascript; charset=utf-8",
        "a.wasm": "application/wasm",
        "a.svg": "image/svg+xml",
        "a.woff2": "font/woff2",
        "a.webmanifest": "application/manifest+json",
        "a.odd": "application/octet-stream",
        "a": "application/octet-stream",
    }


@pytest.mark.parametrize(
    ("accepted", "found"),
    [("", []), ("gzip, br", ["br", "gzip"]), ("*", ["br", "gzip"]), ("br;q=0, *", ["gzip"]), ("GZIP;q=0.5", ["gzip"])],
)
def test_the_codings_that_a_client_takes(accepted, found):
    assert codings(accepted) == found


async def test_a_front_end_has_the_health_and_the_boundary_of_every_service(folder):
    environ = ENVIRON | {"STATIC_FOLDER": str(folder)}
    async with running(lambda: served(APP), service=WEB, environ=environ) as app:
        assert (await app.get("/health")).json()["service"] == "web"
        assert (await app.get("/orders/17", headers={"accept": "text/html"})).text == "<h1>Shop</h1>"
        script = await app.get("/assets/index-BwD3kX2a.js")
        assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
        missing = await app.get("/orders/17", headers={"accept": "application/json"})
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
        refused = await app.post("/")
        assert refused.status_code == 405


def test_a_front_end_that_is_not_built_says_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setenv("STATIC_FOLDER", str(tmp_path))
    with pytest.raises(SettingsError, match=r"has no index.html; run the front end's build"):
        served(APP)
