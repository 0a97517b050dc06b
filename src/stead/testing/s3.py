"""A stand-in for an S3 server: real HTTP on the loopback, from the published API, every signature verified.

No S3 server can be had from the package index. This one answers what a client needs to put, get, head, list, copy and
delete objects, in one piece and in parts; a test can have it refuse, and corrupt what it is given.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from stead.testing.loopback import answering
from stead.testing.sigv4 import Signed, is_presigned, is_signed

PAGE = 1000
KEPT = ("content-type", "cache-control", "content-encoding", "content-disposition", "content-language")


@dataclass(frozen=True)
class Stored:
    """One object."""

    content: bytes
    headers: dict[str, str] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Upload:
    """An object that comes in parts, and the request that began it."""

    begun: Signed
    parts: dict[int, bytes] = field(default_factory=dict)


class StandInS3:
    """One server: `buckets` maps a bucket to its objects.

    refusing    methods that are answered with 403
    corrupting  every object that is written has one bit changed
    """

    def __init__(self, *buckets: str) -> None:
        self.buckets: dict[str, dict[str, Stored]] = {name: {} for name in buckets}
        self.key, self.secret = "AKIA" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30)
        self.refusing: set[str] = set()
        self.corrupting = False
        self.url = ""
        self._uploads: dict[str, Upload] = {}

    def bucket_url(self, bucket: str) -> str:
        """Return the URL that a service with that bucket is given."""
        return f"s3://{self.key}:{quote(self.secret, safe='')}@{urlsplit(self.url).netloc}/{bucket}"

    @contextmanager
    def running(self) -> Iterator["StandInS3"]:
        """Serve on the loopback for as long as the block lasts."""
        with answering(_handler(self)) as self.url:
            yield self

    def answer(self, asked: Signed) -> Answer:
        """Answer one request."""
        if not self._is_signed(asked):
            return _refusal(403, "SignatureDoesNotMatch")
        if asked.method in self.refusing:
            return _refusal(403, "AccessDenied")
        bucket, _, key = unquote(asked.path).lstrip("/").partition("/")
        if bucket not in self.buckets:
            return _refusal(404, "NoSuchBucket")
        query = dict(parse_qsl(asked.query, keep_blank_values=True))
        objects = self.buckets[bucket]
        if not key:
            return _delete_many(objects, asked.body) if "delete" in query else _list(objects, query)
        if "uploads" in query or "uploadId" in query:
            return self._in_parts(objects, key, query, asked)
        return self._one(objects, key, asked)

    def _is_signed(self, asked: Signed) -> bool:
        if "X-Amz-Signature=" in asked.query:
            return is_presigned(asked, self.key, self.secret, datetime.now(UTC))
        return is_signed(asked, self.key, self.secret)

    def _one(self, objects: dict[str, Stored], key: str, asked: Signed) -> Answer:
        if asked.method == "PUT":
            return self._put(objects, key, asked)
        if asked.method == "DELETE":
            objects.pop(key, None)
            return Answer(204)
        found = objects.get(key)
        if found is None:
            return _refusal(404, "NoSuchKey")
        about = {"ETag": found.etag, "Last-Modified": format_datetime(found.at, usegmt=True), **found.headers}
        query = dict(parse_qsl(asked.query))
        about |= {name: query[f"response-{name}"] for name in KEPT if f"response-{name}" in query}
        return Answer(200, found.content, about)

    def _put(self, objects: dict[str, Stored], key: str, asked: Signed) -> Answer:
        source = asked.headers.get("x-amz-copy-source")
        if source:
            bucket, _, name = unquote(source).lstrip("/").partition("/")
            objects[key] = self.buckets[bucket][name]
            return Answer(200, _document("CopyObjectResult", f"<ETag>{escape(objects[key].etag)}</ETag>"))
        objects[key] = self._kept(asked.body, asked)
        return Answer(200, headers={"ETag": objects[key].etag})

    def _in_parts(self, objects: dict[str, Stored], key: str, query: dict[str, str], asked: Signed) -> Answer:
        if "uploads" in query:
            number = secrets.token_hex(8)
            self._uploads[number] = Upload(asked)
            return Answer(200, _document("InitiateMultipartUploadResult", f"<UploadId>{number}</UploadId>"))
        upload = self._uploads.get(query["uploadId"])
        if upload is None:
            return _refusal(404, "NoSuchUpload")
        if asked.method == "PUT":
            upload.parts[int(query["partNumber"])] = asked.body
            return Answer(200, headers={"ETag": Stored(asked.body).etag})
        del self._uploads[query["uploadId"]]
        if asked.method == "DELETE":
            return Answer(204)
        objects[key] = self._kept(b"".join(upload.parts[number] for number in sorted(upload.parts)), upload.begun)
        return Answer(200, _document("CompleteMultipartUploadResult", f"<ETag>{escape(objects[key].etag)}</ETag>"))

    def _kept(self, content: bytes, asked: Signed) -> Stored:
        if self.corrupting and content:
            content = content[:-1] + bytes([content[-1] ^ 1])
        headers = {name: text for name, text in asked.headers.items() if name in KEPT or name.startswith("x-amz-meta-")}
        return Stored(content, headers)


def _list(objects: dict[str, Stored], query: dict[str, str]) -> Answer:
    """Return one page; the token of the next one is the last key of this."""
    after = query.get("continuation-token") or query.get("start-after", "")
    names = sorted(name for name in objects if name.startswith(query.get("prefix", "")) and name > after)
    page = names[: int(query.get("max-keys", PAGE))]
    rows = "".join(
        f"<Contents><Key>{escape(name)}</Key><LastModified>{objects[name].at.isoformat()}</LastModified>"
        f"<ETag>{escape(objects[name].etag)}</ETag><Size>{len(objects[name].content)}</Size></Contents>"
        for name in page
    )
    more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if len(page) < len(names) else ""
    truncated = f"<IsTruncated>{str(bool(more)).lower()}</IsTruncated><KeyCount>{len(page)}</KeyCount>"
    return Answer(200, _document("ListBucketResult", truncated + more + rows))


def _delete_many(objects: dict[str, Stored], body: bytes) -> Answer:
    names = [each.text or "" for each in ElementTree.fromstring(body).iter() if each.tag.endswith("Key")]  # noqa: S314
    for name in names:
        objects.pop(name, None)
    return Answer(
        200, _document("DeleteResult", "".join(f"<Deleted><Key>{escape(name)}</Key></Deleted>" for name in names))
    )


def _refusal(status: int, code: str) -> Answer:
    return Answer(status, _document("Error", f"<Code>{code}</Code><Message>{code}</Message>"))


def _document(name: str, inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><{name}>{inside}</{name}>'.encode()


def _handler(server: StandInS3) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            path, _, query = self.path.partition("?")
            headers = {name.lower(): text for name, text in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length") or 0))
            answer = server.answer(Signed(self.command, path, query, headers, body))
            self.send_response(answer.status)
            length = 0 if answer.status == 204 else len(answer.body)
            for name, text in {**answer.headers, "Content-Length": str(length)}.items():
                self.send_header(name, text)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _reply  # noqa: N815 - the standard library's names

        def log_message(self, format: str, *args: object) -> None:
            """Keep a test's output to itself."""

    return Handler
