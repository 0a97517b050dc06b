"""The embedded S3 server: durable, separated by service, every signature verified, nothing served to another."""

import os
import signal
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer

import httpx2
import psutil
import pytest

from stead.ops.backup.bucket_location import BucketLocation
from stead.ops.backup.store import Store
from stead.run.s3 import Server
from stead.run.s3.answer import Answer
from stead.run.s3.http_handler import handler_of
from stead.run.s3.object import ObjectFolder, Stored
from stead.services.media.signing import location_of, presigned


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("run") / "s3")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def bucket(server, request):
    """A bucket of this test's own, as a service is given it."""
    name = request.node.name.partition("[")[0].replace("_", "-")[:60]
    return location_of(server.bucket_url(name, "a secret/with %"))


def ask(at, method, key, content=None, *, headers=None, query=None):
    url = presigned(at, method, key, seconds=60, query=query or {})
    return httpx2.request(method, url, content=content, headers=headers, trust_env=False)


def test_what_was_answered_outlives_the_server(tmp_path):
    server = Server(tmp_path / "s3")
    server.start()
    bucket = location_of(server.bucket_url("pictures", "a-secret"))
    headers = {"content-type": "image/png"}
    assert ask(bucket, "PUT", "a/ü +%25.png", b"\x89PNG", headers=headers).status_code == 200
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    server.start()
    answer = ask(bucket, "GET", "a/ü +%25.png")
    assert (answer.content, answer.headers["content-type"]) == (b"\x89PNG", "image/png")
    server.stop()


def test_a_server_that_was_killed_while_it_wrote_leaves_no_half_of_an_object(tmp_path):
    objects = ObjectFolder(tmp_path)
    objects["a"] = Stored(b"old")
    (tmp_path / "0.part").write_bytes(b'{"key": "a"')
    again = ObjectFolder(tmp_path)
    assert {key: each.content for key, each in again.items()} == {"a": b"old"}
    assert not list(tmp_path.glob("*.part"))


def test_a_service_opens_its_own_bucket_and_no_other(server, bucket):
    other = location_of(server.bucket_url("other", "another secret"))
    assert ask(other, "PUT", "a", b"x").status_code == 200
    crossed = replace(bucket, bucket="other")
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        assert ask(crossed, method, "a", b"y" if method == "PUT" else None).status_code == 403
    assert "AccessDenied" in copied(bucket, "/other/a", "mine").text
    assert ask(other, "GET", "a").content == b"x"


def test_while_a_key_is_rotated_both_of_its_secrets_open_its_bucket(server):
    earlier = location_of(server.bucket_url("rotated", "the earlier"))
    following = location_of(server.bucket_url("rotated", "the next", "the earlier"))
    assert ask(earlier, "PUT", "a", b"x").status_code == 200
    assert ask(following, "GET", "a").content == b"x"
    server.bucket_url("rotated", "the next")
    assert (ask(earlier, "GET", "a").status_code, ask(following, "GET", "a").status_code) == (403, 200)


def copied(bucket, source, name):
    headers = {"x-amz-copy-source": source}
    return httpx2.put(presigned(bucket, "PUT", name, seconds=60, headers=headers), headers=headers, trust_env=False)


def test_the_holder_of_a_url_adds_no_copy_of_another_object_to_it(bucket):
    assert ask(bucket, "PUT", "private", b"x").status_code == 200
    added = ask(bucket, "PUT", "mine", headers={"x-amz-copy-source": f"/{bucket.bucket}/private"})
    assert (added.status_code, ask(bucket, "GET", "mine").status_code) == (403, 404)
    assert copied(bucket, f"/{bucket.bucket}/private", "mine").status_code == 200
    assert ask(bucket, "GET", "mine").content == b"x"


@pytest.mark.parametrize("change", ["secret", "time", "week", "for ever", "letters", "method", "key", "none", "words"])
def test_a_request_that_is_not_signed_for_this_is_refused(bucket, change):
    ask(bucket, "PUT", "a", b"x")
    url = presigned(bucket, "GET", "a", seconds=60)
    forged = {
        "secret": presigned(replace(bucket, secret="?"), "GET", "a", seconds=60),
        "time": presigned(bucket, "GET", "a", seconds=60, now=datetime.now(UTC) - timedelta(minutes=2)),
        "week": presigned(bucket, "GET", "a", seconds=8 * 86_400),
        "for ever": presigned(bucket, "GET", "a", seconds=10**18),
        "letters": url.partition("X-Amz-Signature=")[0] + "X-Amz-Signature=%C3%A9",
        "method": presigned(bucket, "PUT", "a", seconds=60),
        "key": url.replace("/a?", "/b?"),
        "none": url.partition("?")[0],
        "words": url.partition("?")[0] + "?X-Amz-Signature=0&X-Amz-Credential=" + bucket.key,
    }[change]
    answer = httpx2.get(forged, trust_env=False)
    assert (answer.status_code, "SignatureDoesNotMatch" in answer.text) == (403, True)


def test_a_signed_length_is_the_length_that_is_taken(bucket):
    headers = {"content-length": "3"}
    url = presigned(bucket, "PUT", "a", seconds=60, headers=headers)
    assert httpx2.put(url, content=b"four", trust_env=False).status_code == 403
    assert httpx2.put(url, content=b"abc", trust_env=False).status_code == 200


def test_a_range_and_a_condition_are_kept(bucket):
    ask(bucket, "PUT", "a", b"0123456789")
    part = ask(bucket, "GET", "a", headers={"range": "bytes=2-4"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    assert ask(bucket, "GET", "a", headers={"range": "bytes=10-"}).status_code == 416
    for suffix, content, span in (("-3", b"789", "7-9"), ("-99", b"0123456789", "0-9")):
        end = ask(bucket, "GET", "a", headers={"range": f"bytes={suffix}"})
        assert (end.status_code, end.content, end.headers["content-range"]) == (206, content, f"bytes {span}/10")
    assert ask(bucket, "GET", "a", headers={"range": "bytes=-0"}).status_code == 416
    for ignored in ("bytes=4-2", "bytes=-", f"bytes={'9' * 5000}-"):
        whole = ask(bucket, "GET", "a", headers={"range": ignored})
        assert (whole.status_code, whole.content) == (200, b"0123456789")
    assert ask(bucket, "PUT", "a", b"x", headers={"if-none-match": "*"}).status_code == 412
    assert ask(bucket, "PUT", "a", b"x", headers={"if-match": "1"}).status_code == 501
    assert ask(bucket, "GET", "a").content == b"0123456789"


def test_bad_input_gets_an_error_of_s3_and_never_a_500(bucket):
    ask(bucket, "PUT", "there", b"x")
    for method, key, query, content, status in (
        ("GET", "missing", {}, None, 404),
        ("POST", "", {"delete": ""}, b"<no", 400),
        ("GET", "", {"max-keys": "many"}, None, 400),
        ("GET", "", {"max-keys": "9" * 5000}, None, 400),
        ("GET", "there", {"response-content-disposition": "a\r\nset-cookie: b"}, None, 400),
        ("GET", "there", {"response-content-disposition": "привет"}, None, 400),
        ("PUT", "a", {"uploadId": "0", "partNumber": "1"}, b"x", 404),
        ("POST", "a", {}, b"x", 501),
    ):
        assert ask(bucket, method, key, content, query=query).status_code == status
    chunked = httpx2.put(presigned(bucket, "PUT", "a", seconds=60), content=iter([b"x"]), trust_env=False)
    assert (chunked.status_code, "MissingContentLength" in chunked.text) == (411, True)


@pytest.mark.parametrize(("ends", "code"), [(True, b"IncompleteBody"), (False, b"RequestTimeout")])
def test_a_body_that_is_not_all_there_is_refused_and_writes_nothing(ends, code):
    written = []
    handler = handler_of(lambda asked: written.append(asked) or Answer())
    handler.timeout = 0.2
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, ThreadPoolExecutor(1) as serving:
        serving.submit(server.serve_forever)
        with socket.create_connection(server.server_address, 5) as asking:
            asking.sendall(b"PUT /bucket/a HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf")
            if ends:
                asking.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: asking.recv(65536), b""))
        server.shutdown()
    assert (answer.split()[1], code in answer, written) == (b"400", True, [])


def test_a_page_of_any_origin_may_upload(bucket):
    url = presigned(bucket, "PUT", "a", seconds=60)
    asked = {"origin": "http://localhost:3000", "access-control-request-method": "PUT"}
    answer = httpx2.options(url, headers=asked, trust_env=False)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")


def test_many_writers_of_one_object_leave_one_of_their_contents(bucket):
    contents = [bytes([number]) * 10_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: ask(bucket, "PUT", "a", content), contents))
    assert ask(bucket, "GET", "a").content in contents


def test_the_client_of_backups_puts_lists_copies_reads_and_deletes(server):
    store = Store(BucketLocation.of_bucket(server.bucket_url("store", "a-secret")))
    store.put("a/b", b"content", {})
    store.copy("a/b", "c")
    found, blocks = store.read("c")
    assert (sorted(store.names()), b"".join(blocks)) == (["a/b", "c"], b"content")
    store.delete("a/b")
    assert list(store.names()) == ["c"]


def test_secrets_are_in_private_files_and_on_no_command_line(server, bucket):
    assert bucket.secret not in " ".join(psutil.Process(server.pid).cmdline())
    assert stat.S_IMODE((server.folder / "accounts.json").stat().st_mode) == 0o600
    assert bucket.secret not in server.log.read_text()


def test_listens_on_the_loopback_only(server):
    listening = {c.laddr.ip for c in psutil.Process(server.pid).net_connections("inet") if c.status == "LISTEN"}
    assert listening == {"127.0.0.1"}
