"""What goes back to an S3 client: answers and errors, in the form of the published API."""

import re
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

NUMBER = re.compile(r"[0-9]{1,18}")
MESSAGES = {
    "AccessDenied": "This access key has no right to this bucket.",
    "EntityTooLarge": "The request is too large for this server; upload it in parts.",
    "IncompleteBody": "The body is shorter than its Content-Length.",
    "InvalidPart": "A named part was not uploaded.",
    "InternalError": "The server could not read or write its files; its log has the reason.",
    "InvalidArgument": "A value in the query is invalid.",
    "InvalidRange": "The range starts after the end of the object.",
    "MalformedXML": "The body is not the expected XML.",
    "MissingContentLength": "Send a Content-Length.",
    "NoSuchBucket": "There is no bucket of this name.",
    "NoSuchKey": "There is no object of this key.",
    "NoSuchUpload": "There is no upload of this id.",
    "NotImplemented": "This server does not support the request.",
    "PreconditionFailed": "An object with this key exists already.",
    "RequestTimeout": "The body of the request took too long to arrive.",
    "SignatureDoesNotMatch": "The signature is invalid or expired.",
}


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def error(status: int, code: str) -> Answer:
    return Answer(status, document("Error", element("Code", code) + element("Message", MESSAGES[code])))


def document(name: str, inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><{name}>{inside}</{name}>'.encode()


def element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
