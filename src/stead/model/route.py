"""Route: a path with its permitted callers and operation.

The gateway admits what is `public` or `user`; a `service` route is never reachable from outside. The service itself
checks every request against the same routes: an undeclared path gets 404, even if a handler exists.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from stead.model.sequences import as_tuple
from stead.model.source_location import SourceLocation, here

Access = Literal["public", "user", "service"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "ANY"]
DEADLINE = 2.0  # seconds that a caller waits for an answer, unless a route has its own timeout
READS = frozenset({"GET"})
SILENCE = 300.0  # seconds without a byte after which a stream is closed, unless a route has its own timeout
SIZE = re.compile(r"(\d+)\s*(kB|MB|GB|KiB|MiB|GiB)?")
UNITS = {"": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


@dataclass(frozen=True, eq=False)
class Route:
    """One method on one path, and who may call it. Usually made by `Route.public`, `Route.user` or `Route.service`.

    method      an HTTP method, or `ANY`
    path        the absolute path; a segment `{name}` stands for any one segment, and `{name:path}` at the end for all
                that is left: it takes what no other route has
    access      `public`: everyone through the gateway; `user`: a signed-in user; `service`: a service with a `Call`
    operation   of a service route: the operation that a `Call` must name
    roles       of a user route: the user needs one of them; without roles every signed-in user may call it
    scope       of a user route: the scope that an API token needs. Without one it is `<collection>:read` or `:write`;
                None refuses API tokens
    timeout     seconds that the gateway waits for the answer; of a stream, the seconds without a byte after which it is
                closed (300, unless it is said)
    body        how large a body may be, in bytes or as `50MiB`; without one it is 1 MiB. A larger one is not buffered
    streams     the answer is a stream without an end: server-sent events, a long poll, a download
    websocket   the route takes WebSockets, and no other request
    grpc        the route is a gRPC method: `POST` on `/package.Service/Method`, HTTP/2 all the way. A method that
                streams, on either side, says `streams` as well
    credential  of a public route: the service gets the client's `Authorization` and cookies; a session's refresh does.
                Everywhere else the gateway strips them, since a service could act with them
    """

    method: Method
    path: str
    access: Access
    operation: str = ""
    roles: tuple[str, ...] = ()
    scope: str | None = ""
    timeout: float = DEADLINE
    credential: bool = False
    body: str | int | None = None
    streams: bool = False
    websocket: bool = False
    grpc: bool = False
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", as_tuple(self.roles))
        if self.scope == "" and self.access == "user":
            object.__setattr__(self, "scope", self._usual_scope())

    @classmethod
    def public(
        cls,
        method: Method,
        path: str,
        *,
        timeout: float = DEADLINE,
        credential: bool = False,
        body: str | int | None = None,
        streams: bool = False,
        websocket: bool = False,
        grpc: bool = False,
    ) -> "Route":
        """Create a route for everyone, through the gateway."""
        return cls(
            method,
            path,
            "public",
            timeout=timeout,
            credential=credential,
            body=body,
            streams=streams,
            websocket=websocket,
            grpc=grpc,
        )

    @classmethod
    def user(
        cls,
        method: Method,
        path: str,
        *,
        roles: tuple[str, ...] = (),
        scope: str | None = "",
        timeout: float = DEADLINE,
        body: str | int | None = None,
        streams: bool = False,
        websocket: bool = False,
        grpc: bool = False,
    ) -> "Route":
        """A signed-in user, through the gateway."""
        return cls(
            method,
            path,
            "user",
            roles=roles,
            scope=scope,
            timeout=timeout,
            body=body,
            streams=streams,
            websocket=websocket,
            grpc=grpc,
        )

    @classmethod
    def service(
        cls,
        method: Method,
        path: str,
        operation: str,
        *,
        timeout: float = DEADLINE,
        body: str | int | None = None,
        streams: bool = False,
        websocket: bool = False,
        grpc: bool = False,
    ) -> "Route":
        """A service whose description declares a call for this operation."""
        return cls(
            method,
            path,
            "service",
            operation=operation,
            timeout=timeout,
            body=body,
            streams=streams,
            websocket=websocket,
            grpc=grpc,
        )

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path[1:].split("/"))

    @property
    def is_wildcard(self) -> bool:
        return is_wildcard(self.segments[-1])

    @property
    def max_body(self) -> int | None:
        """The largest body in bytes; None for the default limit. ValueError when the description's is malformed."""
        return None if self.body is None else size(self.body)

    def overlaps(self, other: "Route") -> bool:
        """Return whether a request can match both; a wildcard matches only paths of no other route."""
        if self.is_wildcard or other.is_wildcard:
            return self._same_wildcard(other)
        if len(self.segments) != len(other.segments):
            return False
        if self.method != other.method and "ANY" not in (self.method, other.method):
            return False
        return all(_overlap(one, two) for one, two in zip(self.segments, other.segments, strict=True))

    def _same_wildcard(self, other: "Route") -> bool:
        same_method = self.method == other.method or "ANY" in (self.method, other.method)
        both = self.is_wildcard and other.is_wildcard and len(self.segments) == len(other.segments)
        return same_method and both and all(map(_overlap, self.segments[:-1], other.segments[:-1]))

    def _usual_scope(self) -> str:
        plain = [part for part in self.segments if part and not is_variable(part) and not is_wildcard(part)]
        named = [part for part in plain if not _is_version(part)]
        return f"{named[0] if named else 'all'}:{'read' if self.method in READS else 'write'}"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def is_variable(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}") and not is_wildcard(segment)


def is_wildcard(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith(":path}")


def size(given: str | int) -> int:
    """Parse a number of bytes: `1048576`, `"500kB"`, `"50MiB"`; ValueError when it is malformed."""
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    found = SIZE.fullmatch(str(given).strip())
    if found is None:
        raise ValueError(f"{given!r} is not a size")
    return int(found[1]) * UNITS[found[2] or ""]


def _overlap(one: str, two: str) -> bool:
    return one == two or is_variable(one) or is_variable(two)


def _is_version(segment: str) -> bool:
    return segment[:1] == "v" and segment[1:].isdigit()
