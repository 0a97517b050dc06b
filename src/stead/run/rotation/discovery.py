"""Which secrets of a run can be rotated."""

from collections.abc import Iterator

from stead.model import Dev, Gateway, Process, Service
from stead.model.wiring import PRIVATE_KEY
from stead.run.process_specs import ProcessSpecs
from stead.run.rotation.partner_secret import PartnerSecret
from stead.run.rotation.password import Password
from stead.run.rotation.signing_key import SigningKey
from stead.run.rotation.value import Rotation, Run, users


def rotations(run: Run) -> Iterator[Rotation]:
    plans = run.plans
    shared = plans.resolver.inputs.find(PRIVATE_KEY.name)
    for process in plans.running() if not shared else ():
        made_here = {each.setting.name for each in plans.settings.given[process.name] if each.source == "generated"}
        callees = [call.callee for call in process.calls]
        if PRIVATE_KEY.name in made_here and all(_looks(plans, each) for each in (process, *callees)):
            yield SigningKey(run, process)
    resources = {given.resource: None for each in plans.settings.given.values() for given in each if given.resource}
    for resource in resources:
        if resource.kind == "postgres" and all(_is_live(each) for each in users(plans, resource)):
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
