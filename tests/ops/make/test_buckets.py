"""Buckets: what is asked of an S3 server, and that asking again changes nothing."""

import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

import pytest

from stead.model import SteadError
from stead.ops.provision.buckets import Server, lifecycle, main, policy, versioning, wanted
from stead.ops.provision.signature import Credentials, headers


def test_a_request_is_signed_as_the_documentation_shows():
    """GET Bucket Lifecycle, of the examples in the S3 API reference, Signature Version 4."""
    credentials = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    url = "https://examplebucket.s3.amazonaws.com/?lifecycle"
    signed = headers(credentials, "GET", url, b"", datetime(2013, 5, 24, tzinfo=UTC))
    assert signed["authorization"].endswith("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")


class Recorder(BaseHTTPRequestHandler):
    def do_PUT(self):
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        self.server.asked.append((self.path, body))
        status = self.server.answers.get(self.path, 200)
        said = b"<Error><Code>BucketAlreadyOwnedByYou</Code></Error>" if status == 409 else b"<Code>AccessDenied</Code>"
        self.send_response(status)
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass


@pytest.fixture
def s3():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    server.asked, server.answers = [], {}
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def words(s3, tmp_path):
    host = f"localhost:{s3.server_port}"
    (tmp_path / "admin").write_text(f"s3://admin:pw@{host}/\n")
    (tmp_path / "url").write_text(f"s3://media:pw@{host}/shop-media\n")
    return [str(tmp_path / "admin"), f"{tmp_path / 'url'}:versioned:30"]


def test_a_bucket_is_made_with_versions_lifecycle_and_policy(s3, words, capsys):
    assert main(words) == 0
    assert [path for path, _ in s3.asked] == [
        "/shop-media",
        "/shop-media?versioning",
        "/shop-media?lifecycle",
        "/shop-media?policy",
    ]
    assert capsys.readouterr().err == "shop-media: there, versioned, objects kept 30 days\n"


def test_a_bucket_that_is_there_is_brought_up_to_date(s3, words):
    s3.answers["/shop-media"] = 409
    assert main(words) == 0
    assert len(s3.asked) == 4


def test_a_refusal_says_what_was_refused(s3, words):
    s3.answers["/shop-media?policy"] = 403
    with pytest.raises(SteadError, match="shop-media: policy was refused with 403"):
        main(words)


def test_a_bucket_of_another_server_is_left_alone(s3, words, tmp_path, capsys):
    (tmp_path / "url").write_text("s3://media:pw@s3.example.com/shop-media\n")
    assert main(words) == 0
    assert s3.asked == []
    assert capsys.readouterr().err == "shop-media: on s3.example.com, left alone\n"


def test_a_server_that_does_not_answer_is_named(tmp_path):
    (tmp_path / "url").write_text("s3://media:pw@localhost:1/shop-media\n")
    with pytest.raises(SteadError, match="localhost:1 does not answer"):
        Server("s3://admin:pw@localhost:1/").make(wanted(f"{tmp_path / 'url'}:plain:0"))


def test_what_is_sent_is_xml_and_json(tmp_path):
    (tmp_path / "url").write_text("s3://media:pw@s3:8333/shop-media")
    kept = wanted(f"{tmp_path / 'url'}:plain:0")
    aging = wanted(f"{tmp_path / 'url'}:versioned:30")
    rules = [each.text for each in ElementTree.fromstring(lifecycle(aging)).iter() if each.tag.endswith("}ID")]
    assert rules == ["abandoned", "expired", "earlier"]
    assert b"Expiration" not in lifecycle(kept)
    assert b"<Status>Suspended</Status>" in versioning(versioned=False)
    assert b"arn:aws:s3:::shop-media/*" in policy(kept)
