"""The requirements of a deploy to Workers; all missing ones are reported at once, before the first change."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stead.model import AnyService, SourceLocation
from stead.model.worker import entry_of
from stead.model.wrangler_faults import (
    Configuration,
    binding_faults,
    environment_faults,
    names_of,
    secret_faults,
    secrets_of,
)
from stead.ops.ship.error import NotReadyError
from stead.ops.ship.workers_api import URL, Cloudflare
from stead.ops.ship.workers_wrangler import Wrangler
from stead.render.drift import differences
from stead.render.targets import generated
from stead.render.workers.context import FOLDER, WorkersContext
from stead.render.workers.order import plan
from stead.run.error import RunError
from stead.run.workerd_bindings import configuration

TOKEN = "CLOUDFLARE_API_TOKEN"  # noqa: S105 - a name
ACCOUNT = "CLOUDFLARE_ACCOUNT_ID"
BASE = "CLOUDFLARE_API_BASE_URL"  # wrangler's own name for another API, such as a stand-in
ENGINE = "docker"
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
SHORTEST_SECRET = 32
SHARED = "SERVICE_JWT_SECRET"


@dataclass(frozen=True, slots=True)
class WorkerStep:
    """One Worker of a deploy, with its settings; `addresses` are vars with the URL of a callee."""

    service: str
    worker: str
    public: bool
    vars: Mapping[str, str]
    addresses: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class WorkersPreflight:
    """What is deployed, and where.

    folder   of the backend.py
    given    what a person gives: the environment of the process, over the env file
    """

    context: WorkersContext
    folder: Path
    given: Mapping[str, str] = field(repr=False)
    version: str

    @property
    def place(self) -> Path:
        return self.folder / "deploy" / FOLDER

    @property
    def environment(self) -> str:
        return self.context.environment.name

    @property
    def cloudflare(self) -> Cloudflare:
        account = self.context.workers.account or self.given[ACCOUNT]
        return Cloudflare(account, self.given[TOKEN], self.given.get(BASE) or URL)

    @property
    def wrangler(self) -> Wrangler:
        given = {name: self.given[name] for name in (TOKEN, ACCOUNT, BASE) if self.given.get(name)}
        return Wrangler(self.place, self.environment, given)

    def steps(self) -> list[WorkerStep]:
        """Return the Workers to deploy, callees first."""
        return [self._step(each) for each in plan(self.context)["workers"]]

    def _step(self, record: Mapping[str, Any]) -> WorkerStep:
        names = [name for name in record["vars"] if name != "VERSION"]
        sources = {**record["optional_secrets"], **record["secrets"]}
        return WorkerStep(
            record["service"],
            record["worker"],
            record["public"],
            {
                "ENVIRONMENT": self.environment,
                "VERSION": self.version,
                **{name: self.given.get(name, "") for name in names},
            },
            record["addresses"],
            {name: self.given[source] for name, source in sorted(sources.items()) if self.given.get(source)},
        )

    def check(self) -> None:
        """Raise NotReadyError with all missing requirements."""
        found = list(dict.fromkeys(self.missing()))
        if found:
            title = f"{self.version or 'nothing'} is not deployed to {self.environment}:"
            raise NotReadyError("\n".join([title, *(f"  {each}" for each in found)]))

    def missing(self) -> Iterator[str]:
        """Yield each missing requirement with its remedy."""
        if not VERSION.fullmatch(self.version):
            yield f"--version {self.version!r} is not a version: letters, digits, dots, hyphens"
        yield from self._sources()
        yield from self._configurations()
        for each in differences(self.folder, generated(self.context.backend, ["workers"]), complete=False):
            if each.state != "yours":
                yield f"{each}: stead render"
        yield from self._values()
        try:
            self.wrangler.program()
        except NotReadyError as error:
            yield str(error)
        contained = [each.name for each in self.context.processes if self.context.kind_of(each) == "container"]
        if contained and not shutil.which(ENGINE):
            yield f"{ENGINE} is not installed, and wrangler builds the image of {', '.join(sorted(contained))} with it"

    def _sources(self) -> Iterator[str]:
        """Yield Workers without a source: skipping one would leave its previous version deployed."""
        for service in self.context.backend.services:
            source = self.context.workers.source_of(service)
            if source and service in self.context.processes and not (self.folder / entry_of(source)).is_file():
                where = SourceLocation(Path(service.where.file).name, service.where.line)
                yield f"the Worker of {service.name} has no {entry_of(source)} ({where}): write it"

    def _configurations(self) -> Iterator[str]:
        """Yield contradictions between a hand-written wrangler configuration and the description."""
        described: dict[AnyService, Configuration] = {}
        for service in self.context.backend.services:
            source = self.context.workers.source_of(service)
            try:
                config = configuration(self.folder / entry_of(source)) if source else None
            except RunError as error:
                yield str(error)
                continue
            described |= {service: config} if config else {}
        names = names_of(described)
        for service, config in described.items():
            faults = (
                *binding_faults(service, self.context.backend, config, names),
                *environment_faults(self.context.backend, config),
                *secret_faults(config, secrets_of(service)),
            )
            yield from (str(fault) for fault in faults if fault.environment in ("", self.environment))

    def _values(self) -> Iterator[str]:
        mend = f"set it in the environment, or in {self.place / f'.env.{self.environment}'}"
        accounts = () if self.context.workers.account else (ACCOUNT,)
        wanted = [(name, name) for name in (TOKEN, *accounts)]
        for each in plan(self.context)["workers"]:
            wanted += [(f"the var {name} of {each['service']}", name) for name in each["vars"][1:]]
            wanted += [(_secret(name, source, each["service"]), source) for name, source in each["secrets"].items()]
        for what, name in wanted:
            if not self.given.get(name):
                yield f"{what} is missing: {mend}"
        if 0 < len(self.given.get(SHARED, "").encode()) < SHORTEST_SECRET:
            yield f"{SHARED} is too short: a shared secret needs at least {SHORTEST_SECRET} bytes"


def _secret(name: str, source: str, service: str) -> str:
    return f"the secret {name} of {service}" + ("" if source == name else f", given as {source},")
