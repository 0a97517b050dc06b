"""What makes settings, and the values that a description gives them, unusable."""

from collections.abc import Iterator

from stead.model.backend import Backend, Process
from stead.model.problem import Problem
from stead.model.service import AnyService
from stead.model.setting import Setting
from stead.model.source_location import SourceLocation
from stead.model.wiring import wires


def settings_agree(backend: Backend) -> Iterator[Problem]:
    """One setting has one type, whichever process declares it."""
    first_with: dict[str, tuple[Process, Setting]] = {}
    for process in backend.processes:
        for setting in process.declared:
            first, earlier = first_with.setdefault(setting.name, (process, setting))
            if (earlier.type, earlier.secret) != (setting.type, setting.secret):
                message = f"{setting.name} is {_kind(setting)} in {process.name} and {_kind(earlier)} in {first.name}"
                yield Problem("SETTING001", message, process.where, "give both the same type", first.where)


def _kind(setting: Setting) -> str:
    return f"{'a secret' if setting.secret else 'a var'} of type {setting.type.__name__}"


def values_are_known(backend: Backend) -> Iterator[Problem]:
    """A description gives a value only to a var that the service has."""
    for service in backend.services:
        declared = {setting.name: setting for setting in service.declared}
        for name in service.values:
            yield from _value_problems(service, declared.get(name), name, service.where)
    for environment in backend.environments:
        for service, values in environment.values.items():
            known = {wire.setting.name: wire.setting for wire in wires(backend, service, environment)}
            for name in values:
                yield from _value_problems(service, known.get(name), name, environment.where)


def _value_problems(
    service: AnyService, setting: Setting | None, name: str, where: SourceLocation
) -> Iterator[Problem]:
    if setting is None:
        yield Problem("SETTING002", f"{service.name} has no setting {name}", where, "declare it, or fix its name")
    elif setting.secret:
        message = f"{name} of {service.name} is a secret, which a description must not contain"
        yield Problem("SETTING003", message, where, "set it in the environment or a secret store")


RULES = (settings_agree, values_are_known)
