"""The S3 API over some buckets: authorization and responses.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
"""

import re
import threading
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.etree import ElementTree

from stead.run.s3.answer import Answer, document, element, error
from stead.run.s3.listing import listing
from stead.run.s3.multipart import Multipart
from stead.run.s3.object import Stored
from stead.run.s3.signature import Signed, access_key, is_authentic

# The headers that an object keeps, and that a signed URL may replace in an answer.
METADATA = ("content-type", "cache-control", "content-encoding", "content-disposition", "content-language")
CONDITIONS = ("if-match", "if-none-match")
CHUNKED = "STREAMING-"  # a body in signed chunks
RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))")  # or the last so many bytes
LINE = re.compile(r"[ -~\xa0-\xff]*")  # characters that a header may hold
Objects = MutableMapping[str, Any]  # of `Stored` or `StoredFile`


@dataclass(frozen=True)
class Account:
    """An access key: its secrets, two during a rotation, and its buckets."""

    secrets: tuple[str, ...]
    buckets: frozenset[str]

    def signed(self, asked: Signed, key: str) -> bool:
        """Return whether a request is signed by one of the secrets, and in time."""
        now = datetime.now(UTC)
        return any(is_authentic(asked, key, secret, now) for secret in self.secrets)


class Protocol:
    """Answers requests to buckets, one after the other.

    account  finds who holds an access key
    change   is done to the content of every object that is written
    """

    def __init__(
        self,
        buckets: Mapping[str, Objects],
        account: Callable[[str], Account | None],
        change: Callable[[bytes], bytes] = bytes,
    ) -> None:
        self._buckets, self._account, self._change = buckets, account, change
        self._multipart = Multipart()
        self._lock = threading.Lock()  # an object is read and written by one request at a time

    def answer(self, request: Signed) -> Answer:
        """Answer one request."""
        key = access_key(request)
        account = self._account(key)
        if account is None or not account.signed(request, key):
            return error(403, "SignatureDoesNotMatch")
        bucket, _, name = unquote(request.path).lstrip("/").partition("/")
        if bucket not in self._buckets:
            return error(404, "NoSuchBucket")
        if bucket not in account.buckets:
            return error(403, "AccessDenied")
        if request.headers.get("x-amz-content-sha256", "").startswith(CHUNKED):
            return error(501, "NotImplemented")
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        with self._lock:
            if name:
                return self._object(self._buckets[bucket], name, query, request, account)
            return _bucket(self._buckets[bucket], query, request)

    def _object(self, objects: Objects, name: str, query: dict[str, str], request: Signed, account: Account) -> Answer:
        if "uploads" in query or "uploadId" in query:
            return self._in_parts(objects, name, query, request)
        match request.method:
            case "PUT" if "x-amz-copy-source" in request.headers:
                return self._copy(objects, name, request, account)
            case "PUT":
                return self._put(objects, name, request)
            case "DELETE":
                objects.pop(name, None)
                return Answer(204)
            case "GET" | "HEAD" if name in objects:
                return _get(objects[name], query, request)
            case "GET" | "HEAD":
                return error(404, "NoSuchKey")
        return error(501, "NotImplemented")

    def _put(self, objects: Objects, name: str, request: Signed) -> Answer:
        conditions = [request.headers[each] for each in CONDITIONS if each in request.headers]
        if conditions not in ([], ["*"]) or "if-match" in request.headers:
            return error(501, "NotImplemented")
        if conditions and name in objects:
            return error(412, "PreconditionFailed")
        objects[name] = self._stored(request.body, request)
        return Answer(200, headers={"ETag": objects[name].etag})

    def _copy(self, objects: Objects, name: str, request: Signed, account: Account) -> Answer:
        bucket, _, source = unquote(request.headers["x-amz-copy-source"]).lstrip("/").partition("/")
        if bucket not in account.buckets:
            return error(403, "AccessDenied")
        if source not in self._buckets[bucket]:
            return error(404, "NoSuchKey")
        found = self._buckets[bucket][source]
        objects[name] = Stored(found.content, found.headers)
        return Answer(200, document("CopyObjectResult", element("ETag", objects[name].etag)))

    def _in_parts(self, objects: Objects, name: str, query: dict[str, str], request: Signed) -> Answer:
        if request.method == "POST" and "uploads" in query:
            upload = self._multipart.begin(request)
            return Answer(200, document("InitiateMultipartUploadResult", element("UploadId", upload)))
        answer, joined = self._multipart.answer(query, request)
        if joined is None:
            return answer
        objects[name] = self._stored(joined.body, joined)
        return Answer(200, document("CompleteMultipartUploadResult", element("ETag", objects[name].etag)))

    def _stored(self, content: bytes, request: Signed) -> Stored:
        headers = {
            name: text for name, text in request.headers.items() if name in METADATA or name.startswith("x-amz-meta-")
        }
        return Stored(self._change(content), headers)


def _bucket(objects: Objects, query: dict[str, str], request: Signed) -> Answer:
    if request.method == "POST" and "delete" in query:
        return _delete_many(objects, request.body)
    if request.method == "HEAD":
        return Answer()
    return listing(objects, query) if request.method == "GET" else error(501, "NotImplemented")


def _get(found: Any, query: dict[str, str], request: Signed) -> Answer:
    about = {"ETag": found.etag, "Last-Modified": format_datetime(found.at, usegmt=True), "Accept-Ranges": "bytes"}
    about |= found.headers
    wanted = {name: query[f"response-{name}"] for name in METADATA if f"response-{name}" in query}
    if not all(map(LINE.fullmatch, wanted.values())):
        return error(400, "InvalidArgument")
    about |= wanted
    whole = Answer(200, found.content, about)
    asked_range = RANGE.fullmatch(request.headers.get("range", ""))
    if asked_range is None:
        return whole
    if asked_range[3]:
        return _suffix(whole, int(asked_range[3]))
    return _range(whole, int(asked_range[1]), asked_range[2])


def _suffix(whole: Answer, length: int) -> Answer:
    """Return the last bytes; none is a range that nothing satisfies, and more than there are is all of them."""
    size = len(whole.body)
    return _range(whole, max(0, size - length), "") if length else error(416, "InvalidRange")


def _range(whole: Answer, first: int, last: str) -> Answer:
    size = len(whole.body)
    if last and int(last) < first:
        return whole  # RFC 9110, section 14.1.1: such a range is invalid, and ignored
    if first >= size:
        return error(416, "InvalidRange")
    body = whole.body[first : int(last) + 1 if last else size]
    span = f"bytes {first}-{first + len(body) - 1}/{size}"
    return replace(whole, status=206, body=body, headers={**whole.headers, "Content-Range": span})


def _delete_many(objects: Objects, body: bytes) -> Answer:
    try:
        names = [each.text or "" for each in ElementTree.fromstring(body).iter() if each.tag.endswith("Key")]  # noqa: S314 - the holder of a key sent it
    except ElementTree.ParseError:
        return error(400, "MalformedXML")
    for name in names:
        objects.pop(name, None)
    deleted = "".join(f"<Deleted>{element('Key', name)}</Deleted>" for name in names)
    return Answer(200, document("DeleteResult", deleted))
