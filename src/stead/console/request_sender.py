"""Sends one request to the backend that runs, as a user, as a service, or as nobody, and returns the answer.

The credential is made here and leaves only towards the backend: what is shown of an answer has neither it nor any
secret of this backend. A request begins a trace of its own, by which its spans and log lines are found.
"""

import http.client
import re
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import msgspec

from stead.console.config import Graph, Node, Users
from stead.console.http_message import BadRequest
from stead.console.request_form import VARIABLE
from stead.kit.log import clean
from stead.run.state_directory import Folder

if TYPE_CHECKING:
    from stead.run.secrets import Secrets

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
TIMEOUT = 30.0  # seconds of one request
LONGEST = 262_144  # bytes of an answer that are shown
CHOSEN = frozenset({"authorization", "cookie", "x-service-token"})  # headers that follow from the choice of the caller
SET = frozenset({"host", "content-length", "transfer-encoding", "connection", "traceparent", "idempotency-key"})
PATH = re.compile(r"/[!-~]*")
KEY = re.compile(r"[!-~]{0,255}")
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
HIDDEN = "•••"
MASKED = frozenset({"set-cookie", "authorization", "x-service-token"})  # headers of a response


class Attempt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request as a person chose it.

    path       with its query
    identity   who asks: a user with these roles, through the gateway; the service `caller`, of the service itself;
               nobody, through the gateway; or nobody, of the service itself
    key        the Idempotency-Key; none when it is empty
    """

    service: str
    method: str
    path: str
    identity: Literal["user", "service", "nobody", "nobody-direct"] = "nobody"
    user: str = ""
    roles: tuple[str, ...] = ()
    caller: str = ""
    key: str = ""
    headers: dict[str, str] = {}
    body: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What came back; `duration` in microseconds, `error` instead of a status when nothing did."""

    trace: str
    url: str
    status: int = 0
    duration: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    cut: bool = False
    error: str = ""


class RequestSender:
    """Makes and sends the requests of one backend."""

    def __init__(self, description: Path, environment: str) -> None:
        self._description, self._environment = description, environment

    def send(self, attempt: Attempt, graph: Graph, urls: Mapping[str, str]) -> Answer:
        """Send a request; BadRequest when it is none that can be sent. `urls` has the address of each process."""
        from stead.run.secrets import Secrets  # with its cryptography, only once somebody sends a request

        node = next((each for each in graph.nodes if each.name == attempt.service and each.kind == "service"), None)
        if node is None:
            raise BadRequest(f"there is no service {attempt.service[:60]!r}")
        _check(attempt)
        name = node.name if attempt.identity in ("service", "nobody-direct") else _gateway(graph, attempt)
        if not urls.get(name):
            raise BadRequest(f"{name} has no address: it does not run. Start it first: stead start {name}")
        known = Secrets(Folder(self._description), read_only=True)
        trace, span = secrets.token_hex(16), secrets.token_hex(8)
        headers = _headers(attempt) | {"traceparent": f"00-{trace}-{span}-01"}
        headers |= self._credential(attempt, graph, node, known)
        tokens = [value.removeprefix("Bearer ") for value in headers.values() if value.startswith("Bearer ")]
        return _masked(_exchange(attempt, urls[name], headers, trace), [*known.all(), *tokens])

    def _credential(self, attempt: Attempt, graph: Graph, node: Node, known: "Secrets") -> dict[str, str]:
        if attempt.identity == "user":
            return {"authorization": f"Bearer {self._user_token(attempt, graph.users)}"}
        if attempt.identity == "service":
            return {"x-service-token": f"Bearer {self._service_token(attempt, graph, node, known)}"}
        return {}

    def _user_token(self, attempt: Attempt, users: Users | None) -> str:
        from stead.run.identity import Identity  # as above

        if users is None:
            raise BadRequest("this backend has no identity provider for which Stead can create tokens")
        if not attempt.user:
            raise BadRequest("user is missing: the id of the user who sends the request, such as ann")
        claims: dict[str, Any] = {"aud": users.audience} if users.audience else {}
        identity = Identity(Folder(self._description))
        return identity.token(attempt.user, attempt.roles, roles_claim=users.roles_claim, **claims)

    def _service_token(self, attempt: Attempt, graph: Graph, node: Node, known: "Secrets") -> str:
        from stead.kit.caller import mint  # as above
        from stead.kit.key import signing_key
        from stead.run.resolve import SHARED, Inputs

        if all(attempt.caller != each.name for each in graph.nodes):
            raise BadRequest(f"there is no service {attempt.caller[:60]!r} that could ask")
        given = Inputs.beside(self._description, self._environment).find(SHARED)
        key = signing_key(given[0] if given else known.signing_key(attempt.caller))
        operation = _operation_of(node, attempt)
        return mint(key, attempt.caller, node.name, {operation} if operation else (), now=time.time())


def _gateway(graph: Graph, attempt: Attempt) -> str:
    found = next((each.name for each in graph.nodes if each.kind == "gateway"), "")
    if not found:
        raise BadRequest(
            f"there is no gateway that knows users: ask {attempt.service} itself, as a service or without credentials"
        )
    return found


def _operation_of(node: Node, attempt: Attempt) -> str:
    """Return the operation that the asked route needs; nothing when no route has that path."""
    path = attempt.path.partition("?")[0]
    for route in node.routes:
        pattern = "[^/]+".join(re.escape(text) for text in VARIABLE.sub("\0", route.path).split("\0"))
        if route.method in (attempt.method, "ANY") and re.fullmatch(pattern, path):
            return route.operation
    return ""


def _check(attempt: Attempt) -> None:
    if attempt.method not in METHODS:
        raise BadRequest(f"there is no method {attempt.method[:20]!r}; there are {', '.join(METHODS)}")
    if not PATH.fullmatch(attempt.path):
        raise BadRequest("path is not a path: it begins with / and has no spaces; write others as %20")
    if not KEY.fullmatch(attempt.key):
        raise BadRequest("key is not an Idempotency-Key: 1 to 255 visible ASCII characters without spaces")
    for name, value in attempt.headers.items():
        if name.lower() in CHOSEN:
            raise BadRequest(f"{name} cannot be entered: choose the sender, which sets it")
        if not HEADER.fullmatch(name) or not value.isprintable() or name.lower() in SET:
            raise BadRequest(f"the header {name[:60]!r} cannot be sent")


def _headers(attempt: Attempt) -> dict[str, str]:
    found = {name.lower(): value for name, value in attempt.headers.items()}
    if attempt.body:
        found.setdefault("content-type", "application/json")
    if attempt.key:
        found["idempotency-key"] = attempt.key
    return {"user-agent": "stead-console", "accept": "application/json, */*"} | found


def _exchange(attempt: Attempt, url: str, headers: Mapping[str, str], trace: str) -> Answer:
    begun = time.monotonic()
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=TIMEOUT)
    try:
        encoded = {name: value.encode() for name, value in headers.items()}
        connection.request(attempt.method, attempt.path, attempt.body.encode() or None, encoded)
        answer = connection.getresponse()
        body = answer.read(LONGEST + 1)
        took = int((time.monotonic() - begun) * 1e6)
        text = body[:LONGEST].decode(errors="replace")
        fields = tuple((name.lower(), value) for name, value in answer.getheaders())
        return Answer(trace, url + attempt.path, answer.status, took, fields, text, len(body) > LONGEST)
    except (OSError, http.client.HTTPException) as error:
        took = int((time.monotonic() - begun) * 1e6)
        return Answer(
            trace, url + attempt.path, duration=took, error=f"{url} did not answer: {error or type(error).__name__}"
        )
    finally:
        connection.close()


def _masked(answer: Answer, hidden: list[str]) -> Answer:
    """Take out what must not be shown, in a header as in a body."""

    def mask(text: str) -> str:
        for secret in filter(None, hidden):
            text = text.replace(secret, HIDDEN)
        return clean(text)

    headers = tuple((name, HIDDEN if name in MASKED else mask(value)) for name, value in answer.headers)
    return msgspec.structs.replace(answer, headers=headers, body=mask(answer.body), error=mask(answer.error))


def shown(attempt: Attempt, answer: Answer, number: int, at: int) -> dict[str, Any]:
    """Return what the list of sent requests shows of one."""
    return {
        "id": number,
        "time": at,
        "attempt": attempt,
        "trace": answer.trace,
        "status": answer.status,
        "duration": answer.duration,
        "error": answer.error,
    }
