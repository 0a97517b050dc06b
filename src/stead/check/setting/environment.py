"""What an environment says of settings: nothing is missing there, and nothing is said in vain."""

from collections.abc import Iterator
from typing import Any

from stead.check.rule import rule
from stead.check.seen import Seen
from stead.check.setting.envfile import examples, wanted
from stead.check.setting.form import fault
from stead.check.setting.said import said
from stead.model import AnyService, Backend, Environment, Problem, Process, Setting
from stead.model.wiring import Supplied

DEV = "dev"


def values(seen: Seen) -> Iterator[tuple[Environment, AnyService, str, Any]]:
    """Yield every value that some environment gives."""
    for environment in seen.backend.environments if seen.backend else ():
        for service, given in environment.values.items():
            for name, value in given.items():
                yield environment, service, name, value


@rule("SETTING019", severity="warning")
def nothing_is_missing(seen: Seen) -> Iterator[Problem]:
    """Whatever a process must be given has a value in every environment that is named, or a line in an env example.

    Where neither the description nor a default gives one, and no env example, Compose file, Dockerfile or Worker's
    configuration names it, nobody who sets up the environment learns that it is wanted. Write it down in
    `.env.example`, or give the environment its value: `Environment("prod", {orders: {"CURRENCY": "EUR"}})`. In `dev`
    Stead makes secrets by itself.
    """
    if seen.backend is None:
        return
    covered = {process.name for _, processes in examples(seen) for process in processes}
    named = {at.text for _, at in seen.each("sets")}
    for process in seen.backend.processes:
        for name in () if process.name in covered else wanted(seen, process):
            if name not in named:
                missing = [each.name for each in _named(seen.backend) if _is_missing(each, process, name)]
                if missing:
                    message = f"{name} of {process.name} has no value in {' and '.join(missing)}"
                    mend = f"name it in .env.example: {name}="
                    yield Problem("SETTING019", message, said(seen, process, name), mend)


def _named(backend: Backend) -> Iterator[Environment]:
    """Yield the environments that the description names: of the usual three nobody said that they are there."""
    return (environment for environment in backend.environments if environment.where != backend.where)


def _is_missing(environment: Environment, process: Process, name: str) -> bool:
    left_out = any(service is process for service in environment.without)
    if left_out or any(service is process and name in given for service, given in environment.values.items()):
        return False
    setting = next(each for each in process.declared if each.name == name)
    return not (environment.name == DEV and (setting.secret or setting.dev))


@rule("SETTING020", severity="warning")
def values_are_other_values(seen: Seen) -> Iterator[Problem]:
    """An environment says what differs there: not the default once more.

    When the default changes, such an environment stays behind, and nobody remembers whether that was meant. Remove the
    value; where it is meant to stay whatever the default, silence this with the reason.
    """
    for environment, service, name, value in values(seen):
        setting = _setting(service, name)
        if (
            setting
            and not setting.required
            and setting.default is not None
            and _plain(value) == _plain(setting.default)
        ):
            message = f"{environment.name} gives {name} of {service.name} the value that is its default"
            also = said(seen, service, name)
            yield Problem("SETTING020", message, environment.where, f"remove {name} from {environment.name}", also)


def _setting(service: AnyService, name: str) -> Setting | None:
    return next((setting for setting in service.declared if setting.name == name), None)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else str(value)


@rule("SETTING021")
def values_are_of_their_type(seen: Seen) -> Iterator[Problem]:
    """A value that an environment gives is of the setting's type, and not below its minimum.

    The service refuses it when it starts, in that environment and in no other: the first to know would be whoever
    deploys. Mend the value.
    """
    for environment, service, name, value in values(seen):
        setting = _setting(service, name)
        wrong = fault(setting, value) if setting and not setting.secret else ""
        if wrong:
            message = f"{name} of {service.name} is {value!r} in {environment.name}, {wrong}"
            yield Problem("SETTING021", message, environment.where, "mend the value", said(seen, service, name))


@rule("SETTING022")
def values_are_not_derived_ones(seen: Seen) -> Iterator[Problem]:
    """An environment gives no value to what Stead derives.

    The environment's name, the version, ports, URLs of other services, addresses of resources and keys depend on where
    the backend runs: each target provides them, and a value in the description would be passed over without a word.
    Remove it.
    """
    for environment, service, name, _ in values(seen):
        wire = seen.wired.get(service.name, {}).get(name)
        if wire and not isinstance(wire.value, Supplied) and not wire.setting.secret:
            message = f"{environment.name} gives {service.name} a value for {name}, which Stead derives ({wire.reason})"
            yield Problem("SETTING022", message, environment.where, f"remove {name} from {environment.name}")


RULES = (nothing_is_missing, values_are_other_values, values_are_of_their_type, values_are_not_derived_ones)
