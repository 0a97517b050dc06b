"""Uploads in parts. They are in memory until they are complete: a client begins again after a restart."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree

from stead.run.s3.answer import NUMBER, Answer, error
from stead.run.s3.object import Stored
from stead.run.s3.signature import Signed


@dataclass(frozen=True)
class Upload:
    """An object that comes in parts, and the request that began it."""

    begun: Signed
    parts: dict[int, bytes] = field(default_factory=dict)


class Multipart:
    """All uploads that are not complete."""

    def __init__(self) -> None:
        self._uploads: dict[str, Upload] = {}

    def begin(self, request: Signed) -> str:
        number = secrets.token_hex(8)
        self._uploads[number] = Upload(request)
        return number

    def answer(self, query: Mapping[str, str], request: Signed) -> tuple[Answer, Signed | None]:
        """Return the answer; or, of an upload that is complete, its first request with the content of all parts."""
        upload = self._uploads.get(query["uploadId"])
        if upload is None or upload.begun.path != request.path:
            return error(404, "NoSuchUpload"), None
        if request.method == "PUT":
            return self._part(upload, query, request), None
        if request.method == "DELETE":
            del self._uploads[query["uploadId"]]
            return Answer(204), None
        try:
            content = b"".join(upload.parts[number] for number in _named(request.body))
        except (ElementTree.ParseError, ValueError):
            return error(400, "MalformedXML"), None
        except KeyError:
            return error(400, "InvalidPart"), None
        del self._uploads[query["uploadId"]]
        return Answer(), replace(upload.begun, body=content)

    def _part(self, upload: Upload, query: Mapping[str, str], request: Signed) -> Answer:
        number = query.get("partNumber", "")
        if not NUMBER.fullmatch(number):
            return error(400, "InvalidArgument")
        upload.parts[int(number)] = request.body
        return Answer(200, headers={"ETag": Stored(request.body).etag})


def _named(body: bytes) -> list[int]:
    """Return the numbers of the parts that make the object, in their order."""
    return [int(each.text or "") for each in ElementTree.fromstring(body).iter() if each.tag.endswith("PartNumber")]  # noqa: S314 - the holder of a key sent it
