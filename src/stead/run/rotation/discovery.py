"""Which secrets of a run can be rotated."""

from collections.abc import Iterator

from stead.gateway.agent.task import INNER
from stead.kit.live_setting import ASK_AGAIN, LOOK
from stead.model import Gateway, Process, Resource, Service, Setting
from stead.model.wiring import PRIVATE_KEY
from stead.run.process_specs import ProcessSpecs
from stead.run.rotation.password import Password
from stead.run.rotation.shared_secret import BucketKey, SettingSecret
from stead.run.rotation.signing_key import SigningKey
from stead.run.rotation.value import NOTICED, Rotation, Run, users

# A secrets service looks, and serves what it saw for as long again; its reader asks it, and may publish a key of its
# own, for which the gateway asks.
ASKED = 2 * LOOK + ASK_AGAIN + INNER + 0.5  # seconds


def rotations(run: Run) -> Iterator[Rotation]:
    """Yield each secret of a run that its processes take another value of while they run."""
    plans = run.plans
    shared = plans.resolver.inputs.find(PRIVATE_KEY.name)
    for process in plans.running() if not shared else ():
        made_here = {each.setting.name for each in plans.settings.given[process.name] if each.source == "generated"}
        callees = [call.callee for call in process.calls]
        if PRIVATE_KEY.name in made_here and all(_looks(plans, each) for each in (process, *callees)):
            yield SigningKey(run, process)
    resources = {given.resource: None for each in plans.settings.given.values() for given in each if given.resource}
    for resource in resources:
        if all(_is_live(each) for each in users(plans, resource)):
            yield from _of_resource(run, resource)
    yield from _settings(run)


def _of_resource(run: Run, resource: Resource) -> Iterator[Rotation]:
    if resource.kind == "postgres":
        yield Password(run, resource)
    elif resource.kind == "bucket":
        yield BucketKey(run, resource, NOTICED)


def _settings(run: Run) -> Iterator[Rotation]:
    """Yield the settings of which every process that has one takes several values, and everyone who asks for it."""
    plans = run.plans
    takers: dict[str, list[tuple[Process, Setting]]] = {}
    for process in plans.running():
        for given in plans.settings.given[process.name]:
            if given.setting.secret and given.source == "generated":
                takers.setdefault(given.setting.name, []).append((process, given.setting))
    for name, each in takers.items():
        asking = [asks for process, _ in each for asks in _asking(plans, process, name)]
        live = all(_is_live(process) for process in (*(process for process, _ in each), *asking))
        if live and all(setting.several for _, setting in each):
            yield SettingSecret(run, each[0][1], ASKED if asking else NOTICED)


def _asking(plans: ProcessSpecs, holder: Process, name: str) -> list[Process]:
    """Return the processes that read a value from a secrets service."""
    return [
        process
        for process in plans.running()
        if any(call.callee is holder and name in call.keys for call in process.calls)
    ]


def _looks(plans: ProcessSpecs, process: object) -> bool:
    """Return whether a process sees another key while it runs: an app, or Envoy's agent; no program, and no Worker."""
    if isinstance(process, Gateway):
        return plans.worker_gateway() is None
    behind_proxy = {*plans.programs.inner, *(caller for caller, _ in plans.programs.calls)}
    return isinstance(process, Service) and bool(process.app) and process.name not in behind_proxy


def _is_live(process: Process) -> bool:
    """Return whether a process reloads its settings: one of the shelf, whose code is known."""
    return isinstance(process, Service) and process.app.startswith("stead.")
