"""S3 over HTTP/1.1: reads requests, answers them, lets a page in a browser ask from any origin.

A signed URL carries its own permission and no cookie, so any origin may use one.
"""

import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import ClassVar

from stead.run.s3.answer import NUMBER, Answer, error
from stead.run.s3.signature import Signed

LARGEST = 256 * 1024 * 1024  # bytes of a request; a larger object comes in parts
IDLE = 60  # seconds
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, POST, DELETE",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Expose-Headers": "ETag",
}


class S3Handler(BaseHTTPRequestHandler):
    """One connection; `handler_of` says who answers."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE
    answer: ClassVar[Callable[[Signed], Answer]]

    def _request(self) -> None:
        headers = {name.lower(): text for name, text in self.headers.items()}
        length = headers.get("content-length", "" if "transfer-encoding" in headers else "0")
        if not NUMBER.fullmatch(length):
            self._refuse(error(411, "MissingContentLength"))
        elif int(length) > LARGEST:
            self._refuse(error(400, "EntityTooLarge"))
        else:
            self._take(int(length), headers)

    def _take(self, length: int, headers: dict[str, str]) -> None:
        """Answer a request whose body has this length; one that is not all there writes nothing."""
        try:
            body = self.rfile.read(length)
        except TimeoutError:
            self._refuse(error(400, "RequestTimeout"))
            return
        if len(body) < length:
            self._refuse(error(400, "IncompleteBody"))
            return
        path, _, query = self.path.partition("?")
        self._send(self._answer(Signed(self.command, path, query, headers, body)))

    def _answer(self, request: Signed) -> Answer:
        try:
            return type(self).answer(request)
        except OSError as failed:  # such as a full disk
            sys.stderr.write(f"{request.method} {request.path}: {failed}\n")
            return error(500, "InternalError")

    def _refuse(self, refusal: Answer) -> None:
        self.close_connection = True  # the body was not read
        self._send(refusal)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        for name, text in {**CORS, **answer.headers}.items():
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def do_OPTIONS(self) -> None:
        self._send(Answer(204))

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _request  # noqa: N815 - the standard library's names

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: a signed URL is a secret."""


def handler_of(answer: Callable[[Signed], Answer]) -> type[S3Handler]:
    """Return the handler that asks `answer`."""
    return type("Handler", (S3Handler,), {"answer": staticmethod(answer)})
