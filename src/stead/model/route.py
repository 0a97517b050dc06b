"""Route: a path that may be asked for, by whom, and for what.

The gateway lets in what is `public` or `user`; a `service` route is never reachable from outside. The service itself
holds every request against the same routes: a path that no route declares does not exist, even when some handler
answers it.
"""

from dataclasses import dataclass, field
from typing import Literal

from stead.model.sequences import as_tuple
from stead.model.source_location import SourceLocation, here

Access = Literal["public", "user", "service"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "ANY"]
DEADLINE = 2.0  # seconds that anyone waits for an answer, unless a route says otherwise
READS = frozenset({"GET"})


@dataclass(frozen=True, eq=False)
class Route:
    """One method on one path, and who may call it. Usually made by `Route.public`, `Route.user` or `Route.service`.

    method      an HTTP method, or `ANY`
    path        the absolute path; a segment `{name}` stands for any one segment
    access      `public`: everyone through the gateway; `user`: a signed-in user; `service`: a service with a `Call`
    operation   of a service route: the operation that a `Call` must name
    roles       of a user route: the user needs one of them; without roles every signed-in user may call it
    scope       of a user route: the scope that an API token needs. Without one it is `<collection>:read` or `:write`;
                None refuses API tokens
    timeout     seconds that the gateway waits for the answer
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
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", as_tuple(self.roles))
        if self.scope == "" and self.access == "user":
            object.__setattr__(self, "scope", self._usual_scope())

    @classmethod
    def public(cls, method: Method, path: str, *, timeout: float = DEADLINE, credential: bool = False) -> "Route":
        """Anyone on the internet, through the gateway."""
        return cls(method, path, "public", timeout=timeout, credential=credential)

    @classmethod
    def user(
        cls,
        method: Method,
        path: str,
        *,
        roles: tuple[str, ...] = (),
        scope: str | None = "",
        timeout: float = DEADLINE,
    ) -> "Route":
        """A signed-in user, through the gateway."""
        return cls(method, path, "user", roles=roles, scope=scope, timeout=timeout)

    @classmethod
    def service(cls, method: Method, path: str, operation: str) -> "Route":
        """A service whose description declares a call for this operation."""
        return cls(method, path, "service", operation=operation)

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path.strip("/").split("/"))

    def overlaps(self, other: "Route") -> bool:
        """Tell whether one request could be meant for both."""
        if len(self.segments) != len(other.segments):
            return False
        if self.method != other.method and "ANY" not in (self.method, other.method):
            return False
        return all(_meet(one, two) for one, two in zip(self.segments, other.segments, strict=True))

    def _usual_scope(self) -> str:
        named = [part for part in self.segments if not is_variable(part) and not _is_version(part)]
        return f"{named[0] if named else 'all'}:{'read' if self.method in READS else 'write'}"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def is_variable(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")


def _meet(one: str, two: str) -> bool:
    return one == two or is_variable(one) or is_variable(two)


def _is_version(segment: str) -> bool:
    return segment[:1] == "v" and segment[1:].isdigit()
