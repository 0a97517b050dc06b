"""What an environment says of settings: nothing is missing there, and nothing is said in vain."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stead.check.context import Context
from stead.check.rule import rule
from stead.check.setting.declaration import declared_at
from stead.check.setting.envfile import examples, wanted
from stead.check.setting.form import fault
from stead.model import AnyService, Backend, Environment, Gateway, Problem, Process, Setting, SourceLocation
from stead.model.host_of import HostOf
from stead.model.setting import REQUIRED
from stead.model.wiring import Supplied, described_value

DEV = "dev"
HOST = "localhost"  # an example of a host name


@dataclass(frozen=True, slots=True)
class Value:
    """One value that the description gives: who gives it, an environment or the service itself, and where."""

    giver: str
    where: SourceLocation
    service: AnyService
    name: str
    value: Any

    @property
    def setting(self) -> Setting | None:
        return next((setting for setting in self.service.declared if setting.name == self.name), None)

    @property
    def otherwise(self) -> Any:
        """What it would be otherwise: the service's own value for all environments, or the default."""
        if self.giver != self.service.name and self.name in self.service.values:
            return self.service.values[self.name]
        return self.setting.default if self.setting else REQUIRED


def values(context: Context) -> Iterator[Value]:
    """Yield every value that an environment or a service gives."""
    for service in context.services:
        for name, value in service.values.items():
            yield Value(service.name, service.where, service, name, value)
    for environment in context.backend.environments if context.backend else ():
        for service, given in environment.values.items():
            for name, value in given.items():
                yield Value(environment.name, environment.where, service, name, value)


@rule("SETTING019", severity="warning")
def nothing_is_missing(context: Context) -> Iterator[Problem]:
    """A required setting has a value in every environment, or a line in an env example.

    If the description gives no value and no default, and no env example, Compose file, Dockerfile or Worker's
    configuration names it, the setup of an environment misses it. Add it to `.env.example`, or give the environment its
    value: `Environment("prod", {orders: {"CURRENCY": "EUR"}})`. In `dev` Stead generates secrets; those of an
    environment in a cluster are in its Secrets, which are rendered by name.
    """
    if context.backend is None:
        return
    covered = {process.name for _, processes in examples(context) for process in processes}
    named = {at.text for _, at in context.each("sets")}
    for process in context.backend.processes:
        for name in () if process.name in covered else wanted(context, process):
            if name not in named:
                missing = [each.name for each in _named(context.backend) if _is_missing(context, each, process, name)]
                if missing:
                    message = f"{name} of {process.name} has no value in {' and '.join(missing)}"
                    mend = f"name it in .env.example: {name}="
                    yield Problem("SETTING019", message, declared_at(context, process, name), mend)


def _named(backend: Backend) -> Iterator[Environment]:
    """Yield the environments that the description names: of the usual three nobody said that they are there."""
    return (environment for environment in backend.environments if environment.where != backend.where)


def _is_missing(context: Context, environment: Environment, process: Process, name: str) -> bool:
    left_out = any(service is process for service in environment.without)
    if left_out or any(service is process and name in given for service, given in environment.values.items()):
        return False
    if not isinstance(process, Gateway) and any(
        each.setting == name and environment.name in each.addresses for each in process.externals
    ):
        return False
    setting = context.wired[process.name][name].setting
    return not (environment.name == DEV and (setting.secret or setting.dev)) and not (
        setting.secret and environment.kubernetes
    )


@rule("SETTING020", severity="warning")
def values_are_other_values(context: Context) -> Iterator[Problem]:
    """An environment does not repeat a default.

    When the default changes, such an environment keeps the old value. Remove the value; if it must stay regardless of
    the default, silence this with the reason.
    """
    for each in values(context):
        if each.otherwise not in (REQUIRED, None) and _plain(each.value) == _plain(each.otherwise):
            message = f"{each.giver} gives {each.name} of {each.service.name} the value that is its default"
            mend = f"remove {each.name} from {each.giver}"
            yield Problem("SETTING020", message, each.where, mend, declared_at(context, each.service, each.name))


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else str(value)


@rule("SETTING021")
def values_are_of_their_type(context: Context) -> Iterator[Problem]:
    """A value in the description has the setting's type, and is not below its minimum.

    Otherwise the service refuses it at its start, perhaps in one environment only. Fix the value.
    """
    for each in values(context):
        value = HOST if isinstance(each.value, HostOf) else each.value
        wrong = fault(each.setting, value) if each.setting and not each.setting.secret else ""
        if wrong:
            message = f"{each.name} of {each.service.name} is {each.value!r} in {each.giver}, {wrong}"
            also = declared_at(context, each.service, each.name)
            yield Problem("SETTING021", message, each.where, "fix the value", also)


@rule("SETTING022")
def values_are_not_derived_ones(context: Context) -> Iterator[Problem]:
    """The description gives no value to a setting that Stead derives.

    The environment's name, the version, ports, URLs of other services, addresses of resources and keys depend on where
    the backend runs: each target provides them, and a value in the description would be ignored silently.
    Remove it.
    """
    for each in values(context):
        wire = context.wired.get(each.service.name, {}).get(each.name)
        own = (described_value(each.value), described_value(each.service.values.get(each.name)))
        if wire and not wire.setting.secret and not isinstance(wire.value, Supplied) and wire.value not in own:
            message = f"{each.giver} gives {each.service.name} a value for {each.name}, which Stead derives"
            mend = f"remove {each.name} from {each.giver}"
            yield Problem("SETTING022", message, each.where, mend, each.service.where)


RULES = (nothing_is_missing, values_are_other_values, values_are_of_their_type, values_are_not_derived_ones)
