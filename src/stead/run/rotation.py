"""Rotate the secrets of a backend while it runs, in three phases between which every request is answered.

add     the next value is taken beside the one that is used
move    anyone who shows the value shows the next one
end     the value before is taken no more

Processes see a change within a second, by `stead.kit.live_setting`; the gateway's agent is started again, beside which
the gateway goes on. PostgreSQL holds one password for a role: connections that are open stay, and the next one is made
with the new password. A secret that a partner holds has no `end` here: the partner moves in its own time, and
`stead secret rotate NAME --end` follows.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

from stead.kit.key import new_private_key
from stead.kit.live_setting import LOOK
from stead.model import Backend, Dev, Gateway, Process, Resource, Service, SourceLocation
from stead.model.resource_form import form_of
from stead.model.wiring import KEYRING, PRIVATE_KEY
from stead.run.error import RunError
from stead.run.fixed_secrets import STAYS, fixed_secrets
from stead.run.log_file import Redaction
from stead.run.process_specs import ProcessSpecs
from stead.run.secrets import made
from stead.run.supervised_process import SupervisedProcess

T = TypeVar("T")
AGAIN = 30.0  # seconds until the gateway's agent is back
NOTICED = LOOK + 0.5  # seconds until every process has looked


class Run(Protocol):
    """A run, as far as its secrets concern it."""

    plans: ProcessSpecs
    processes: dict[str, SupervisedProcess]
    redact: Redaction
    backend: Backend


class Rotation(Protocol):
    """One secret that is rotated.

    name        what a person calls it
    done        what became of it
    is_rotated  whether its earlier value is beside it: a rotation was interrupted, or a partner has not moved yet
    check       raises RunError where it cannot be rotated now
    """

    @property
    def name(self) -> str: ...
    @property
    def done(self) -> str: ...
    @property
    def is_rotated(self) -> bool: ...
    def check(self) -> None: ...
    async def add(self) -> None: ...
    async def move(self) -> None: ...
    async def end(self) -> None: ...


async def rotate(run: Run, names: Sequence[str]) -> list[str]:
    """Rotate the secrets of these names, all where none is named; what was interrupted is brought to its end first."""
    known = {each.name: each for each in _rotations(run)}
    chosen = _chosen(known, names)
    for each in chosen:
        each.check()
    if interrupted := [each for each in chosen if each.is_rotated]:
        await _go_through(run, interrupted, ("move", "end"))  # a callee takes two keys, and a next one were a third
    await _go_through(run, chosen, ("add", "move", "end"))
    stay = [] if names else [f"{name}: {STAYS}" for name in fixed_secrets(run.plans.settings, known)]
    return [*(f"{each.name}: {each.done}" for each in chosen), *stay]


async def _go_through(run: Run, chosen: Sequence[Rotation], phases: Sequence[str]) -> None:
    for phase in phases:
        for each in chosen:
            await getattr(each, phase)()
        _renew(run)
        await asyncio.sleep(NOTICED)


async def end(run: Run, names: Sequence[str]) -> list[str]:
    """End the earlier value of secrets that partners hold."""
    secrets = {each.name: each for each in _rotations(run) if isinstance(each, PartnerSecret)}
    chosen = _chosen({name: each for name, each in secrets.items() if each.is_rotated}, names)
    for each in chosen:
        each.forget()
    _renew(run)
    await asyncio.sleep(NOTICED)
    return [f"{each.name}: the earlier value is not accepted any more" for each in chosen]


def _chosen(known: dict[str, T], names: Sequence[str]) -> list[T]:
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        raise RunError(f"{', '.join(unknown) or 'nothing'} can be rotated here; there are {', '.join(known) or 'none'}")
    return [known[name] for name in names or known]


def _rotations(run: Run) -> Iterator[Rotation]:
    plans = run.plans
    shared = plans.resolver.inputs.find(PRIVATE_KEY.name)
    for process in plans.running() if not shared else ():
        made_here = {each.setting.name for each in plans.settings.given[process.name] if each.source == "generated"}
        callees = [call.callee for call in process.calls]
        if PRIVATE_KEY.name in made_here and all(_looks(plans, each) for each in (process, *callees)):
            yield SigningKey(run, process)
    resources = {given.resource: None for each in plans.settings.given.values() for given in each if given.resource}
    for resource in resources:
        if resource.kind == "postgres" and all(_is_live(each) for each in _users(plans, resource)):
            yield Password(run, resource)
    takers: dict[str, list[Process]] = {}
    for process in plans.running():
        for given in plans.settings.given[process.name]:
            if given.setting.dev is Dev.WEBHOOK_SECRET and given.source == "generated":
                takers.setdefault(given.setting.name, []).append(process)
    yield from (PartnerSecret(run, name) for name, each in takers.items() if all(map(_is_live, each)))


def _looks(plans: ProcessSpecs, process: object) -> bool:
    """Return whether a process sees another key while it runs: an app, or Envoy's agent; no program, and no Worker."""
    if isinstance(process, Gateway):
        return plans.worker_gateway() is None
    behind_proxy = {*plans.programs.inner, *(caller for caller, _ in plans.programs.calls)}
    return isinstance(process, Service) and bool(process.app) and process.name not in behind_proxy


def _is_live(process: Process) -> bool:
    """Return whether a process looks at its settings while it runs: one of the shelf, whose code is known."""
    return isinstance(process, Service) and process.app.startswith("stead.")


def _users(plans: ProcessSpecs, resource: Resource) -> list[Process]:
    return [
        each for each in plans.running() if any(given.resource is resource for given in plans.settings.given[each.name])
    ]


def _renew(run: Run) -> None:
    """Let a process that is started from now on have the new values, and keep them out of the logs."""
    run.plans.settings.renew()
    run.redact.add(run.plans.secrets_given())


def _put(run: Run, process: str, setting: str, text: str) -> None:
    """Give a process that runs the newer text of a setting."""
    folder = run.plans.settings.rotated / process
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    run.redact.add(run.plans.secrets.all())  # before the process has it, and may write it to its log
    run.plans.folder.write_private(f"{folder.relative_to(run.plans.folder.path)}/{setting}", text)


def _put_again(run: Run, setting: str, processes: Sequence[str] = ()) -> None:
    """Give every process that has a setting what it says now, or these processes alone."""
    run.plans.settings.renew()
    for name, each in run.plans.settings.given.items():
        for given in each:
            if given.setting.name == setting and given.text and (not processes or name in processes):
                _put(run, name, setting, given.text)


@dataclass(frozen=True)
class SigningKey:
    """The key with which a process signs its calls: its callees take two."""

    run: Run
    process: Process
    done = "its callees took both keys, it signs with the new one, and the old one is not accepted any more"

    @property
    def name(self) -> str:
        return f"{self.process.name}.{PRIVATE_KEY.name}"

    @property
    def _key(self) -> str:
        return f"key:{self.process.name}"

    @property
    def is_rotated(self) -> bool:
        return self.run.plans.secrets.is_rotated(self._key)

    def check(self) -> None:
        """Nothing: it can be rotated at any time."""

    async def add(self) -> None:
        self.run.plans.secrets.add(self._key, new_private_key(self.process.name))
        _put_again(self.run, KEYRING.name)

    async def move(self) -> None:
        self.run.plans.secrets.move(self._key)
        _put_again(self.run, PRIVATE_KEY.name, [self.process.name])
        if isinstance(self.process, Gateway):
            await self._start_agent_again(self.process)

    async def _start_agent_again(self, gateway: Gateway) -> None:
        """Start the agent with the new key; the gateway goes on with the tokens that are there."""
        plans = self.run.plans
        edge = plans.edge(gateway)
        healthy = partial(plans.reached, edge.agent, "healthy")
        self.run.processes[edge.agent].plan = next(edge.plans(healthy))
        await self.run.processes[edge.agent].restart()
        status = plans.board.statuses[edge.agent]
        try:
            async with asyncio.timeout(AGAIN):
                while status.state != "healthy":
                    await plans.board.changed()
        except TimeoutError:
            mend = f"stead logs {edge.agent}, and then: stead secret rotate {self.name}"
            raise RunError(f"{edge.agent} is {status.state} with the new key of {gateway.name}: {mend}") from None

    async def end(self) -> None:
        self.run.plans.secrets.end(self._key)
        _put_again(self.run, KEYRING.name)


@dataclass(frozen=True)
class Password:
    """The password of a database's role: one at a time, which only a new connection shows."""

    run: Run
    resource: Resource
    done = "open connections remain, and new ones use the new password"

    @property
    def name(self) -> str:
        return f"{_users(self.run.plans, self.resource)[0].name}.{self.resource.setting}"

    @property
    def _key(self) -> str:
        return f"{self.resource.kind}:{self.run.plans.resources.resource_name(self.resource)}"

    @property
    def is_rotated(self) -> bool:
        return self.run.plans.secrets.is_rotated(self._key)

    def check(self) -> None:
        """Nothing: it can be rotated at any time."""

    async def add(self) -> None:
        self.run.plans.secrets.add(self._key, made(Dev.RANDOM)())

    async def move(self) -> None:
        """Tell the processes first: one that connects meanwhile tries again, and then both sides agree."""
        plans = self.run.plans
        plans.secrets.move(self._key)
        part = plans.resources.resource_name(self.resource)
        url = _with_password(plans.resources.url(self.resource), plans.secrets.password(self.resource.kind, part))
        for process in _users(plans, self.resource):
            for setting, form in self.resource.forms:
                _put(self.run, process.name, setting, form_of(self.resource.kind, url, form))
        await plans.resources.renew(self.resource)

    async def end(self) -> None:
        self.run.plans.secrets.end(self._key)


def _with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    user, host = parts.username or "", parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))


@dataclass(frozen=True)
class PartnerSecret:
    """A secret that a partner shows, such as that of a webhook: both values are taken until the earlier is ended."""

    run: Run
    name: str

    @property
    def done(self) -> str:
        return f"both values are accepted; when the partner has the new one: stead secret rotate {self.name} --end"

    @property
    def is_rotated(self) -> bool:
        return self.run.plans.secrets.is_rotated(f"setting:{self.name}")

    def check(self) -> None:
        if self.is_rotated:
            where = SourceLocation(str(self.run.plans.folder.description))
            raise RunError(f"{where}: {self.name} is being rotated: stead secret rotate {self.name} --end, then again")

    async def add(self) -> None:
        self.run.plans.secrets.add(f"setting:{self.name}", made(Dev.WEBHOOK_SECRET)())
        _put_again(self.run, self.name)

    async def move(self) -> None:
        self.run.plans.secrets.move(f"setting:{self.name}")
        _put_again(self.run, self.name)

    async def end(self) -> None:
        """Nothing: the partner moves in its own time."""

    def forget(self) -> None:
        self.run.plans.secrets.end(f"setting:{self.name}")
        _put_again(self.run, self.name)
