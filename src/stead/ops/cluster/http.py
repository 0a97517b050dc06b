"""Requests of a Job to Vault or to the API server: JSON in, JSON out; errors hold the server's message."""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from stead.model import SteadError

SECONDS = 10
JSON = "application/json"


class RefusedError(SteadError):
    """A server refused a request, or did not answer. `status` is 0 without an answer."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Server:
    """A server's address, the headers of each request, and the trusted certificates.

    name  the server in messages
    """

    name: str
    address: str
    headers: Mapping[str, str]
    trust: ssl.SSLContext | None = None

    def ask(self, method: str, path: str, body: Any = None, content: str = JSON) -> Any:
        """Return the answer's JSON, or None. RefusedError holds the server's message."""
        data = None if body is None else json.dumps(body).encode()
        headers = {**self.headers, "Content-Type": content, "Accept": JSON}
        request = Request(f"{self.address.rstrip('/')}{path}", data, headers, method=method)  # noqa: S310 - as described
        try:
            with urlopen(request, timeout=SECONDS, context=self.trust) as answer:  # noqa: S310 - as described
                text = answer.read()
        except HTTPError as error:
            raise self._refused(method, path, error.code, error.read()) from error
        except (URLError, TimeoutError, ConnectionError) as error:
            reason = getattr(error, "reason", None) or error
            raise RefusedError(f"{self.name} at {self.address} does not answer: {reason}", 0) from error
        return json.loads(text) if text else None

    def _refused(self, method: str, path: str, status: int, body: bytes) -> RefusedError:
        try:
            data = json.loads(body)
        except ValueError:
            data = {}
        words = (
            data.get("message") or "; ".join(map(str, data.get("errors", ()))) or body[:200].decode(errors="replace")
        )
        return RefusedError(f"{self.name} refused {method} {path} with {status}: {words or 'without a reason'}", status)
