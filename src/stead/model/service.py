"""Service: one process: an ASGI app, a command in any language, a pinned image, a Worker, or static files."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic

from stead.model.build import Build, as_build
from stead.model.call import Call
from stead.model.command_port import command_port
from stead.model.external import External
from stead.model.health import Health
from stead.model.limits import Limits
from stead.model.need import Needing
from stead.model.request_limits import RequestLimits
from stead.model.resource import Resource
from stead.model.route import Route
from stead.model.sequences import as_tuple
from stead.model.setting import Setting, Settings
from stead.model.source_location import SourceLocation, here
from stead.model.static_files import APP, as_folder, default_routes
from stead.model.worker import folder_of

if TYPE_CHECKING:  # the default of a type variable is in the standard library from 3.13 only
    from typing_extensions import TypeVar

    Op = TypeVar("Op", bound=str, default=str)
else:
    from typing import TypeVar

    Op = TypeVar("Op", bound=str)


USUAL_PORT = "PORT"


@dataclass(frozen=True, eq=False)
class Service(Needing, Generic[Op]):
    """One process of a backend. Exactly one of `app`, `command`, `image`, `build`, `worker` and `static` says how it
    starts; a `command` beside an image replaces its entrypoint, and beside a `build` it starts the program on this
    machine.

    name       a DNS label; the host name, the token's subject, the metric's label
    app        `module:callable`: an ASGI or WSGI app, or a factory that is called without arguments; what is not made
               with the kit is wrapped, so that its routes, callers and health are held alike
    command    a program in any language: one string, or the argument list. It listens on `PORT` of the loopback
    image      a container image by digest; it runs only where there is a container engine
    build      a Dockerfile of your own: its folder, or a `Build`; the image is started as the Dockerfile says
    args       what the entrypoint of an image or of a build is given, in place of what the image says
    worker     a Cloudflare Worker in TypeScript or JavaScript: its folder, whose entry is index.ts below src, or the
               entry itself; relative to the backend.py
    static     a front end: the folder of static files that its build writes, with an index.html; relative to the
               backend.py. An app of the kit serves it; without routes, `GET /` and `GET /{path:path}` are public
    settings   a `Settings` class, or a list of `Setting`
    needs      resources that Stead makes, and what runs elsewhere (`External`); each is found in its setting
    calls      the calls that it may make to other services
    routes     the paths that it serves, each with who may call it
    health     what `/health` answers, and on what it depends
    contract   on the shelf: which service this is, whatever its name
    values     values of settings that are the same in every environment; never a secret
    holds      secrets that it returns by name; a caller names those that it reads: `may("read", keys=[...])`
    addresses  by contract, the setting that holds the URL of a callee, where it is not derived from the callee's name
    folder     where a command runs; relative to the backend.py
    port       the setting in which a program finds the port to listen on; a number for one that listens on that port
               whatever it is told, which is also read from a command that names it, `gunicorn -b 0.0.0.0:80`; None for
               a worker, which listens nowhere and is healthy as long as it runs
    replicas   how many of it run at once where a target can run several; on one machine it is one
    limits     the most CPU, memory and processes that one replica may use
    request_limits  how large a request may be: its body and its headers
    egress     what it reaches outside of the backend, each as `host:port`; Compose lets a program out to these hosts, a
               cluster to the addresses that `Kubernetes(egress=…)` says for these ports, and what a target does not
               hold is in its report
    secret_files  whether a program reads each secret from the file that `<NAME>_FILE` names, where its target has one,
               as images of databases do; what is made with the kit reads both
    signs      a program that signs its calls by itself, as the protocol says: it is given `SERVICE_JWT_SECRET`, and its
               proxy passes its token on. By default the proxy signs, and the program holds no key
    seed       a command that fills it with data to try it with: `stead seed` runs it on this machine, in the service's
               environment and its folder; no other target has it
    invariants `module:function`, called with a URL of the service's database: it returns a report with `clean`, which
               is True when every invariant holds; the report's text names those that do not
    """

    name: str
    app: str = ""
    command: str | Sequence[str] = ()
    image: str = ""
    build: str | Path | Build | None = None
    args: str | Sequence[str] = ()
    settings: type[Settings] | Sequence[Setting] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    needs: Sequence[Resource | External] = ()
    calls: Sequence[Call] = ()
    routes: Sequence[Route] = ()
    health: Health = field(default_factory=Health)
    contract: str = ""
    holds: Sequence[Setting] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    folder: str | Path = "."
    port: str | int | None = USUAL_PORT
    replicas: int = 1
    limits: Limits = field(default_factory=Limits)
    invariants: str = ""
    request_limits: RequestLimits = field(default_factory=RequestLimits)
    worker: str | Path = ""
    static: str | Path = ""
    seed: str | Sequence[str] = ()
    egress: Sequence[str] = ()
    secret_files: bool = False
    signs: bool = False
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        for name in ("needs", "calls", "routes", "holds", "egress"):
            object.__setattr__(self, name, as_tuple(getattr(self, name)))
        for name in ("command", "args", "seed"):
            given = getattr(self, name)
            object.__setattr__(self, name, tuple(shlex.split(given) if isinstance(given, str) else given))
        if self.command and self.port == USUAL_PORT:
            object.__setattr__(self, "port", command_port(tuple(self.command)) or USUAL_PORT)
        object.__setattr__(self, "build", as_build(self.build))
        if self.worker and isinstance(self.worker, (str, Path)):
            object.__setattr__(self, "folder", folder_of(self.worker))
        if self.static and isinstance(self.static, (str, Path)):
            self._serve_static(as_folder(self.static))
        if not isinstance(self.settings, type):
            object.__setattr__(self, "settings", tuple(self.settings))

    def _serve_static(self, folder: str) -> None:
        """Use the kit's app for a folder of static files, if the service has no other start."""
        object.__setattr__(self, "static", folder)
        if not (self.app or self.command or self.image or self.build or self.worker):
            object.__setattr__(self, "app", APP)
        if not self.routes:
            object.__setattr__(self, "routes", default_routes(self.where))

    @property
    def is_worker(self) -> bool:
        """Return whether it is a worker, which does not listen."""
        return self.port is None

    @property
    def build_spec(self) -> Build | None:
        """The build from the project's Dockerfile, or None."""
        return as_build(self.build)

    @property
    def declared(self) -> tuple[Setting, ...]:
        """The settings that the service itself declares, without those that Stead derives."""
        own = self.settings.declared() if isinstance(self.settings, type) else self.settings
        return (*own, *self.holds)

    @property
    def keys(self) -> frozenset[str]:
        """The keys to which a call's operations can be limited."""
        return frozenset(setting.name for setting in self.holds)

    @property
    def operations(self) -> frozenset[str]:
        """The operations of this service."""
        return frozenset(route.operation for route in self.routes if route.operation)

    def may(self, *operations: Op, keys: Sequence[str] = ()) -> Call:
        """Return the call to this service for these operations, to be put among the caller's `calls`."""
        return Call(self, operations, as_tuple(keys))

    def __str__(self) -> str:
        return self.name


AnyService = Service[Any]
