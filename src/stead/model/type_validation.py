"""Compare each field of a description with its type in `field_types`, before any other rule.

Every other rule may rely on the types.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

from stead.model.backend import Backend
from stead.model.build import Build
from stead.model.call import Call
from stead.model.environment import Environment
from stead.model.external import External
from stead.model.field_types import FIELDS, MAY, Field, Types
from stead.model.gateway import Gateway
from stead.model.identity import IdentityProvider
from stead.model.infrastructure import Infrastructure
from stead.model.job import Job
from stead.model.kubernetes import Kubernetes
from stead.model.pipeline import Artifacts, Deploy, Pipeline
from stead.model.problem import Problem
from stead.model.resource import Resource
from stead.model.route import Route
from stead.model.service import Service
from stead.model.setting import Setting, Settings
from stead.model.source_location import SourceLocation
from stead.model.workers import Workers

T = TypeVar("T")


def type_problems(backend: Backend) -> list[Problem]:
    """Return every field with a value of a wrong type, and every call with an unknown callee."""
    found = [*_noun_problems(backend, "the backend", backend.where)]
    for environment in _instances(backend.environments, Environment):
        found += _noun_problems(environment, f"the environment {environment.name}", environment.where)
        found += _of_environment(environment)
    for pipeline in _instances(backend.pipelines, Pipeline):
        found += _of_pipeline(pipeline, str(backend.name))
    gateway = backend.gateway
    if isinstance(gateway, Gateway):
        found += _noun_problems(gateway, f"the gateway {gateway.name}", gateway.where)
        found += _noun_problems(gateway.cors, f"Cors of {gateway.name}", _place(gateway.cors, gateway))
        for provider in _instances(cast("Iterable[Any]", gateway.users), IdentityProvider):
            found += _noun_problems(provider, f"{type(provider).__name__} of {gateway.name}", provider.where)
    for service in _instances(backend.services, Service):
        found += _of_process(service)
    for job in _instances(backend.jobs, Job):
        found += _of_process(job)
    return list(dict.fromkeys(found))


def _of_pipeline(pipeline: Pipeline, name: str) -> Iterator[Problem]:
    yield from _noun_problems(pipeline, f"{type(pipeline).__name__} of {name}", pipeline.where)
    for deploy in _instances(pipeline.deploys, Deploy):
        yield from _noun_problems(deploy, f"a deploy of {name}", deploy.where)
    if isinstance(pipeline.artifacts, Artifacts):
        yield from _noun_problems(pipeline.artifacts, f"the artifacts of {name}", pipeline.artifacts.where)


def _of_environment(environment: Environment) -> Iterator[Problem]:
    for noun in (environment.kubernetes, environment.workers, environment.infrastructure):
        if isinstance(noun, (Kubernetes, Workers, Infrastructure)):
            yield from _noun_problems(noun, f"{type(noun).__name__} of {environment.name}", noun.where)
    for name, values in environment.values.items() if isinstance(environment.values, Mapping) else ():
        yield from _of_keys(values, Field(object, "write {'NAME': value}", keys=str), f"{name}'s values", environment)


def _of_process(process: Service[Any] | Job) -> Iterator[Problem]:
    yield from _noun_problems(process, str(process.name), process.where)
    if isinstance(process.build, Build):
        yield from _noun_problems(process.build, f"the build of {process.name}", process.build.where)
    yield from _of_settings(process)
    needs: list[Resource | External] = [*_instances(process.needs, Resource), *_instances(process.needs, External)]
    for need in needs:
        yield from _noun_problems(need, f"a {need.kind} of {process.name}", need.where)
    for call in _instances(process.calls, Call):
        yield from _noun_problems(call, f"a call of {process.name}", call.where)
        yield from _of_callee(process, call)
    if isinstance(process, Service):
        yield from _noun_problems(process.health, f"the health of {process.name}", _place(process.health, process))
        for route in _instances(process.routes, Route):
            yield from _noun_problems(route, f"a route of {process.name}", route.where)


def _of_settings(process: Service[Any] | Job) -> Iterator[Problem]:
    if isinstance(process.settings, type):
        given: type = process.settings
        if not issubclass(given, Settings):
            text = f"settings of {process.name} is the class {given.__name__}, which is not a subclass of Settings"
            yield Problem("BACKEND006", text, process.where, f"write class {given.__name__}(Settings)")
            return
        try:
            process.settings.declared()
        except Exception as error:  # noqa: BLE001 - an annotation is the user's code, and is evaluated here
            text = f"{process.settings.__name__} of {process.name} cannot be read: {type(error).__name__}: {error}"
            yield Problem("BACKEND006", text, process.where, "import the type of each of its settings")
        return
    for setting in _instances(process.settings, Setting):
        yield from _noun_problems(setting, f"a setting of {process.name}", process.where)


def _of_callee(process: Service[Any] | Job, call: Call) -> Iterator[Problem]:
    try:
        callee = call.callee
    except Exception as error:  # noqa: BLE001 - the function is the user's, and is called late
        text = f"the callee of a call of {process.name} cannot be resolved: {type(error).__name__}: {error}"
        yield Problem("CALL006", text, call.where, "let the function return a Service object: Call(lambda: other, …)")
        return
    if not isinstance(callee, Service):
        text = f"a call of {process.name} is to {_value_text(callee)}, not to a Service"
        yield Problem("CALL006", text, call.where, MAY)


def _noun_problems(noun: object, name: str, where: SourceLocation) -> Iterator[Problem]:
    fields = next((fields for kind, fields in FIELDS.items() if isinstance(noun, kind)), {})
    for key, field in fields.items():
        value = getattr(noun, key)
        if field.keys:
            yield from _of_keys(value, field, f"{key} of {name}", noun)
        elif field.each and isinstance(value, type):
            continue  # a Settings class, which is validated by itself
        elif field.each and (isinstance(value, str) or not isinstance(value, Iterable)):
            text = f"{key} of {name} is {_value_text(value)}, not a list"
            yield Problem("BACKEND006", text, where, field.mend)
        else:
            for item in value if field.each else (value,):
                if not _fits(item, field.types):
                    verb = "holds" if field.each else "is"
                    text = f"{key} of {name} {verb} {_value_text(item)}, not a {_named(field.types)}"
                    yield Problem("BACKEND006", text, where, field.mend)


def _of_keys(value: object, field: Field, name: str, noun: Any) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield Problem("BACKEND006", f"{name} is {_value_text(value)}, not a mapping", noun.where, field.mend)
        return
    for key, item in value.items():
        if not isinstance(key, field.keys):
            text = f"{name} has the key {_value_text(key)}, not a {_named(field.keys)}"
            yield Problem("BACKEND006", text, noun.where, field.mend)
        elif not isinstance(item, field.types):
            text = f"{name} has {_value_text(item)} for {key}, not a {_named(field.types)}"
            yield Problem("BACKEND006", text, noun.where, field.mend)


def _fits(value: object, types: Types) -> bool:
    """Return whether a value is of a type; True is no number, though Python's bool is an int."""
    accepted = types if isinstance(types, tuple) else (types,)
    return isinstance(value, types) and (type(value) is not bool or bool in accepted or object in accepted)


def _instances(values: Iterable[Any], kind: type[T]) -> list[T]:
    return [value for value in values if isinstance(value, kind)]


def _place(noun: Any, owner: Any) -> SourceLocation:
    """Return the place of a noun; another value has the place of its owner."""
    where = getattr(noun, "where", owner.where)
    return where if isinstance(where, SourceLocation) else owner.where


def _value_text(value: object) -> str:
    """Show a value by its name or its text, cut where it is long."""
    if isinstance(value, (Service, Job, Gateway)):
        return f"the {type(value).__name__} {value.name}"
    return f"{repr(value)[:40]}, a {type(value).__name__}"


def _named(types: Types) -> str:
    names = [kind.__name__ for kind in (types if isinstance(types, tuple) else (types,))]
    return " or ".join("None" if name == "NoneType" else name for name in names)
