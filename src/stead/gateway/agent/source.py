"""Where key sets come from: an https: or file: URL (http: on this machine alone), read whole or not at all."""

import time
from typing import IO
from urllib.error import URLError
from urllib.parse import SplitResult, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, url2pathname

LARGEST = 1_048_576  # bytes
TIMEOUT = 5.0  # seconds, for all of it
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class NoRedirect(HTTPRedirectHandler):
    """Refuse redirects: one could lead from https: to any URL."""

    def redirect_request(self, *_: object) -> None:
        return None


def problem_of(url: str, *, inner: bool = False) -> str:
    """Return why a URL cannot be a source; empty when it can. `inner`: a service of the backend, on its own network."""
    parts = urlsplit(url)
    local = parts.scheme == "http" and (parts.hostname in LOOPBACK or bool(inner and parts.hostname))
    if local or (parts.scheme == "https" and parts.hostname) or is_file(parts):
        return ""
    return "it is neither an https: URL with a host nor a file: URL with an absolute path"


def is_file(parts: SplitResult) -> bool:
    return parts.scheme == "file" and parts.path.startswith("/") and parts.netloc in ("", "localhost")


def read(url: str, token: str = "") -> bytes:
    """Fetch the URL with the service token; OSError when it fails."""
    parts = urlsplit(url)
    if is_file(parts):
        with open(url2pathname(parts.path), "rb") as file:  # noqa: PTH123 - a mapped path, read at most once
            return _bounded(file, time.monotonic() + TIMEOUT)
    shown = {"accept": "application/json"} | ({"x-service-token": f"Bearer {token}"} if token else {})
    request = Request(url, headers=shown)  # noqa: S310 - problem_of() judged the scheme
    with build_opener(NoRedirect()).open(request, timeout=TIMEOUT) as answer:
        return _bounded(answer, time.monotonic() + TIMEOUT)


def _bounded(stream: IO[bytes], deadline: float) -> bytes:
    found = b""
    while piece := stream.read(65_536):
        found += piece
        if len(found) > LARGEST:
            raise URLError(f"it is larger than {LARGEST} bytes")
        if time.monotonic() > deadline:
            raise URLError(f"it took longer than {TIMEOUT:g} s")
    return found
